"""How well a model translates sentences that it was not trained on: loss and BLEU."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from attention_core.errors import CheckpointError
from attention_core.translation.search import search
from attention_core.translation.transformer import Transformer
from attention_core.translation.vocabulary import END, START

References = Sequence[tuple[str, Sequence[str]]]  # English, with every French sentence that is known for it


@dataclass(frozen=True)
class Bleu:
    """BLEU (Papineni et al. 2002), 0 to 100, as sacrebleu computes it by default."""

    all: float  # every reference of a sentence counts
    one: float  # only the first does


def bleu(model: Transformer, tokenizer: Tokenizer, sentences: References, beam: int = 1) -> Bleu:
    """The model's BLEU on these sentences. Raises CheckpointError if sacrebleu is not installed."""
    try:
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise CheckpointError(
            "BLEU is computed by sacrebleu, which is not installed. Install it: pip install sacrebleu"
        ) from error
    written = translations(model, tokenizer, [english for english, _ in sentences], beam)
    references = [french for _, french in sentences]
    most = max(map(len, references))
    columns = [[known[place] if place < len(known) else None for known in references] for place in range(most)]
    return Bleu(BLEU().corpus_score(written, columns).score, BLEU().corpus_score(written, columns[:1]).score)


def translations(model: Transformer, tokenizer: Tokenizer, texts: list[str], beam: int = 1) -> list[str]:
    """The best translation of each text."""
    device = next(model.parameters()).device
    by_length = defaultdict(list)
    for place, encoding in enumerate(tokenizer.encode_batch(texts)):
        by_length[len(encoding.ids)].append((place, [*encoding.ids, END]))
    found = {}
    for alike in by_length.values():
        for start in range(0, len(alike), 64):
            places, ids = zip(*alike[start : start + 64], strict=True)
            for place, ways in zip(places, search(model, torch.tensor(ids, device=device), beam), strict=True):
                found[place] = tokenizer.decode(list(ways[0].ids)).strip()
    return [found[place] for place in range(len(texts))]


@torch.inference_mode()
def loss(model: Transformer, tokenizer: Tokenizer, sentences: References) -> float:
    """The mean cross-entropy, in nats a piece, of the first reference of each sentence."""
    device = next(model.parameters()).device
    total, count = 0.0, 0
    for english, french in sentences:
        source = torch.tensor([[*tokenizer.encode(english).ids, END]], device=device)
        target = torch.tensor([[START, *tokenizer.encode(french[0]).ids, END]], device=device)
        memory, _ = model.encode(source)
        x, _ = model.decode(target[:, :-1], memory)
        total += F.cross_entropy(model.logits(x[0]), target[0, 1:], reduction="sum").item()
        count += target.size(1) - 1
    return total / count
