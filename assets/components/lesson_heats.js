// Heatmaps for a projector: a canvas with a pixel a cell, stretched, and names, numbers and frames as text and boxes around it.
// data: {panels: [{title, height, width, cells, colours, legend, rows, columns, row, column, numbers, blocks, block, titles}], name}
// cells: base64, one byte each, along the colours; rows and columns: [[place from 0 to 1, name, chosen], …]

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".heats");
  root.setAttribute("aria-label", data.name);
  root.replaceChildren(...data.panels.map(figure));
}

function element(name, kind, text = "") {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  return made;
}

function figure(panel) {
  const whole = element("figure", "heat"), title = element("figcaption", "");
  title.append(...panel.title.map((part) => typeof part === "string" ? part : spelled(...part)));
  const plot = element("div", "plot"), picture = element("div", "picture");
  const rows = names(panel.rows, `rows of-${panel.role}`, "top"), columns = names(panel.columns, "columns of-key", "left");
  picture.append(canvas(panel), ...lines(panel), ...frames(panel));
  if (panel.numbers.length) picture.append(numbers(panel));
  plot.append(rows, picture, element("span", "corner"), columns);
  whole.append(title, plot, ...(panel.legend ? [legend(panel)] : []));
  return whole;
}

function spelled(text, role) {
  const [word, below] = text.split("_");
  const made = element("b", role, word);
  if (below) made.append(element("sub", "", below));
  return made;
}

function names(all, kind, side) {
  const list = element("div", kind);
  list.style.setProperty("--longest", Math.max(0, ...all.map(([, name]) => name.length)));
  for (const [place, name, chosen] of all) {
    const one = element("span", chosen ? "chosen" : "", name);
    one.style[side] = `${100 * place}%`;
    list.append(one);
  }
  return list;
}

function canvas({ width, height, cells, colours }) {
  const made = Object.assign(document.createElement("canvas"), { width, height });
  const context = made.getContext("2d"), image = context.createImageData(width, height);
  const stops = colours.map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  const bytes = Uint8Array.from(atob(cells), (one) => one.charCodeAt(0));
  bytes.forEach((byte, cell) => {
    const at = byte / 255 * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    stops[low].forEach((from, channel) => (image.data[4 * cell + channel] = from + (at - low) * (stops[low + 1][channel] - from)));
    image.data[4 * cell + 3] = 255;
  });
  context.putImageData(image, 0, 0);
  return made;
}

function box(kind, top, left, height, width) {
  const made = element("div", kind);
  Object.assign(made.style, { top: `${100 * top}%`, left: `${100 * left}%`, height: `${100 * height}%`, width: `${100 * width}%` });
  return made;
}

function lines({ blocks: [down, across] }) {
  const inner = (count) => Array.from({ length: count - 1 }, (_, at) => (at + 1) / count);
  return [...inner(down).map((at) => box("line", at, 0, 0, 1)), ...inner(across).map((at) => box("line", 0, at, 1, 0))];
}

function frames({ row, column, role, block, blocks: [down, across], height, width }) {
  const made = [];
  if (row !== null) made.push(box(`frame by-${role}`, row / height, 0, 1 / height, 1));
  if (column !== null) made.push(box("frame by-key", 0, column / width, 1, 1 / width));
  if (block) made.push(box("frame by-query", block[0] / down, block[1] / across, 1 / down, 1 / across));
  return made;
}

function numbers({ numbers, width, cells, colours }) {
  const list = element("div", "numbers");
  list.style.gridTemplateColumns = `repeat(${width}, 1fr)`;
  const bytes = Uint8Array.from(atob(cells), (one) => one.charCodeAt(0));
  const light = (colour) => [1, 3, 5].reduce((sum, at, channel) => sum + [0.3, 0.59, 0.11][channel] * parseInt(colour.slice(at, at + 2), 16), 0);
  numbers.flat().forEach((text, cell) => {
    const one = element("span", "", text);
    one.style.color = light(colours[Math.round(bytes[cell] / 255 * (colours.length - 1))]) > 135 ? "#111318" : "#ffffff";
    list.append(one);
  });
  return list;
}

function legend({ colours, legend: [low, high, remark], titles }) {
  const made = element("p", "legend"), bar = element("span", "scale");
  bar.style.background = `linear-gradient(to right, ${colours.join(", ")})`;
  made.append(low, bar, high + (remark ? ` · ${remark}` : ""), titles[0] ? ` · row: ${titles[0]}, column: ${titles[1]}` : "");
  return made;
}
