"""The lines of a sum as a table whose numbers open their own sums."""

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from attention_core.arithmetic.ledger import Ledger
from pages.shared.parts.ways import Way, Ways


def ledger_html(
    ledger: Ledger,
    columns: Sequence[tuple[str, str]],
    chosen: int | None,
    leads: Sequence[Callable[[int], Way] | None],
    ways: Ways | None,
    titles: Mapping[str, tuple[str, str]],
) -> Markup:
    """The table: `columns` are the page's own names and roles, `chosen` the place of the marked line.

    `leads` say by column what a number opens, where there are `ways`; `titles` name the numbers that are opened.
    """
    heads = ((name, f"{role}-ink" if role else "faint") for name, role in columns)
    head = "".join(f'<th style="color:var(--{colour})">{name}</th>' for name, colour in heads)
    body = Markup()
    for line in ledger.lines:
        marked = Markup(' class="chosen"') if chosen is not None and line.place == chosen else ""
        cells = Markup()
        for text, way in zip(line.cells, leads, strict=True):
            to = way(line.place) if ways and way and text and line.place is not None else None
            cell = ways.button(to, text, f"Open {titles[to.stage][0].lower()}:") if to else text
            cells += Markup("<td>%s</td>") % cell
        body += Markup("<tr%s><th>%s</th>%s</tr>") % (marked, line.label, cells)
    total = ledger.total
    summed = Markup('<tr class="sum"><th>sum</th>%s</tr>') % (Markup("<td>%s</td>" * len(total)) % total) if any(total) else ""
    html = Markup('<table class="ledger"><thead><tr>%s</tr></thead><tbody>%s%s</tbody></table>')
    return html % (Markup(head), body, summed)
