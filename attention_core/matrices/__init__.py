"""The eight matrices of one head: their names, formulas and words."""
