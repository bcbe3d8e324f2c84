"""A model of any architecture of Transformers that shows what its attention did, unmodified and watched."""

import inspect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from attention_core.errors import CheckpointError, ChoiceError, TextError
from attention_core.model.attention import Attention
from attention_core.model.tokens import Token
from attention_core.model.trace import Trace
from attention_core.models.calls import attach
from attention_core.models.pieces import TokenPieces
from attention_core.models.proof import WITHIN, worst_error
from attention_core.models.watch import Seen, Silenced, Watch

MOST_TOKENS = 512
_LIKELIEST, _WRITTEN = 10, 24  # next tokens that are told; tokens that a model writes where no target is given
_SHORT, _LONG, _LONG_TOKENS = "A dog ate the food because it was hungry.", "The dog was hungry, so it ate. ", 160


@dataclass(frozen=True)
class WatchedConfig:
    """The sizes of a watched model, found in what it did with a text."""

    family: str  # 'gpt2', 'llama'
    kind: str  # 'encoder', 'decoder' or 'both'
    vocabulary: int
    d_model: int
    layers: int  # of the stack that is shown first; those that attend
    heads: int
    groups: int  # of heads that share keys and values; as many as heads where none do
    d_k: int
    positions: int  # the longest text, in tokens
    start: int = 0  # the token that a decoder of two stacks begins with

    @property
    def stacks(self) -> tuple[str, ...]:
        """The names of its stacks."""
        return ("encoder", "decoder") if self.kind == "both" else (self.kind,)


