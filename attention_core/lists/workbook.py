"""The parts of an Excel workbook around its sheets: archive, list of sheets, shared texts, formats of dates.

They are read with expat, part by part in bounded memory: a reader that builds a workbook first is at the mercy of whatever size
and order the file claims. Names count without their namespace, so that "Strict Open XML" is read like the usual kind.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.parsers import expat
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from attention_core.errors import ListError
from attention_core.lists.encodings import kind_of
from attention_core.lists.rows import Limits, Source

_BLOCK = 1 << 16
_TEXTS = 3_000_000  # shared by cells
_AGAIN = "Open it in a spreadsheet, save it as .xlsx anew, and give that."
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class BookSheet:
    """A sheet of cells, and where it lies in the archive."""

    name: str
    part: str
    is_hidden: bool


@dataclass
class Book:
    """What cells of any sheet refer to."""

    sheets: list[BookSheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dates: frozenset[int] = frozenset()  # the styles that show a number as a date
    from_1904: bool = False


@contextmanager
def archive_of(source: Source, name: str, limits: Limits) -> Iterator[ZipFile]:
    """The archive that a workbook is. Whatever goes wrong in it is a ListError in words."""
    with source() as file:
        head = file.read(_BLOCK)
        kind = kind_of(head)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            said = (
                "is protected with a password"
                if "EncryptedPackage".encode("utf-16-le") in head + file.read(4_000_000)
                else ("is an old .xls, or is protected with a password")
            )
            raise ListError(f"{name} {said}. Save it as .xlsx without a password, and give it again.")
        if kind is None and head and b"\0" not in head[:1000]:
            kind = "a page for a browser" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text"
        if kind is not None and "ZIP" not in kind:
            way = "Name it .csv where it is one, or save" if kind == "text" else "Save"
            raise ListError(f"{name} is {kind} and no .xlsx. {way} it as .xlsx, without a password, and give it again.")
        try:
            file.seek(0)
            with ZipFile(file) as archive:
                size = sum(member.file_size for member in archive.infolist())
                if size > limits.unpacked:
                    raise ListError(
                        f"{name} would unpack to {size / 1e6:,.0f} MB; at most {limits.unpacked / 1e6:,.0f} MB are read. "
                        "Save the column with the sentences as .csv and give that."
                    )
                if any(member.flag_bits & 1 for member in archive.infolist()):
                    raise ListError(f"{name} is protected with a password. Save it as .xlsx without one, and give it again.")
                yield archive
        except (ListError, GeneratorExit):
            raise
        except Exception as error:  # zipfile raises whatever a damaged archive makes go wrong
            raise ListError(f"{name} is truncated, damaged, or no Excel workbook. {_AGAIN}") from error


def walk_part(archive: ZipFile, part: str, name: str, handlers: dict[str, Callable], step: Callable = tuple) -> Iterator:
    """Send one part of the archive through expat, and give what `step` returns after each block of it.

    `handlers` are those of expat by their names there. Raises ListError for a part that is missing, cut off or no XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    for handler, call in handlers.items():
        setattr(parser, handler, call)

    def refuse(*_: object) -> None:
        raise ListError(f"{name} defines names of its own in “{part}”, which no spreadsheet does. {_AGAIN}")

    parser.StartDoctypeDeclHandler = refuse
    try:
        with archive.open(part) as file:
            while block := file.read(_BLOCK):
                parser.Parse(block)
                yield from step()
            parser.Parse(b"", True)
            yield from step()
    except KeyError as error:
        raise ListError(f"{name} is damaged: its part “{part}” is missing. {_AGAIN}") from error
    except expat.ExpatError as error:
        raise ListError(f"{name} is damaged: line {error.lineno:,} of its part “{part}” is no XML. {_AGAIN}") from error


