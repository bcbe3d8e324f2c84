"""Which characters the bytes of a text file stand for: found out, named, and doubtful lines told."""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from charset_normalizer import from_bytes

from attention_core.errors import ListError
from attention_core.lists.code_pages import likeliest

# What a person can choose from, as people know it and as Python does.
OFFERED = {
    "UTF-8": "utf_8",
    "UTF-16": "utf_16",
    "Windows-1252": "cp1252",
    "Latin-1": "latin_1",
    "Mac Roman": "mac_roman",
    "DOS (437)": "cp437",
    "DOS (850)": "cp850",
    "Central European (1250)": "cp1250",
    "Cyrillic (1251)": "cp1251",
    "Central European (ISO 8859-2)": "iso8859_2",
    "Western with € (ISO 8859-15)": "iso8859_15",
    "Cyrillic (DOS 866)": "cp866",
    "Cyrillic (KOI8-R)": "koi8_r",
    "Greek (1253)": "cp1253",
    "Turkish (1254)": "cp1254",
    "Hebrew (1255)": "cp1255",
    "Arabic (1256)": "cp1256",
    "Baltic (1257)": "cp1257",
    "Thai (874)": "cp874",
    "Vietnamese (1258)": "cp1258",
    "Japanese (Shift JIS)": "cp932",
    "Japanese (EUC)": "euc_jp",
    "Chinese (GB18030)": "gb18030",
    "Chinese (Big5)": "big5",
    "Korean (EUC)": "cp949",
}
_HEAD = 65536  # bytes at the start that tell text from pictures and programs
_SAMPLE = 65536  # bytes of lines that are not plain English letters, to guess an encoding from
_MARKS = (  # longer ones first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf_32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf_32", "UTF-32"),
    (codecs.BOM_UTF8, "utf_8_sig", "UTF-8 with BOM"),
    (codecs.BOM_UTF16_LE, "utf_16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf_16", "UTF-16"),
)
_KINDS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive, as .xlsx and .docx are,"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0", "an old or password-protected Office document"),
    (b"SQLite", "a database"),
    (b"\x7fELF", "a program"),
)
_FITS = 0.7  # of a code page, from −1 to 1
_CONTROLS = {*range(32)} - {*b"\t\n\v\f\r\x1b"}


@dataclass(frozen=True)
class Encoding:
    """How to turn a file's bytes into text: open it with `codec` and `errors`, then ask `doubt` of every text."""

    codec: str
    label: str  # as people know it

    @property
    def errors(self) -> str:
        """What open() does with bytes that the codec has no character for: something that `doubt` finds again."""
        return "replace" if self.codec.startswith(("utf_16", "utf_32")) else "surrogateescape"

    @property
    def guess(self) -> str:
        """What to say where neither a mark nor the bytes themselves tell this encoding."""
        is_told = self.codec.startswith("utf")
        return "" if is_told else f"Nothing in it tells its encoding; {self.label} spells its letters best."

    def doubt(self, text: str) -> str | None:
        """Why this text was not written in the file's encoding, or None if nothing speaks against it."""
        if text.isascii():
            return None
        try:
            text.encode()
        except UnicodeEncodeError as error:  # half a surrogate pair: here it stands for a byte
            byte = ord(text[error.start]) - 0xDC00
            return f"has the byte {byte:02X}, which is no {self.label}, while the rest of the file is" if byte >= 0x80 else None
        if self.errors == "replace":
            return f"has bytes that are no {self.label}, while the rest of the file is" if "\ufffd" in text else None
        if self.codec.startswith("utf_8"):
            return None
        try:
            text.encode(self.codec).decode("utf-8")
        except UnicodeError:
            return None
        return f"is written in UTF-8, while the rest of the file is {self.label}"


def kind_of(head: bytes) -> str | None:
    """What a file that begins like this is known to be, other than text."""
    return next((kind for magic, kind in _KINDS if head.startswith(magic)), None)


def find_encoding(file: BinaryIO, name: str, asked: str | None = None) -> Encoding:
    """The encoding of a text file that is open for reading bytes, which is read once, in bounded memory.

    A byte order mark decides, then whether all is valid UTF-8, then charset-normalizer. Where some lines are UTF-8 and others
    are not, the majority decides; see `Encoding.doubt`. `asked` says what it is instead. Raises ListError for a file that is
    no text, and for an encoding that there is not.
    """
    head = file.read(_HEAD)
    if asked is not None:
        return _asked(asked, head)
    for mark, codec, label in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, label)
    if kind := kind_of(head):
        raise ListError(f"{name} is {kind} and not text, whatever its name says. Give a file with sentences.")
    if order := _wide_order(head):
        return Encoding(order, "UTF-16")
    if _wide(head):
        best = from_bytes(head, cp_isolation=["utf_16_le", "utf_16_be"]).best()
        if best is not None:
            return Encoding(best.encoding, "UTF-16")
    controls = sum(byte in _CONTROLS for byte in head)
    if controls > max(8, len(head) / 20):
        raise ListError(
            f"{name} is no text: of its first {len(head):,} bytes {controls:,} are control characters. "
            "Save it as text in UTF-8 and give it again."
        )
    if _all_utf8(head, file):
        return Encoding("utf_8", "UTF-8")
    file.seek(0)
    return _of_bytes(file)


