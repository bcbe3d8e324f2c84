// Heatmaps for a projector: coloured cells with frames on a canvas, names and numbers as text around and over it.
// data: {panels: [{title, height, width, cells, hidden, colours, legend, rows, columns, row, column, role, numbers, blocks, block, titles,
// moves, ownRows}], name}; cells: base64, one byte each, along the colours; rows and columns: [[place from 0 to 1, name, chosen], …]
// hidden: base64, 1 for each cell that a mask hides and that is hatched, or nothing where there is none.
// A panel that has moves [{cells, said}] shows them one after the other when its button is pressed.

import { anew } from "./answers.js";
import { fromBase64 } from "./data.js";
import { element, inks } from "./elements.js";
import {
  boxOf, canvasPen, colourTable, drawCells, drawFrame, drawHatching, drawLines, gradient, grown, inkOn, sizeOnScreen, snapped,
} from "./heatmap.js";

// CSS pixels, for the last row of the audience.
const FRAME = { line: 4, outside: 2, inside: 0, radius: 2 };
const SMALLEST = 10; // of a frame
const BETWEEN = 4; // blocks
const WHOLE = 4000; // milliseconds that all moves take together

export default function ({ parentElement, data }) {
  return anew(parentElement, () => {
    const root = parentElement.querySelector(".heats");
    root.setAttribute("aria-label", data.name);
    root.setAttribute("role", data.panels.some(({ moves }) => moves.length) ? "group" : "img"); // a picture holds no button
    const panels = data.panels.map((panel) => ({ ...panel, heat: heatOf(panel) }));
    root.replaceChildren(...panels.map(figure));
    const canvases = new Map([...root.querySelectorAll("canvas")].map((canvas, at) => [canvas, panels[at]]));
    const observer = new ResizeObserver((changed) => changed.forEach(({ target }) => draw(target, canvases.get(target))));
    for (const canvas of canvases.keys()) observer.observe(canvas); // which also draws it for the first time
    const stops = [...canvases].map(([canvas, panel]) => panel.moves.length ? moving(canvas, panel) : () => {});
    return () => {
      observer.disconnect();
      stops.forEach((stop) => stop());
    };
  });
}

// A button that plays the moves; where a person wants no motion, it goes from the first to the last at once.
function moving(canvas, panel) {
  const said = element("span", { class: "said", role: "status" }), button = element("button", { type: "button" }, "▶ Show how");
  canvas.closest(".heat").append(element("p", "play", button, said));
  const whole = panel.heat.values, moments = panel.moves.map(({ cells }) => fromBase64(cells));
  let timer = 0;
  function show(at) {
    panel.heat.values = moments[at] ?? whole;
    said.textContent = panel.moves[at]?.said ?? "";
    draw(canvas, panel);
    if (at + 1 < moments.length) timer = setTimeout(() => show(at + 1), Math.max(WHOLE / moments.length, 90));
    else button.textContent = "▶ Again";
  }
  button.onclick = () => {
    clearTimeout(timer);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) show(moments.length - 1);
    else show(0);
  };
  return () => clearTimeout(timer);
}

function heatOf({ width, height, cells, hidden, colours, legend }) {
  const isSigned = legend?.[0].startsWith("−"); // then zero has the colour in the middle
  return {
    values: fromBase64(cells), rows: height, columns: width, colours: colourTable(colours), low: 0, high: 255,
    zero: isSigned ? 127.5 : 0, masked: hidden ? fromBase64(hidden) : null,
  };
}

function figure(panel) {
  const title = element("figcaption", {}, ...panel.title.map((part) => typeof part === "string" ? part : spelled(...part)));
  const picture = element("div", "picture", element("canvas"));
  if (panel.numbers.length) picture.append(numbers(panel));
  const plot = element("div", "plot",
    names(panel.rows, `rows of-${panel.role}`, "top"), picture, element("span", "corner"),
    names(panel.columns, "columns of-key", "left"));
  return element("figure", panel.ownRows ? "heat own-rows" : "heat", title, plot, ...(panel.legend ? [legend(panel)] : []));
}

function spelled(text, role) {
  const [word, below] = text.split("_");
  return element("b", role, word, ...(below ? [element("sub", {}, below)] : []));
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

function numbers({ numbers, heat }) {
  const list = element("div", "numbers");
  list.style.gridTemplateColumns = `repeat(${heat.columns}, 1fr)`;
  numbers.flat().forEach((text, cell) => {
    const one = element("span", {}, text);
    one.style.color = inkOn(heat, heat.values[cell]);
    list.append(one);
  });
  return list;
}

function legend({ colours, legend: [low, high, remark], titles }) {
  const bar = element("span", "scale");
  bar.style.background = gradient(colours);
  const said = titles[0] ? ` · row: ${titles[0]}, column: ${titles[1]}` : "";
  return element("p", "legend", low, bar, high + (remark ? ` · ${remark}` : ""), said);
}

function draw(canvas, { heat, blocks: [rows, columns], block, row, column, role }) {
  const ink = inks(canvas), area = { x: 0, y: 0, ...sizeOnScreen(canvas) };
  const pen = canvasPen(canvas, area.width, area.height);
  const frame = (grid, place, role) => {
    const box = inner(snapped(pen, boxOf(grid, area, place)), area);
    drawFrame(pen, box, ink(`${role}-ink`), ink("page"), FRAME);
  };
  drawCells(pen, heat, area);
  if (heat.masked) drawHatching(pen, heat, area, ink("faint"));
  drawLines(pen, { rows, columns }, area, ink("page"), BETWEEN);
  if (row !== null) frame(heat, { row }, role);
  if (column !== null) frame(heat, { column }, "key");
  if (block) frame({ rows, columns }, { row: block[0], column: block[1] }, "query");
}

// Where the line of a frame runs so that all of it stands within its box; a box too small to be seen is taken larger.
function inner(box, area) {
  const height = Math.max(box.height, SMALLEST);
  return grown({ ...box, height, y: Math.min(box.y, area.height - height) }, -FRAME.line / 2);
}
