"""The page “Your sentences”."""
