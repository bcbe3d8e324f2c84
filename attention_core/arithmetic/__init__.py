"""Single numbers as the sums that they are: terms, formulas, pictures and sentences."""
