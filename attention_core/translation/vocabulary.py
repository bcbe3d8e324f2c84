"""The vocabulary of both languages: pieces of words learned by byte-pair encoding, with bytes for what it does not know.

A word's piece carries the space before it (" dog"), so the pieces of a sentence, joined, are the sentence.
"""

import json
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

PAD, START, END = 0, 1, 2
MARKS = "<pad>", "<s>", "</s>"  # no text is ever split into these, whatever is typed
BYTES = tuple(f"<0x{byte:02X}>" for byte in range(256))

# English contractions stand alone ("don", "'t"); a French word keeps its apostrophe ("l'", "homme"); a digit stands alone.
_CONTRACTED = r"(?i:s|t|re|ve|m|ll|d)(?![\p{L}\p{M}\p{N}])"
_WORDS = (
    rf"'{_CONTRACTED}"
    rf"| ?[\p{{L}}\p{{M}}]+(?:'(?!{_CONTRACTED}))?"
    r"| ?\p{N}"
    r"| ?[^\s\p{L}\p{M}\p{N}]+"
    r"|\s+"
)


def _normalizer() -> normalizers.Normalizer:
    return normalizers.Sequence(
        [
            # Control and format characters go; every kind of space is one space.
            normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False),
            normalizers.Replace(Regex("[’‘ʼ´`]"), "'"),
            normalizers.Replace(Regex("[“”„]"), '"'),
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s+"), " "),
            normalizers.Strip(),
            normalizers.Prepend(" "),
        ]
    )


def clean(text: str) -> str:
    """The text with one kind of space, apostrophe and quotation mark, and without control characters."""
    return _normalizer().normalize_str(text).removeprefix(" ")


def learn(texts: Iterable[str], size: int) -> Tokenizer:
    """Learn a vocabulary of `size` pieces, the three marks and 256 bytes included, from texts of both languages.

    They are more where `size` has no room for the letters of the texts, and less where the texts have no more words.
    """
    learner = _assembled(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=max(0, size - len(MARKS) - len(BYTES)), limit_alphabet=120, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    found = sorted(learner.get_vocab(), key=learner.get_vocab().get)
    vocabulary = {piece: id for id, piece in enumerate((*MARKS, *BYTES, *found))}
    merges = [tuple(merge) for merge in json.loads(learner.to_str())["model"]["merges"]]
    return _assembled(models.BPE(vocabulary, merges, byte_fallback=True))


def _assembled(model: models.Model) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(_WORDS), behavior="isolated")
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    return tokenizer
