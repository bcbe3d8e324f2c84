"""Attention on a sheet of small matrices that a person types."""
