"""What tests of the files share."""

import pytest

from attention_core.matrices.names import MATRICES


@pytest.fixture(params=MATRICES)
def name(request):
    return request.param
