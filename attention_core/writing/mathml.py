"""Formulas for pages without KaTeX: the TeX that the report shows, as MathML, which browsers draw themselves."""

import re
from html import escape

from attention_core.errors import AttentionError

_PART = re.compile(r"\\text\{[^}]*\}|\\\\(?:\[\w+\])?|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\S", re.DOTALL)
_BIG = {r"\sum": "∑", r"\prod": "∏"}
_OPERATORS = {r"\times": "×", r"\cdot": "·", r"\to": "→", r"\top": "⊤", "-": "−", ">": "&gt;"} | {
    sign: sign for sign in "=+/()[],"
}
_SPACES = {r"\,": "0.17em", r"\;": "0.28em"}
_FENCES = "()[]/"  # drawn at the size of a letter; whether they open or close, MathML would otherwise have to guess


def mathml(tex: str) -> str:
    """The formula as one <math> element of centred rows.

    Knows what the formulas of matrices and of mixtures use of TeX; raises AttentionError for anything else. Nothing that it
    writes needs a font for mathematics: a sign that only such a font can draw would be missing without one.
    """
    inner = re.fullmatch(r"\\begin\{gathered\}(.*)\\end\{gathered\}", tex, re.DOTALL)
    parts = _PART.findall(inner[1] if inner else tex)[::-1]
    rows = [_row(parts)]
    while parts:
        if not parts.pop().startswith(r"\\"):
            raise AttentionError(f"The formula {tex!r} closes a group that it does not open.")
        rows.append(_row(parts))
    table = "".join(f"<mtr><mtd>{row}</mtd></mtr>" for row in rows)
    return f'<math display="block"><mtable>{table}</mtable></math>'


def _row(parts: list[str]) -> str:
    """All that stands before the end of a row or group; `parts` are in reverse and lose what is read."""
    read = ""
    while parts and parts[-1] != "}" and not parts[-1].startswith(r"\\"):
        if parts[-1] == r"\footnotesize":
            parts.pop()
            return f'{read}<mrow style="font-size:.8em">{_row(parts)}</mrow>'
        read += _scripted(parts)
    return read


def _scripted(parts: list[str]) -> str:
    """One atom with its subscript, its superscript or both in this order."""
    base = _atom(parts)
    below = _script("_", parts)
    above = _script("^", parts)
    element = f"m{'sub' * bool(below)}{'sup' * bool(above)}"
    return f"<{element}>{base}{below}{above}</{element}>" if below or above else base


def _script(sign: str, parts: list[str]) -> str:
    if not parts or parts[-1] != sign:
        return ""
    parts.pop()
    return _atom(parts)


def _group(parts: list[str]) -> str:
    """What stands between braces, as one element."""
    _expect("{", parts)
    read = _row(parts)
    _expect("}", parts)
    return f"<mrow>{read}</mrow>"


def _letters(parts: list[str]) -> str:
    """What stands between braces, as plain text."""
    _expect("{", parts)
    read = ""
    while parts and parts[-1] != "}":
        read += parts.pop()
    _expect("}", parts)
    return escape(read)


def _expect(brace: str, parts: list[str]) -> None:
    found = parts.pop() if parts else "the end"
    if found != brace:
        raise AttentionError(f"A formula has {found} where {brace} should stand.")


def _atom(parts: list[str]) -> str:
    if not parts:
        raise AttentionError("A formula ends where something is still to come.")
    if parts[-1] == "{":
        return _group(parts)
    part = parts.pop()
    if part in (r"\big", r"\textstyle"):  # sizes
        return _atom(parts)
    if part == r"\mathrm":
        return f'<mi mathvariant="normal">{_letters(parts)}</mi>'
    if part == r"\textcolor":
        return f'<mrow mathcolor="{_letters(parts)}">{_group(parts)}</mrow>'
    if part == r"\sqrt":
        return _root(_group(parts))
    if part == r"\tfrac":
        return _fraction(_group(parts), _group(parts))
    if part == r"\bar":
        return _overlined(_group(parts))
    if part in _BIG:
        return f'<mo largeop="false" movablelimits="false">{_BIG[part]}</mo>'
    if part.startswith(r"\text{"):
        return f"<mtext>{escape(part[6:-1])}</mtext>".replace(" ", "\u00a0")  # MathML drops blanks at the ends
    if part in _SPACES:
        return f'<mspace width="{_SPACES[part]}"></mspace>'
    if part in _OPERATORS:
        sign = _OPERATORS[part]
        return f'<mo stretchy="false" form="infix" lspace="0" rspace="0">{sign}</mo>' if sign in _FENCES else f"<mo>{sign}</mo>"
    if part[0].isdigit():
        return f"<mn>{part}</mn>"
    if part == r"\infty":
        return "<mi>∞</mi>"
    if part.isalpha():
        return f"<mi>{part}</mi>"
    raise AttentionError(f"There is no MathML for {part!r} in a formula.")


def _root(inner: str) -> str:
    """A square root as the character √ and a line above the group.

    Browsers draw <msqrt> with a font for mathematics, and without one some leave its sign out: √32 = 5.66 would read 32 = 5.66.
    """
    sign = '<mo form="prefix" stretchy="false" lspace="0" rspace="0">√</mo>'
    return f"<mrow>{sign}{_overlined(inner)}</mrow>"


def _overlined(inner: str) -> str:
    return f'<mrow style="border-top:.07em solid;padding-top:.07em">{inner}</mrow>'


def _fraction(above: str, below: str) -> str:
    """A fraction with letters of full size, and with air round its line, which only a font for mathematics would ask for."""
    padded = "".join(f'<mrow style="padding:.1em 0">{part}</mrow>' for part in (above, below))
    return f'<mfrac displaystyle="true">{padded}</mfrac>'
