"""What tests of every kind share: the real model, read once, and one sentence that it has read."""

import pytest
from hypothesis import settings

settings.register_profile("project", max_examples=300, derandomize=True, print_blob=True, deadline=None)
settings.load_profile("project")

SENTENCE = "A dog ate the food because it was hungry"


@pytest.fixture(scope="session")
def model():
    """The embedded all-MiniLM-L6-v2. torch is imported here, so that tests without a model start at once."""
    import torch

    import attention_core

    torch.set_num_threads(1)  # several test runs may share two cores
    return attention_core.load_model()


@pytest.fixture(scope="session")
def trace(model):
    """What the embedded model did with SENTENCE, 11 tokens long."""
    return model.trace(SENTENCE)