class WatchedModel:
    """A model of another library with the interface of TracedModel, as far as any architecture can have it."""

    sentence_length = None

    def __init__(self, network: nn.Module, pieces: TokenPieces, name: str, sha256: str, note: str = ""):
        """Listens to the network, and holds what it records against the network's own numbers on a short and a long text.

        Raises CheckpointError where no attention is seen, where one is not over the tokens, and where z differs.
        """
        self.name, self.sha256, self.note = name, sha256, note
        self.network, self._pieces = network.eval(), pieces
        self._given = set(inspect.signature(network.forward).parameters)
        attach(network)
        own = network.config
        text = own.get_text_config() if hasattr(own, "get_text_config") and not own.is_encoder_decoder else own
        kind = "both" if own.is_encoder_decoder else "encoder"
        positions = min(_positions(network, text), MOST_TOKENS)
        start = getattr(own, "decoder_start_token_id", None)
        start = getattr(own, "bos_token_id", None) if start is None else start
        start = start[0] if isinstance(start, list) else start
        self.config = WatchedConfig(
            own.model_type, kind, getattr(text, "vocab_size", 0) or pieces.largest_id + 1, 0, 0, 0, 0, 0, positions, start or 0
        )
        self.error = 0.0  # the largest difference of any head to the network's own z, of both texts
        self.silent_blocks: tuple[str, ...] = ()  # in which no attention was seen
        self.sizes: dict[tuple[str, str], tuple[int, int]] = {}  # layers and heads of each stack and kind
        self._look(kind)

    def _look(self, kind: str) -> None:
        for text in (_SHORT, _LONG * 30):
            text = _first(self, text, min(self.config.positions, _LONG_TOKENS))
            target = text[: len(text) // 2]  # of another length, so that no kind of attention is taken for another
            seen, trace = self._seen(text, target if kind == "both" else None)
            self._check(seen, trace)
            if kind == "encoder" and _is_causal(trace.attentions):
                kind = "decoder"
            self.error = max(self.error, worst_error(trace.attentions))
            if not self.error < WITHIN:
                raise CheckpointError(
                    f"{self.name} is not shown: what it computes is off from what was seen by {self.error:.1e} of its largest "
                    "number, so the numbers would not be its own. Its attention does what is not known here."
                )
            first = trace.at("decoder" if kind == "both" else trace.parts[0][0]).layers
            each = first[0]
            sizes = {"d_model": each.x.size(-1), "layers": len(first), "heads": each.heads, "groups": len(each.k)}
            self.config = replace(self.config, kind=kind, d_k=each.q.size(-1), **sizes)
            self.sizes = {part: (len(of := trace.at(*part).layers), of[0].heads) for part in trace.parts}
            self.silent_blocks = _silent_blocks(self.network, seen)

    def _check(self, seen: list[Seen], trace: Trace) -> None:
        """Raise CheckpointError for what cannot be shown as attention from tokens to tokens."""
        if not seen:
            raise CheckpointError(
                f"{self.name} is not shown: no attention of a known kind was seen in it. Its architecture, "
                f"{self.config.family}, mixes words in another way, or computes attention in steps that are not known here."
            )
        if any(one.call is other.call for one, other in pairwise(seen)):
            raise CheckpointError(
                f"{self.name} is not shown: each of its layers attends more than once and joins the results, so no single "
                "matrix of weights is what a head does."
            )
        heads: dict[tuple[str, str], set[int]] = {}
        for each in seen:
            one = each.attention
            rows = len(trace.target_tokens if one.stack == "decoder" and trace.target is not None else trace.tokens)
            columns = len(trace.tokens) if one.kind == "cross" else rows
            if (one.q.size(-2), one.k.size(-2)) != (rows, columns):
                raise CheckpointError(
                    f"{self.name} is not shown: it attends over {one.q.size(-2)} × {one.k.size(-2)} where the text has "
                    f"{rows} × {columns} tokens: over blocks, landmarks or shortened rows, not from token to token."
                )
            if not one.x.size(-1):
                raise CheckpointError(f"{self.name} is not shown: what its attention receives was not seen.")
            heads.setdefault((one.stack, one.kind), set()).add(one.heads)
        if any(len(counts) > 1 for counts in heads.values()):
            raise CheckpointError(f"{self.name} is not shown: its layers have different numbers of heads.")

    def trace(self, text: str, target: str | None = None, silenced: Silenced = frozenset()) -> Trace:
        """Read one text, and keep what every attention did with it.

        A model of two stacks also reads a target, by default the one that it writes itself. `silenced` are heads, as stack,
        kind, layer and head from 0, whose z is handed back as 0. Raises TextTooLongError for more tokens than the model reads,
        TextError for text that is no valid Unicode or that no finite numbers come of.
        """
        if self.config.kind == "both" and target is None:
            target = self.written(text)
        return self._seen(text, target if self.config.kind == "both" else None, silenced)[1]

    @torch.inference_mode()
    def _seen(self, text: str, target: str | None, silenced: Silenced = frozenset()) -> tuple[list[Seen], Trace]:
        tokens = self.tokens(text)
        asked = () if target is None else self.target_tokens(target)
        watch = Watch(self.config.stacks, silenced)
        with watch:
            output = self._run(tokens, asked)
        attentions = tuple(each.attention for each in watch.seen)
        if any(not bool(torch.isfinite(each.z).all()) for each in attentions):
            raise TextError(f"What {self.name} makes of the text is not finite: its weights are too large. Give another model.")
        logits = getattr(output, "logits", None)
        is_next = self.config.kind != "encoder" or _is_causal(attentions)
        likeliest = self._likeliest(logits) if is_next and logits is not None and attentions else ()
        answer = watch.calls.answer if watch.calls.answer is not None else torch.zeros(len(asked or tokens), 0)
        stack = self.config.stacks[0]
        return watch.seen, Trace(text, tokens, attentions, answer, target, asked, stack, likeliest=likeliest)

    def _run(self, tokens: Sequence[Token], target: Sequence[Token], **more: Any) -> Any:
        """The network's own answer to ids. Raises TextError for what it fails on."""
        given: dict[str, Any] = {"input_ids": torch.tensor([[token.id for token in tokens]])} | more
        if target:
            given["decoder_input_ids"] = torch.tensor([[token.id for token in target]])
        if {"use_cache", "kwargs"} & self._given:
            given["use_cache"] = False
        if "logits_to_keep" in self._given:
            given["logits_to_keep"] = 1
        try:
            return self.network(**given)
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except Exception as error:
            raise TextError(f"{self.name} fails on the text: {' '.join(str(error).split())[:200]}.") from error

    def _likeliest(self, logits: Tensor) -> tuple[tuple[str, float], ...]:
        """The likeliest next tokens with their probabilities."""
        if logits.dim() != 3 or logits.size(-1) < self.config.vocabulary // 2:
            return ()
        shares, ids = logits[0, -1].float().softmax(dim=-1).topk(min(_LIKELIEST, logits.size(-1)))
        return tuple((self._pieces.next_text(id), share) for id, share in zip(ids.tolist(), shares.tolist(), strict=True))

    @torch.inference_mode()
    def written(self, text: str) -> str:
        """What a model of two stacks writes for a text, the likeliest token each time, up to 24 of them."""
        tokens, ids = self.tokens(text), [self.config.start]
        ends = self.network.config.eos_token_id
        ends = set(ends) if isinstance(ends, list) else {ends}
        encoder = None
        for _ in range(min(_WRITTEN, self.config.positions - 1)):
            target = [Token("", id, False, None, None) for id in ids]
            output = self._run(tokens, target, **({"encoder_outputs": encoder} if encoder else {}))
            logits = getattr(output, "logits", None)
            if logits is None:
                break
            if getattr(output, "encoder_last_hidden_state", None) is not None:
                encoder = (output.encoder_last_hidden_state,)
            ids.append(int(logits[0, -1].argmax()))
            if ids[-1] in ends:
                ids.pop()
                break
        return self._pieces.text(ids[1:])

    def traces(self, texts: Iterable[str]) -> Iterator[Trace]:
        """The traces of many texts in order, one after the other. Raises what `trace` raises."""
        return map(self.trace, texts)

    def tokens(self, text: str) -> tuple[Token, ...]:
        """What the model reads of a text. Raises what `trace` raises."""
        tokens = self._pieces.tokens(text, self.config.positions)
        self._check_ids(tokens)
        return tokens

    def target_tokens(self, target: str) -> tuple[Token, ...]:
        """What a decoder of two stacks reads of a target: the token that starts it, and its words."""
        start = Token(self._pieces.piece(self.config.start), self.config.start, True, None, None)
        tokens = self._pieces.tokens(target, self.config.positions - 1, special=False) if target.strip() else ()
        self._check_ids(tokens)
        return start, *tokens

    def _check_ids(self, tokens: Sequence[Token]) -> None:
        largest = max((token.id for token in tokens), default=0)
        if largest >= self.config.vocabulary:
            raise TextError(
                f"The tokenizer reads token {largest:,}, but {self.name} has {self.config.vocabulary:,}. Give another model."
            )

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The token ids of many texts, however many. Raises TextError for text that is no valid Unicode."""
        return [self._pieces.ids(text) for text in texts]

    @torch.inference_mode()
    def layer_weights(self, ids: Tensor) -> Iterator[Tensor]:
        """The softmax weights (B, H, T, T) of one layer after the other, of token ids (B, T).

        Raises ChoiceError for a model of two stacks, which reads pairs of texts and no lists.
        """
        if self.config.kind == "both":
            raise ChoiceError(f"{self.name} reads a text and a target; lists are for models of one stack. Give another model.")
        rows = []
        for row in ids.tolist():
            with Watch(self.config.stacks) as watch:
                self._run([Token("", id, False, None, None) for id in row], ())
            rows.append([each.attention for each in watch.seen])
        for alike in zip(*rows, strict=True):
            yield torch.stack([attention.weights() for attention in alike])

    def piece(self, id: int) -> str:
        """The vocabulary's text of a token id, without the signs that stand for blanks."""
        return self._pieces.readable(id)

    def normalized(self, text: str) -> str:
        """A text as the tokenizer sees it before it cuts it into pieces."""
        return self._pieces.normalized(text)


def _first(model: WatchedModel, text: str, most: int) -> str:
    """As much of a text as has at most so many tokens."""
    while len(model.ids([text])[0]) > most:
        text = text[: int(len(text) * 0.8)]
    if not text:
        raise CheckpointError(f"{model.name} reads {most} tokens at most, too few for a word.")
    return text


def _is_causal(attentions: Sequence[Attention]) -> bool:
    """Whether no token looks ahead."""
    first = attentions[0] if attentions else None
    return bool(first and first.visible is not None and first.weights().triu(1).sum() == 0)


def _positions(network: nn.Module, config: Any) -> int:
    """How many tokens a network has positions for."""
    names = ("max_position_embeddings", "n_positions", "max_sequence_length", "max_seq_len", "n_ctx", "seq_length")
    found = [value for name in names if type(value := getattr(config, name, None)) is int and value > 0]
    for path, module in network.named_modules():
        if isinstance(module, nn.Embedding) and path.endswith(("position_embeddings", "embed_positions", "wpe")):
            found.append(module.num_embeddings - (module.padding_idx + 1 if module.padding_idx is not None else 0))
    return max(1, min(found, default=MOST_TOKENS))


def _silent_blocks(network: nn.Module, seen: Sequence[Seen]) -> tuple[str, ...]:
    """The blocks beside those that attend in which no attention was seen."""
    paths = [each.call.path for each in seen]
    found = []
    for path, module in network.named_modules():
        if not isinstance(module, nn.ModuleList):
            continue
        attending = {each.removeprefix(f"{path}.").partition(".")[0] for each in paths if each.startswith(f"{path}.")}
        if attending and all(next(block.children(), None) is not None for block in module):
            found += [f"{path}.{number}" for number in range(len(module)) if str(number) not in attending]
    return tuple(found)
