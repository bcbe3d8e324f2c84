// The picture on a narrow screen: one word at a time, downwards. Its query, then a line for each key word, then the values as thick
// as their shares, then z.

import { evenAxis, indexAt, spanOf, valueRows } from "./layout.js";
import { share, written } from "./numbers.js";

const LINE = 34;
const NAME = 92;
const NUMBER = 56;
const STRIP = 22;
const MIXED = 150; // the values above one another

export const NARROW = 640;

export function downwards({ width, T, dk, dv, key }) {
  const columns = windowOf(T, key), lines = columns.count * LINE, list = 34 + STRIP + 26;
  const strip = Math.min(2 * dk, width - NAME - NUMBER - 120);
  const below = list + lines + 30;
  return {
    kind: "downwards", whole: true, width, height: below + MIXED + 34 + STRIP + 8, columns, names: NAME,
    lines: { ...columns, edges: columns.edges },
    q: { x: 0, y: 28, width, height: STRIP, across: evenAxis(dk, width / dk) },
    list: { x: 0, y: list, width, height: lines },
    k: { x: NAME, width: strip, across: evenAxis(dk, strip / dk) },
    number: NAME + strip + NUMBER,
    bars: { x: NAME + strip + NUMBER + 10, width: width - NAME - strip - NUMBER - 72 },
    v: { x: NAME, y: below, width: width - NAME, height: MIXED, across: evenAxis(dv, (width - NAME) / dv) },
    z: { x: 0, y: below + MIXED + 34, width, height: STRIP, across: evenAxis(dv, width / dv) },
  };
}

function windowOf(T, key) {
  const count = Math.min(T, 40), first = Math.min(Math.max(key - 20, 0), T - count);
  return { first, count, total: T, edges: Array.from({ length: count + 1 }, (_, at) => at * LINE) };
}

export function lineAt(layout, y) {
  const column = indexAt(layout.lines, y - layout.list.y);
  return column === undefined ? {} : { part: "k", column };
}

export function drawDownwards(paint, scene) {
  const { layout, now, heats, stages, query, key, names, ink, T, dk } = scene, { q, z, list, k, v, bars, lines } = layout;
  paint.clear();
  const weights = stages.weights.subarray(query * T, (query + 1) * T);
  const title = (text, role, y) => paint.text(text, 0, y, { size: 13, weight: 600, colour: ink(`${role}-ink`), room: layout.width });
  const strip = (name, row, across, box) => paint.matrix(heats.picture(name), across, { first: row, count: 1, edges: [0, box.height] }, box);
  paint.faintly(now.project, () => {
    title(`query of ${names[query]}: ${dk} numbers`, "query", 14);
    strip("q", query, q.across, q);
    paint.frame(ink("query-ink"), { ...q, x: 1, width: q.width - 2 }, 1.5);
    title(now.shares > 0.5 ? "each key · scaled score · share" : now.shrink > 0.5 ? `each key · score ÷ √${dk}` : now.grid > 0.5 ? "each key · its score q·k" : "each key", "key", list.y - 13);
  });
  const most = weights.reduce((one, other) => Math.max(one, other), 0);
  for (let word = lines.first; word < lines.first + lines.count; word++) {
    const { start, size } = spanOf(lines, word), y = list.y + start, middle = y + size / 2, chosen = word === key;
    if (chosen) paint.faintly(now.project, () => paint.fill(ink("key-tint"), { x: 0, y, width: layout.width, height: size }));
    paint.faintly(now.labels, () => paint.text(names[word], 6, middle, {
      size: 15, weight: chosen ? 700 : 400, colour: ink(chosen ? "key-ink" : "text"), room: NAME - 12,
    }));
    const turnedKey = (box) => keyStrip(paint, heats, word, dk, box);
    paint.faintly(now.project * (chosen ? 1 : 0.5), () => turnedKey({ x: k.x, y: y + 6, width: k.width, height: size - 12 }));
    const at = query * T + word, value = now.shrink === 1 ? stages.scaled[at] : stages.scores[at] / (1 + (Math.sqrt(dk) - 1) * now.shrink);
    paint.faintly(now.grid, () => paint.text(written(value), layout.number, middle, {
      size: 15, weight: chosen ? 700 : 400, align: "right", colour: ink("text"),
    }));
    const width = Math.max((weights[word] / most) * bars.width * now.rise, 1);
    paint.faintly(now.rise, () => paint.fill(ink("weight-ink"), { x: bars.x, y: y + 10, width, height: size - 20 }));
    paint.faintly(now.share, () => paint.text(share(weights[word]).replace("under ", "<").replace("over ", ">"), bars.x + width + 6, middle, {
      size: 14, weight: chosen ? 700 : 400, colour: ink("weight-ink"),
    }));
  }
  if (now.thick <= 0) return;
  const values = valueRows(layout, weights, now.thick);
  paint.faintly(now.thick, () => {
    title("values, as thick as their shares", "value", v.y - 13);
    paint.matrix(heats.picture("v"), v.across, values, v);
    for (let word = values.first; word < values.first + values.count; word++) {
      const { start, size } = spanOf(values, word);
      if (size < 12) continue;
      paint.text(names[word], 6, v.y + start + size / 2, { size: Math.min(15, size), weight: word === key ? 700 : 400, colour: ink(word === key ? "key-ink" : "text"), room: NAME - 12 });
    }
  });
  paint.faintly(now.fall, () => {
    title(`= z of ${names[query]}`, "value", z.y - 13);
    strip("z", query, z.across, z);
    paint.frame(ink("query-ink"), { ...z, x: 1, width: z.width - 2 }, 1.5);
  });
}

// A key lies on its side here: its numbers are a column of Kᵀ.
function keyStrip(paint, heats, word, dk, { x, y, width, height }) {
  const step = width / dk;
  for (let at = 0; at < dk; at++) paint.piece(heats.picture("k"), { row: at, column: word }, { x: x + at * step, y, width: step + 0.3, height });
}
