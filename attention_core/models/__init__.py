"""Models of any architecture of Transformers, watched while they compute: which there are, and how one is opened."""

from attention_core.models.catalogue import Available, available
from attention_core.models.load import load_model

__all__ = ["Available", "available", "load_model"]
