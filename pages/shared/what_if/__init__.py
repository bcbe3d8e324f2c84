"""The page “What if?”."""
