"""What every report is made of: its colours, its style sheet and the script that draws its charts and tables."""

from attention_core.palette import ROLES, Palette

# Draws each chart from the JSON after it; the table of its numbers is made when somebody opens it. Browsers take seconds for
# tables of a hundred thousand cells, so one of a long sentence has the rows around the chosen word.
SCRIPT = """
for (const data of document.querySelectorAll("script[type='application/json']")) {
  const {data: traces, layout} = JSON.parse(data.textContent), chart = data.previousElementSibling;
  const toImageButtonOptions = {filename: chart.id, scale: 3};
  Plotly.newPlot(chart, traces, layout, {responsive: true, displaylogo: false, toImageButtonOptions});
  chart.parentElement.querySelector("details").addEventListener("toggle", event => list(chart, event.target), {once: true});
}

function list(chart, details) {
  const {z, x, y} = chart._fullData[0];  // numbers as Plotly has read them
  const plain = label => String(label).replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  const cell = (row, kind, text) => Object.assign(row.appendChild(document.createElement(kind)), {textContent: text});
  const table = document.createElement("table"), frame = document.createElement("div");
  const names = table.createTHead().insertRow(), body = table.createTBody();
  const most = Math.min(z.length, Math.max(10, Math.floor(20000 / z[0].length)));
  const first = Math.min(Math.max(details.dataset.row - Math.floor(most / 2), 0), z.length - most);
  if (most < z.length) frame.append(`Rows ${first + 1} to ${first + most} of ${z.length}, around the chosen word`);
  cell(names, "th", x ? "query ↓ key →" : "word ↓ dimension →");
  Array.from(z[0], (_, column) => cell(names, "th", x ? plain(x[column]) : column + 1));
  for (let index = first; index < first + most; index++) {
    const row = body.insertRow(), texts = Array.from(z[index], number => number.toFixed(4));
    row.innerHTML = texts.map(text => `<td>${text.replace(/^-(?=.*[1-9])/, "−").replace(/^-/, "")}</td>`).join("");
    row.prepend(cell(row, "th", plain(y[index])));
  }
  Object.assign(frame, {className: "table", tabIndex: 0});
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", details.textContent);
  frame.append(table);
  details.append(frame);
}
"""
STYLE = """
*{box-sizing:border-box}
body{background:var(--page);color:var(--text);font:1rem/1.5 'Source Sans','Source Sans Pro','Liberation Sans',Arial,sans-serif;
 margin:0 auto;max-width:90rem;overflow-wrap:anywhere;padding:1.2rem clamp(.8rem,3vw,2.5rem) 3rem}
h1{font-size:1.6rem;margin:0}
h2{align-items:center;display:flex;font-size:1.1rem;gap:.5rem;margin:0}
p{margin:.3rem 0}
.answer{font-size:1.25rem}
.hint,dt,footer{color:var(--faint)}
.query,.key,.value,.weight,.input{background:var(--tint);border-radius:.35em;color:var(--ink);font-weight:600;padding:0 .3em}
.strong{font-weight:700}
.words{display:flex;flex-wrap:wrap;gap:.5rem .35rem;list-style:none;margin:1rem 0;padding:0}
.word{align-items:center;background:none;display:flex;flex-direction:column;max-width:100%;min-width:3.2rem;padding:0}
.word b{background:var(--tint,none);border:1.5px solid var(--ink,color-mix(in srgb,var(--faint) 45%,transparent));
 border-radius:.5rem;font-weight:500;padding:.15rem .5rem}
.long{gap:.1rem .2rem}
.long .word{min-width:0}
.long b{font-size:.9rem;padding:0 .3rem}
.word.piece b{border-left-style:dashed;border-bottom-left-radius:0;border-top-left-radius:0}
.word.special b{border-style:dotted}
.word small{color:var(--ink);font-size:.75rem;height:1.1rem;line-height:1.1rem}
.bar{background:var(--weight-ink);border-radius:2px;height:5px;margin-top:4px;min-width:1px}
.share{height:1.2rem;color:var(--weight-ink);font-size:.8rem;font-variant-numeric:tabular-nums;font-weight:400;white-space:nowrap}
.arithmetic{display:flex;flex-wrap:wrap;font-size:1.05rem;gap:.2rem 1rem}
main{display:grid;gap:1.8rem 1.6rem;margin-top:1.4rem}
.stage{min-width:0}
.badge{align-items:center;background:var(--edge);border-radius:1rem;color:var(--page);display:inline-flex;font-size:.9rem;height:1.65rem;
 justify-content:center;min-width:1.65rem}
.formula{margin:.3rem 0}
math{font-size:clamp(.9rem,3.8vw,1.1rem)}
details{margin-top:.4rem}
summary{color:var(--faint);cursor:pointer}
.table{max-height:26rem;overflow:auto}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums;overflow-wrap:normal;white-space:nowrap}
td,th{padding:.05rem .4rem;text-align:right}
tbody th{background:var(--page);left:0;position:sticky;text-align:left}
thead th{background:var(--page);position:sticky;top:0}
.says{border-left:3px solid var(--edge);padding-left:.7rem}
.modebar-container{top:-1.6rem!important}
.js-plotly-plot,.svg-container{overflow:visible!important}
footer{border-top:1px solid var(--faint);margin-top:2rem;padding-top:.6rem}
dd{color:var(--text);margin:0 0 .4rem}
.sentence{white-space:pre-wrap}
@media(min-width:62rem){main{grid-template-columns:repeat(3,minmax(0,1fr))}.x,.z{grid-column:1/-1}
.stage{display:grid;gap:0;grid-template-columns:minmax(0,1fr);grid-row:span 6;grid-template-rows:subgrid;margin-bottom:1.8rem}
.says{align-self:start}
main{row-gap:0}
.formula{align-self:end}}
@media print{.stage{break-inside:avoid}}
"""


def colours(palette: Palette) -> str:
    """The palette as CSS variables."""
    variables = {"page": palette.page, "text": palette.text, "faint": palette.faint}
    for role in ROLES:
        pair = getattr(palette, role)
        variables |= {f"{role}-ink": pair.ink, f"{role}-tint": pair.tint}
    pairs = "".join(f".{role}{{--ink:var(--{role}-ink);--tint:var(--{role}-tint)}}" for role in ROLES)
    edges = "".join(f".{role}-edge{{--edge:var(--{role}-ink)}}" for role in ROLES)
    return ":root{" + "".join(f"--{name}:{value};" for name, value in variables.items()) + "}" + pairs + edges
