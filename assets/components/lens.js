// The large picture of one head beside the small ones, with its names, its strongest link and what its colours mean.

import { element, inks } from "./elements.js";
import {
  boxOf, canvasPen, colourTable, drawCells, drawFrame, drawLines, drawNames, gradient, nameStep, thinned,
} from "./heatmap.js";
import { headHeat, headTitle, strongestLink } from "./heads.js";

const NAMES = 16; // tokens that are named of many
const ALL_NAMES_UP_TO = 24; // tokens
// CSS pixels: of a lens with names, between two names, of a cell with frames.
const NAMED = 200;
const LINE = 10;
const FRAMED = 9;

// data: {colours, top}
export function showInLens(lens, sentence, head, { colours, top }) {
  const link = strongestLink(sentence, head);
  const canvas = lens.querySelector("canvas") ?? element("canvas", { "aria-hidden": "true" }); // the words below say what it shows
  const words = [element("span", "query", link.asking), " → ", element("span", "key", link.asked), " ", element("b", {}, link.share)];
  lens.replaceChildren(
    element("p", "title", headTitle(sentence, head), " ", element("span", "badge", "chosen")),
    canvas,
    element("p", "link", "strongest link between two words ", ...words),
    legend(sentence.block, colours, top),
  );
  enlarge(canvas, headHeat(sentence, head, colourTable(colours), top), sentence, link);
}

function legend(block, colours, top) {
  const bar = element("span", "scale");
  bar.style.background = gradient(colours);
  return element("p", "small",
    element("span", {}, "0 ", bar, top < 1 ? ` ${top} and more` : " 1"),
    element("span", {}, element("span", "query", "rows"), " ask, ", element("span", "key", "columns"), " are asked"),
    block > 1 ? element("span", {}, `each pixel is the largest of ${block} × ${block} weights`) : "");
}

function enlarge(canvas, heat, { block, names: rowNames, column_names: across = rowNames }, link) {
  const ink = inks(canvas);
  const { pen, area, font, margin, step } = layOut(canvas, heat, rowNames, across);
  const tokens = { rows: heat.rows * block, columns: heat.columns * block }; // the last cell may stand for fewer
  const token = area.width / tokens.columns;
  drawCells(pen, heat, area);
  if (token >= FRAMED) {
    drawLines(pen, heat, area, ink("page"), 1);
    frameRowAndColumn(pen, tokens, area, link, ink);
  } else pointAt(pen, area, token, link, ink);
  if (!margin) return;
  for (const [side, role, names, count] of [["left", "query", rowNames, tokens.rows], ["below", "key", across, tokens.columns]]) {
    const shown = thinned(names.length, step, link[role], font.size / token).map((place) => ({
      place,
      text: names[place],
      font: { ...font, weight: place === link[role] ? 700 : 400 },
      colour: ink(place === link[role] ? `${role}-ink` : "text"),
    }));
    drawNames(pen, area, side, count, shown, margin - 6);
  }
}

// A pen, where the cells stand in whole pixels of the screen, and the names: their font, their room (0: none), every how many.
function layOut(canvas, { rows, columns }, names, across) {
  const ratio = devicePixelRatio, width = Math.floor(canvas.clientWidth * ratio) / ratio, isNamed = width >= NAMED;
  const side = Math.max(rows, columns), most = Math.max(names.length, across.length);
  const step = nameStep(most, 0.75 * width, LINE, NAMES, ALL_NAMES_UP_TO);
  const size = Math.min(13, Math.max(9.5, (0.7 * width * step) / most));
  const font = { size, family: getComputedStyle(canvas).fontFamily };
  const longest = () => {
    const pen = canvasPen(canvas, 1, 1);
    return Math.max(...[...names, ...across].map((name) => pen.measure(name, { ...font, weight: 700 })));
  };
  const above = Math.ceil((size / 2) * ratio) / ratio; // half of the first name stands out, at the right of the last
  const margin = isNamed ? Math.min(0.3 * width, longest() + 8) : 0;
  const cell = Math.max(1, Math.floor(((width - (margin || above) - above) * ratio) / side)) / ratio;
  const wide = cell * columns, down = cell * rows;
  const height = Math.floor((above + down + (margin || above)) * ratio) / ratio;
  const pen = canvasPen(canvas, width, height, ratio);
  return { pen, area: { x: width - above - wide, y: above, width: wide, height: down }, font, margin, step };
}

// The row of the one that asks and the column of the one that is asked; their ends stay within the cells.
function frameRowAndColumn(pen, tokens, area, { query, key }, ink) {
  const row = boxOf(tokens, area, { row: query }), column = boxOf(tokens, area, { column: key });
  drawFrame(pen, { ...row, x: row.x + 1, width: row.width - 2 }, ink("query-ink"), ink("page"));
  drawFrame(pen, { ...column, y: column.y + 1, height: column.height - 2 }, ink("key-ink"), ink("page"));
}

// Lines that lead to a cell which is too small for frames.
function pointAt(pen, area, token, { query, key }, ink) {
  const x = area.x + (key + 0.5) * token, y = area.y + (query + 0.5) * token, reach = Math.max(token / 2, 3) + 2;
  const bottom = area.y + area.height;
  pen.fill(ink("query-ink"), { x: area.x, y: y - 0.5, width: Math.max(x - reach - area.x, 0), height: 1 });
  pen.fill(ink("key-ink"), { x: x - 0.5, y: y + reach, width: 1, height: Math.max(bottom - y - reach, 0) });
  drawFrame(pen, { x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach }, ink("text"), ink("page"));
}
