// Draws each chart from the JSON after it; the table of its numbers is made when somebody opens it. Browsers take seconds for
// tables of a hundred thousand cells, so one of a long sentence has the rows around the chosen word.
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
