"""The page “The stage”."""
