"""Take the numbers home: one matrix as CSV, a whole head as .npz."""

import io

import numpy as np
import pandas as pd
from torch import Tensor

from attention_core.matrices import MATRICES, values
from attention_core.model import TracedModel
from attention_core.tokens import Token, labels
from attention_core.trace import Trace


def table(name: str, matrix: Tensor, tokens: tuple[Token, ...]) -> pd.DataFrame:
    """One of the MATRICES as a table whose row and column names differ even where words repeat ('4 dog')."""
    rows = [f"{position} {text}" for position, text in enumerate(labels(tokens), 1)]
    columns = rows if MATRICES[name].columns == "tokens" else [f"{d}" for d in range(1, matrix.size(1) + 1)]
    return pd.DataFrame(matrix.numpy(), index=pd.Index(rows, name="token"), columns=columns)


def projection_table(weight: Tensor, bias: Tensor) -> pd.DataFrame:
    """A head's learned W (d_model, d_k), a row an input, and its bias b (d_k,) as the last row."""
    rows = [*(f"input {index}" for index in range(1, len(weight) + 1)), "bias"]
    columns = [f"{d}" for d in range(1, weight.size(1) + 1)]
    return pd.DataFrame(np.vstack([weight.numpy(), bias.numpy()]), index=pd.Index(rows, name="W"), columns=columns)


def csv(frame: pd.DataFrame) -> bytes:
    """The table as UTF-8 CSV; every number reads back to the identical float32.

    Names begin with a position, so no cell can be taken for a formula.
    """
    return frame.astype(str).to_csv().encode("utf-8")


def npz(model: TracedModel, trace: Trace, layer: int, head: int) -> bytes:
    """All stages of one head (layer and head from 0), its W and b, the tokens and where they come from, as .npz.

    numpy drops NULs at the end of `text`, which no model reads.
    """
    stages = trace.stages(layer, head)
    arrays = {name: values(name, trace.layers[layer], stages).numpy() for name in MATRICES}
    for part in ("q", "k", "v"):
        weight, bias = model.projection(layer, head, part)
        arrays |= {f"w_{part}": weight.numpy(), f"b_{part}": bias.numpy()}
    about = {"text": trace.text, "model": model.name, "sha256": model.sha256, "layer": layer + 1, "head": head + 1}
    tokens = np.array([token.text for token in trace.tokens])
    file = io.BytesIO()
    np.savez_compressed(file, **arrays, tokens=tokens, **about)
    return file.getvalue()