def local(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition(":")[2]


def read_book(archive: ZipFile, name: str) -> Book:
    """The sheets of a workbook and what their cells refer to. Raises ListError for another kind of document."""
    members = set(archive.namelist())
    if "xl/workbook.bin" in members:
        raise ListError(f"{name} is a binary workbook, .xlsb, whatever its name says. Save it as .xlsx.")
    if "content.xml" in members:
        raise ListError(f"{name} is an OpenDocument file, whatever its name says. Save it as .xlsx.")
    if "word/document.xml" in members:
        raise ListError(f"{name} is a Word document, whatever its name says. Save its text as .txt.")
    main = next((to for kind, to in _relations(archive, "", name).values() if kind == "officeDocument"), "xl/workbook.xml")
    if main not in members:
        raise ListError(f"{name} is no Excel workbook, or one without its list of sheets. {_AGAIN}")
    book, found = Book(), []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "sheet":
            found.append({local(key): value for key, value in attributes.items()})
        elif tag == "workbookPr":
            book.from_1904 = attributes.get("date1904") in ("1", "true")

    list(walk_part(archive, main, name, {"StartElementHandler": start}))
    related = _relations(archive, main, name)
    for sheet in found:
        kind, part = related.get(sheet.get("id", ""), ("", ""))
        if kind == "worksheet":
            book.sheets.append(BookSheet(sheet.get("name", ""), part, sheet.get("state", "visible") != "visible"))
    if not book.sheets:
        raise ListError(f"{name} has no sheet with cells. Give a workbook with the sentences in a sheet.")
    parts = {kind: part for kind, part in related.values() if part in members}
    if "sharedStrings" in parts:
        book.texts = _shared_texts(archive, parts["sharedStrings"], name)
    if "styles" in parts:
        book.dates = _date_styles(archive, parts["styles"], name)
    return book


def _relations(archive: ZipFile, part: str, name: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: by id the kind and the other part."""
    folder, file = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{file}.rels")
    found = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], target.lstrip("/")

    if path in archive.namelist():
        list(walk_part(archive, path, name, {"StartElementHandler": start}))
    return found


def _shared_texts(archive: ZipFile, part: str, name: str) -> list[str]:
    texts: list[str] = []
    pieces = Pieces()

    def start(tag: str, attributes: dict[str, str]) -> None:
        pieces.start(local(tag))

    def end(tag: str) -> None:
        tag = local(tag)
        pieces.end(tag)
        if tag == "si":
            texts.append(pieces.take())
            if len(texts) > _TEXTS:
                said = f"keeps more than {_TEXTS:,} texts for its cells"
                raise ListError(f"{name} {said}. Save the column with the sentences as .csv and give that.")

    handlers = {"StartElementHandler": start, "EndElementHandler": end, "CharacterDataHandler": pieces.add}
    list(walk_part(archive, part, name, handlers))
    return texts


class Pieces:
    """A text that stands in several elements, without the readings that Japanese ones have above them."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._is_open = self._is_reading = False

    def start(self, tag: str) -> None:
        """An element begins."""
        if tag == "t":
            self._is_open = not self._is_reading
        elif tag == "rPh":
            self._is_reading = True

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "t":
            self._is_open = False
        elif tag == "rPh":
            self._is_reading = False

    def add(self, text: str) -> None:
        """Characters of an element."""
        if self._is_open:
            self._pieces.append(text)

    def take(self) -> str:
        """The whole text, after which a new one begins."""
        text = "".join(self._pieces)
        self._pieces.clear()
        return unescaped(text)


def unescaped(text: str) -> str:
    """A text in which Excel has written characters that XML cannot hold by their code points: _x000D_."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text


def _date_styles(archive: ZipFile, part: str, name: str) -> frozenset[int]:
    formats: dict[str, str] = {}
    styles: list[str] = []
    within: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        within.append(tag)
        if tag == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and "cellXfs" in within:
            styles.append(attributes.get("numFmtId", "0"))

    list(walk_part(archive, part, name, {"StartElementHandler": start, "EndElementHandler": lambda tag: within.pop()}))

    def is_date(id: str) -> bool:
        return is_date_format(formats.get(id) or (BUILTIN_FORMATS.get(int(id)) if id.isdecimal() else None) or "")

    return frozenset(place for place, id in enumerate(styles) if is_date(id))