def _asked(asked: str, head: bytes) -> Encoding:
    """The encoding of this name. A mark at the beginning of the file belongs to no text, so UTF-8 is read without it."""
    asked = OFFERED.get(asked, asked)
    try:
        codec = codecs.lookup(asked).name.replace("-", "_")
        b"a \xe9".decode("utf_8" if codec.startswith("utf_") else codec, "surrogateescape")
        "a".encode(codec)
    except (LookupError, ValueError, TypeError) as error:  # some codecs of Python are none of text
        raise ListError(f"There is no encoding {asked!r}: give utf-8, utf-16, latin-1, windows-1252 …") from error
    if codec in ("utf_16", "utf_32") and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        # Without a mark its codec refuses to read; in most texts the high half of a letter is 0.
        return Encoding(f"{codec}_{'be' if head[:1] == bytes(1) else 'le'}", asked.upper().replace("_", "-"))
    if codec == "utf_8" and head.startswith(codecs.BOM_UTF8):
        codec = "utf_8_sig"
    return Encoding(codec, next((label for label, known in OFFERED.items() if known == codec), asked))


def _wide(head: bytes) -> bool:
    """Whether every other byte is mostly 0, as in UTF-16 of plain English letters."""
    return len(head) % 2 == 0 and any(half.count(0) > 0.4 * max(len(half), 1) for half in (head[::2], head[1::2]))


def _wide_order(head: bytes) -> str | None:
    """The codec of UTF-16 without a mark, of a text in one script: the high halves of its letters are nearly all alike."""
    if len(head) % 2 or len(head) < 16 or b"\0" not in head:
        return None
    for codec, high in (("utf_16_le", head[1::2]), ("utf_16_be", head[::2])):
        often = Counter(high).most_common(2)
        is_alike = sum(count for _, count in often) > 0.95 * len(high) and {0} < {byte for byte, _ in often}
        text = head.decode(codec, "replace")
        if is_alike and sum(letter.isalpha() or letter.isspace() for letter in text) > 0.8 * len(text):
            return codec
    return None


def _all_utf8(head: bytes, file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _of_bytes(file: BinaryIO) -> Encoding:
    """The encoding of a file that is not all UTF-8, by the majority of the lines that are more than English letters."""
    sample, utf8, other, windows = b"", 0, 0, False
    for line in _lines(file):
        try:
            line.decode("utf-8")
            utf8 += 1
        except UnicodeDecodeError:
            other += 1
            windows |= any(0x80 <= byte < 0xA0 for byte in line)  # there Latin-1 has nothing that is seen
            if len(sample) < _SAMPLE:
                sample += line
    if utf8 >= other:
        return Encoding("utf_8", "UTF-8")
    sample = sample[:_SAMPLE]
    if eastern := _eastern(sample):
        return _named(eastern)
    page, fit = likeliest(sample)
    if fit < _FITS:
        best = from_bytes(sample, cp_exclusion=["utf_16_le", "utf_16_be"]).best()
        is_mostly_english = sum(byte >= 0x80 for byte in sample) < 0.4 * len(sample)
        # What no language explains, and no other guess does, is most often a western text with odd signs.
        if best is not None and not (best.coherence < 0.1 and is_mostly_english):
            return _named(best.encoding)
    if page == "cp1252":
        return Encoding("cp1252", "Windows-1252" if windows else "Latin-1")
    return _named(page)


def _named(codec: str) -> Encoding:
    return Encoding(codec, next((label for label, known in OFFERED.items() if known == codec), codec.replace("_", "-")))


def _eastern(sample: bytes) -> str | None:
    """The encoding of text in which Japanese has its small letters, or Chinese its own commas and full stops; else None."""
    for codec, letters in (("euc_jp", "ぁ-ヿ"), ("gb18030", "，。：；？！")):
        text = re.sub("[\0-\x7f]", "", sample.decode(codec, "replace"))
        share = len(re.findall(f"[{letters}]", text)) / max(len(text), 1)
        if share > (0.2 if codec == "euc_jp" else 0.02) and re.fullmatch(
            "[\u2010-\u203b\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+", text
        ):
            return codec
    return None


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines that hold more than ASCII, very long ones in pieces."""
    while line := file.readline(1 << 20):
        if not line.isascii():
            yield line
