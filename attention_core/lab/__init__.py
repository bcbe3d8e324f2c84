"""Experiments: attention computed otherwise, and changes that are carried through the model."""
