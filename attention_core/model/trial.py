"""A tokenizer of somebody else, tried in a process of its own before this one uses it.

A tokenizer.json can ask for any amount of memory or time, and the library then ends the whole process. What can be seen in the
file is refused at once; the rest is tried on some texts, with limits.
"""

import json
import os
import subprocess
import sys
from functools import lru_cache

_SECONDS, _MEMORY = 20, 3_000_000_000
_LARGEST = 150_000_000  # bytes of a tokenizer.json
_LONGEST, _MOST_GROWTH, _MOST_STEPS = 1000, 1000, 64  # characters put in a letter's place; of all steps together; steps
_MOST_ADDED, _MOST_EACH = 64, 20  # tokens round a text, and of each of its characters
_LARGEST_MAP = 4_000_000  # characters of a map of characters

_CHILD = """
import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, ValueError, OSError):
    pass
from tokenizers import Tokenizer
text, probes = json.loads(sys.stdin.buffer.read())
try:
    tokenizer = Tokenizer.from_str(text)
    found = [tokenizer.encode(probe).ids for probe in probes]
    print(json.dumps([[len(ids) for ids in found], max((id for ids in found for id in ids), default=-1)]))
except BaseException as error:
    print(json.dumps(f"{type(error).__name__}: {error}"[:300]))
"""
_LETTERS = "".join(
    map(chr, (*range(32, 127), *range(160, 384), *range(0x391, 0x450), *range(0x5D0, 0x5EB), *range(0x627, 0x64B)))
)
_PROBES = (
    "",
    " ",
    "A dog ate the food because it was hungry.",
    _LETTERS,
    " ".join(_LETTERS),
    "漢字かなカナ한국어 हिन्दी ไทย ﷺ ﬁ Å e\u0301 😀 👩\u200d👩\u200d👧 \u200b\u00ad\t\n\u3000",
    "x" * 1000,
    "a" * 60 + "!",
    "ab" * 40 + "1",
    "0" * 60 + "x",
    " " * 200 + "x",
    "-" * 200,
)


class TokenizerRefusedError(Exception):
    """What is wrong with a tokenizer, in words."""


def without_batches(text: str) -> str:
    """A tokenizer.json without padding and truncation, which are a batch's and can be of any size.

    Raises TokenizerRefusedError for what is no JSON object, or asks for what no tokenizer needs.
    """
    if len(text) > _LARGEST:
        raise TokenizerRefusedError(f"it has {len(text):,} characters, more than {_LARGEST:,}")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TokenizerRefusedError(f"it is no JSON ({error})") from error
    if not isinstance(raw, dict):
        raise TokenizerRefusedError("it holds no JSON object")
    for part in ("normalizer", "pre_tokenizer", "post_processor", "decoder"):
        _check_steps(part, raw.get(part))
    return json.dumps(raw | {"padding": None, "truncation": None})


def _check_steps(part: str, value: object) -> None:
    """Refuse steps that make a text many times as long."""
    growth, steps, waiting = 1, 0, [value]
    while waiting:
        step = waiting.pop()
        if isinstance(step, list):
            waiting += step
        if not isinstance(step, dict):
            continue
        steps += "type" in step
        waiting += [inner for inner in step.values() if isinstance(inner, dict | list)]
        for name in ("content", "prepend", "replacement"):
            put = step.get(name)
            if isinstance(put, str) and step.get("type") in ("Replace", "Prepend", "Metaspace"):
                growth *= max(1, len(put))
                if len(put) > _LONGEST or growth > _MOST_GROWTH:
                    raise TokenizerRefusedError(f"its {part} puts more than {_LONGEST:,} characters in the place of one")
        if isinstance(step.get("precompiled_charsmap"), str) and len(step["precompiled_charsmap"]) > _LARGEST_MAP:
            raise TokenizerRefusedError(f"its {part} has a map of more than {_LARGEST_MAP:,} characters")
        if steps > _MOST_STEPS:
            raise TokenizerRefusedError(f"its {part} has more than {_MOST_STEPS} steps")


@lru_cache(maxsize=8)
def tried(text: str) -> int:
    """The largest token id that a tokenizer gives on some texts, or −1. Raises TokenizerRefusedError if it breaks down."""
    child = _CHILD.replace("MEMORY", str(_MEMORY)).replace("SECONDS", str(_SECONDS))
    environment = os.environ | {"TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", child],
            input=json.dumps([text, _PROBES]).encode(),
            capture_output=True,
            env=environment,
            timeout=3 * _SECONDS,
            check=False,
        )
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise TokenizerRefusedError(f"it does not end within {_SECONDS} seconds on short texts") from error
    except (OSError, ValueError) as error:
        raise TokenizerRefusedError("it breaks down on short texts, or takes more memory or time than they need") from error
    if isinstance(answer, str):
        raise TokenizerRefusedError(answer)
    counts, largest = answer
    for probe, count in zip(_PROBES, counts, strict=True):
        if count > _MOST_ADDED + _MOST_EACH * len(probe):
            raise TokenizerRefusedError(f"it makes {count:,} tokens of a text of {len(probe):,} characters")
    return largest
