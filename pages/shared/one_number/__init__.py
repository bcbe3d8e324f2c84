"""The page “One number”."""
