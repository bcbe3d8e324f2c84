"""The page “Inside the encoder”."""
