"""Transformers' BERT as the oracle of the encoder."""

from pathlib import Path

import torch
from transformers import BertModel


def open_official(folder: Path) -> BertModel:
    """The checkpoint of a folder in float32, with the kind of attention that can hand out its weights."""
    return BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()


@torch.inference_mode()
def run_official(bert: BertModel, ids: list[int]):
    """Transformers' answer to one sentence, with .last_hidden_state, .hidden_states and .attentions."""
    return bert(torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
