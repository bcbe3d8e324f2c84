"""The page “By hand”."""
