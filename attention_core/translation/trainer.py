"""The training loop: seeded, saved every so many steps, and continued from there to the same weights."""

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.nn.utils.rnn import pad_sequence

from attention_core.errors import CheckpointError, ListError
from attention_core.translation.evaluation import bleu, loss
from attention_core.translation.pairs import Split, as_typed, batches
from attention_core.translation.settings import FREE, Settings
from attention_core.translation.transformer import Transformer
from attention_core.translation.vocabulary import END, PAD, START, learn
from attention_core.translation.weights import write_weights

ASKED, ASKED_WORDS = 500, 12  # held-out sentences, and their words, of the BLEU that is told of
WATCHED = 300  # other held-out sentences, for the figures after each epoch
ATTRIBUTION = "Trained on sentences of the Tatoeba project (tatoeba.org, manythings.org/anki), CC BY 2.0 FR"


@dataclass(frozen=True)
class Progress:
    """How far a training is."""

    name: str  # of the present epoch
    done: float  # epochs, in all runs
    loss: float | None  # the mean of the last 100 batches of this epoch, in nats a piece
    is_begin: bool  # whether it is only now going on with this epoch


class Training:
    """A model on its way, in a folder that holds all that is needed to go on."""

    def __init__(self, settings: Settings, data: Split, folder: Path):
        """Raises CheckpointError if the folder holds a training with other settings than these; those in FREE may differ.

        Raises ListError if the vocabulary is too small for the pairs' letters.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.settings, self.data, self.folder = settings, data, folder
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = self._tokenizer()
        torch.manual_seed(settings.seed)
        self.model = Transformer(settings.config()).to(self.device)
        # Norms and biases are not drawn towards 0.
        matrices = [parameter for parameter in self.model.parameters() if parameter.dim() > 1]
        others = [parameter for parameter in self.model.parameters() if parameter.dim() == 1]
        groups = [{"params": matrices, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, settings.rate, betas=(0.9, 0.98), fused=True)
        self.epoch, self.place = 0, 0  # batches of this epoch that are done
        self.losses: list[float] = []  # of the batches of this epoch
        self.seconds = 0.0  # of training, over all runs
        self._resume()

    def _tokenizer(self) -> Tokenizer:
        path = self.folder / "tokenizer.json"
        if not path.is_file():
            learned = learn((text for pair in self.data.training for text in pair), self.settings.vocabulary)
            if learned.get_vocab_size() > self.settings.vocabulary:
                raise ListError(
                    f"{self.settings.vocabulary} pieces are too few for 3 marks, 256 bytes and the letters of these pairs; "
                    f"give at least {learned.get_vocab_size()}."
                )
            _write(path, lambda beside: learned.save(str(beside)))
        return Tokenizer.from_file(str(path))

    def run(self, tell: Callable[[str], object], show: Callable[[Progress], object]) -> None:
        """Train to the end of the last epoch; shows the progress of every step, and tells loss and BLEU after each epoch."""
        epochs = self.settings.epochs
        while self.epoch < epochs:
            plan = self._plan()
            name = f"Epoch {self.epoch + 1} of {epochs}"
            show(Progress(name, self.epoch + self.place / len(plan), None, True))
            while self.place < len(plan):
                start = time.perf_counter()
                rate = self._rate((self.epoch + self.place / len(plan)) / epochs)
                self.losses.append(self._learn(*plan[self.place], rate))
                self.seconds += time.perf_counter() - start
                self.place += 1
                if self.place % self.settings.save_every == 0:
                    self._save()
                recent = self.losses[-100:]
                show(Progress(name, self.epoch + self.place / len(plan), sum(recent) / len(recent), False))
            learned = sum(self.losses) / len(self.losses)
            tell(f"{name}: loss {learned:.3f} in training, {self._watched()}")
            self.epoch, self.place, self.losses = self.epoch + 1, 0, []
            self._save()

    def finish(self, tell: Callable[[str], object]) -> None:
        """Write the weights with all that is known about them, and tell how good they are as they are stored."""
        with torch.no_grad():
            for parameter in self.model.parameters():
                parameter.copy_(parameter.half())
        self.model.eval()
        short = [pair for pair in self.data.held_out if len(pair[0].split()) <= ASKED_WORDS]
        asked = (short or self.data.held_out)[:ASKED]
        longest = max(len(english.split()) for english, _ in asked)
        greedy, beam = (bleu(self.model, self.tokenizer, asked, width) for width in (1, 4))
        facts = {
            "task": "English to French",
            "norm": "post-norm",
            "training_pairs": f"{len(self.data.training)}",
            "training_minutes": f"{self.seconds / 60:.0f}",
            "settings": json.dumps(asdict(self.settings)),
            "bleu_beam_4": f"{beam.all:.1f}",
            "bleu_beam_4_one_reference": f"{beam.one:.1f}",
            "bleu_greedy": f"{greedy.all:.1f}",
            "bleu_greedy_one_reference": f"{greedy.one:.1f}",
            "bleu_sentences": f"{len(asked)} held-out sentences of at most {longest} words",
            "attribution": ATTRIBUTION,
        }
        write_weights(self.folder, self.model, self.tokenizer, facts)
        for name, value in facts.items():
            tell(f"{name}: {value}")

    def _plan(self) -> list[tuple[Tensor, Tensor]]:
        """All batches of this epoch: source ids (B, S) and target ids (B, T + 1), with both marks and padding at the end."""
        name = f"{self.settings.seed} {self.epoch}"
        sources = self._ids(as_typed([english for english, _ in self.data.training], name))
        targets = self._ids([french for _, french in self.data.training])
        lengths = [(len(source), len(target)) for source, target in zip(sources, targets, strict=True)]
        plan = []
        for places in batches(lengths, self.settings.batch, name):
            source = torch.tensor([[*sources[place], END] for place in places])
            target = [torch.tensor([START, *targets[place], END]) for place in places]
            plan.append((source, pad_sequence(target, batch_first=True, padding_value=PAD)))
        return plan

    def _ids(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self.tokenizer.encode_batch_fast(texts)]

    def _rate(self, progress: float) -> float:
        """The learning rate after this share of all steps: up in a line, down along a cosine (Smith 2018, one cycle)."""
        warm_up = self.settings.warm_up
        share = progress / warm_up if progress < warm_up else (1 + math.cos(math.pi * (progress - warm_up) / (1 - warm_up))) / 2
        return self.settings.rate * share

    def _learn(self, source: Tensor, target: Tensor, rate: float) -> float:
        """One step on source ids (B, S) and target ids (B, T + 1); returns the loss a piece, in nats."""
        self.model.train()
        source, target = source.to(self.device), target.to(self.device)
        with torch.autocast(self.device, torch.bfloat16, enabled=_bfloat16_is_fast(self.device)):
            memory, _ = self.model.encode(source)
            x, _ = self.model.decode(target[:, :-1], memory)
            # Padding is computed too: oneDNN keeps a program for every number of rows, which would be gigabytes.
            logits = self.model.logits(x).flatten(0, 1)  # (B · T, V)
        wanted = target[:, 1:].flatten()  # (B · T)
        value = F.cross_entropy(logits.float(), wanted, ignore_index=PAD, label_smoothing=self.settings.smoothing)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad()
        value.backward()
        clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return value.item()

    def _watched(self) -> str:
        """Loss and BLEU on a part of the held-out sentences that the final figures do not use."""
        self.model.eval()
        watched = self.data.held_out[-WATCHED:]
        found = bleu(self.model, self.tokenizer, watched)
        value = loss(self.model, self.tokenizer, watched)
        return f"{value:.3f} held out; BLEU {found.all:.1f}, {found.one:.1f} with one reference"

    def _save(self) -> None:
        random = {"cpu": torch.get_rng_state()}
        if self.device == "cuda":
            random["cuda"] = torch.cuda.get_rng_state()
        state = {
            "settings": asdict(self.settings),
            "epoch": self.epoch,
            "place": self.place,
            "losses": self.losses,
            "seconds": self.seconds,
            "random": random,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        _write(self.folder / "state.pt", lambda beside: torch.save(state, beside))

    def _resume(self) -> None:
        path = self.folder / "state.pt"
        if not path.is_file():
            return
        state = torch.load(path, map_location="cpu", weights_only=True)
        mine = asdict(self.settings)
        changed = [name for name, value in state["settings"].items() if value != mine[name] and name not in FREE]
        if changed:
            was = ", ".join(f"{name} {state['settings'][name]}" for name in changed)
            raise CheckpointError(f"{path} was trained with {was}. Give the same, or another folder with --out.")
        self.epoch, self.place, self.losses, self.seconds = (state[name] for name in ("epoch", "place", "losses", "seconds"))
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["random"]["cpu"])
        if self.device == "cuda" and "cuda" in state["random"]:
            torch.cuda.set_rng_state(state["random"]["cuda"])


def _bfloat16_is_fast(device: str) -> bool:
    """Whether the processor multiplies matrices in bfloat16 natively."""
    return torch.cuda.is_bf16_supported() if device == "cuda" else torch.cpu._is_amx_tile_supported()


def _write(path: Path, save: Callable[[Path], object]) -> None:
    """Write a file so that whoever stops the program finds the old or the new one, whole."""
    beside = path.with_name(path.name + ".part")
    save(beside)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(beside, path)
