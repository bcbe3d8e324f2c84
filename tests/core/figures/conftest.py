"""One head of the opening sentence, every matrix of it, and its picture."""

import pytest

from attention_core.figures.matrix import matrix_figure
from attention_core.matrices.names import MATRICES, values
from attention_core.palette import LIGHT


@pytest.fixture(scope="module")
def stages(trace):
    """Layer 4, head 2 of the opening sentence."""
    return trace.stages(3, 1)


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param


@pytest.fixture
def matrix(name, trace, stages):
    return values(name, trace.layers[3], stages)


@pytest.fixture
def figure(name, matrix, trace):
    return matrix_figure(name, matrix, trace.tokens, LIGHT)
