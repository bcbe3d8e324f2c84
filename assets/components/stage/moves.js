// The parts that are on their way from one place to another: they exist only between two beats.

import { spanOf } from "./layout.js";
import { lengthsOf, share } from "./numbers.js";
import { between, boxBetween, cssOf } from "./paint.js";

// The sentence's words become names of rows and of columns.
export function moveLabels(paint, { layout, now, chips, names, query, key, ink }) {
  if (!chips || now.labels <= 0 || now.labels >= 1 || !layout.whole) return;
  const { grid, x, rows, columns, turned } = layout, alpha = Math.min(1, 5 - now.labels * 5);
  paint.faintly(alpha, () => chips.forEach((chip, word) => {
    const row = spanOf(rows, word), column = spanOf(columns, word);
    const way = (toX, toY, colour, chosen) => paint.text(names[word], between(chip.x, toX, now.labels), between(chip.y, toY, now.labels), {
      size: between(17, 13, now.labels), weight: chosen ? 700 : 400, align: "center", colour,
    });
    if (row && row.size >= 11) {
      const half = paint.lengthOf(names[word], 13) / 2;
      way(x.x - 8 - half, grid.y + row.start + row.size / 2, ink(word === query ? "query-ink" : "text"), word === query);
    }
    if (column && column.size >= 11) {
      const middle = turned ? layout.heads / 2 : 11;
      way(grid.x + column.start + column.size / 2, grid.y - middle, ink(word === key ? "key-ink" : "text"), word === key);
    }
  }));
}

// The query's numbers lie down beside the key's; each pair becomes a product, and all products one score.
export function moveQuery(paint, { layout, now, heats, stages, query, key, dk, ink, cell }) {
  if (now.slide <= 0 || now.sum >= 1 || !cell) return;
  const { q, k } = layout, row = spanOf(q.down, query), column = spanOf(k.across, key);
  const step = k.height / dk, wide = Math.min(Math.max(column.size, 14), 30), x = k.x + column.start;
  const products = Float32Array.from({ length: dk }, (_, at) => stages.q[query * dk + at] * stages.k[key * dk + at]);
  const most = Math.max(...products.map(Math.abs)) || 1, reach = 64;
  const origin = x + column.size + 6;
  paint.faintly(now.slide * (1 - now.sum), () => {
    paint.fill(ink("page"), { x: x - wide - 5, y: k.y - 1, width: wide + 5, height: k.height + 2 });
    if (now.bars > 0) paint.fill(ink("page"), { x: origin - 5, y: k.y - 1, width: reach * 2 + 12, height: k.height + 2 });
  });
  for (let at = 0; at < dk; at++) {
    const from = { x: q.x + q.across.edges[at], y: q.y + row.start, width: q.across.edges[1], height: row.size };
    const to = { x: x - wide - 3, y: k.y + at * step, width: wide, height: step };
    const late = Math.min(Math.max(now.slide * 1.6 - (at / dk) * 0.6, 0), 1); // one after the other
    paint.faintly(1 - now.sum, () => paint.piece(heats.picture("q"), { row: query, column: at }, boxBetween(from, to, late)));
    if (now.bars <= 0) continue;
    const length = (products[at] / most) * reach * now.bars, centre = origin + reach;
    const bar = { x: Math.min(centre, centre + length), y: k.y + at * step + 0.5, width: Math.max(Math.abs(length), 1), height: Math.max(step - 1, 1) };
    const home = { x: cell.x + cell.width / 2 - 2, y: cell.y + cell.height / 2 - 2, width: 4, height: 4 };
    const colour = cssOf(heats.of("scores"), (products[at] > 0 ? 0.72 : -0.72) * heats.of("scores").high);
    paint.faintly(1 - now.sum * 0.6, () => paint.fill(colour, boxBetween(bar, home, now.sum)));
  }
}

// Scores become bars of e to their power, the bars one whole, and the whole is cut into shares.
export function moveShares(paint, { layout, now, heats, stages, query, T, ink }) {
  if (now.rise <= 0 || now.share >= 1) return;
  const { grid, rows, columns, bar } = layout, row = spanOf(rows, query);
  if (!row) return;
  const weights = stages.weights.subarray(query * T, (query + 1) * T);
  const most = weights.reduce((one, other) => Math.max(one, other), 0), tall = Math.min(96, Math.max(row.size * 3, 56));
  let at = bar.x;
  for (let column = columns.first; column < columns.first + columns.count; column++) {
    const { start, size } = spanOf(columns, column), weight = weights[column];
    const height = (weight / most) * tall * now.rise, x = grid.x + start, bottom = grid.y + row.start + row.size;
    const risen = { x: x + size * 0.18, y: bottom - height, width: size * 0.64, height };
    const part = { x: at, y: bar.y, width: bar.width * weight, height: bar.height };
    at += part.width;
    const home = { x, y: grid.y + row.start, width: size, height: row.size };
    const box = now.share > 0 ? boxBetween(part, home, now.share) : boxBetween(risen, part, now.stack);
    const colour = cssOf(heats.of("weights"), Math.max(weight, 0.16));
    paint.faintly(1 - Math.max(0, now.share * 4 - 3), () => {
      paint.fill(now.share > 0.5 ? cssOf(heats.of("weights"), weight) : colour, box);
      if (now.stack > 0.5 && box.width > 3) paint.fill(ink("page"), { x: box.x, y: box.y, width: 1, height: box.height });
    });
  }
  const whole = now.stack * (1 - now.share), sum = (at - bar.x) / bar.width, rest = 1 - sum > 0.0005;
  const text = rest ? `= ${share(sum)}, the rest to words not shown here` : "= 100 %";
  const place = rest ? { x: bar.x, y: bar.y + bar.height + 9 } : { x: bar.x + bar.width + 8, y: bar.y + bar.height / 2 };
  paint.faintly(whole, () => paint.text(text, place.x, place.y, { size: 13, weight: 700, colour: ink("weight-ink") }));
}

// From each cell of the row to the value that it weighs; then the values fall into z. A ribbon is as thick as its weight; its dark
// core is as thick as what arrives, |a·v|, so that a value near zero is seen to pass nothing on, however large its share.
export function moveValues(paint, { layout, now, heats, stages, query, key, T, dv, ink, values }) {
  if (now.ribbons <= 0) return;
  const { grid, v, z, rows, columns } = layout, row = spanOf(rows, query);
  if (!row) return;
  const weights = stages.weights.subarray(query * T, (query + 1) * T), lengths = lengthsOf(stages, T, dv);
  const longest = Math.max(...lengths) || 1, x = grid.x + grid.width + 4;
  let top = grid.y + row.start;
  for (let word = columns.first; word < columns.first + columns.count; word++) {
    const height = weights[word] * row.size, to = spanOf(values, word), chosen = word === key;
    const colour = ink(chosen ? "key-ink" : "weight-ink"), from = [top, top + height], end = [v.y + to.start, v.y + to.start + to.size];
    const core = lengths[word] / longest;
    paint.faintly(now.ribbons * (chosen ? 0.26 : 0.13), () => paint.ribbon(colour, x, from, v.x - 3, end));
    paint.faintly(now.ribbons * (chosen ? 0.5 : 0.25), () => paint.ribbon(colour, x, middleOf(from, core), v.x - 3, middleOf(end, core)));
    top += height;
    if (now.fall <= 0 || now.fall >= 1 || weights[word] < 0.01) continue;
    const home = { x: z.x, y: z.y + row.start, width: z.width, height: row.size };
    const box = boxBetween({ x: v.x, y: v.y + to.start, width: v.width, height: to.size }, home, now.fall);
    paint.faintly((1 - now.fall) * 0.9, () => paint.piece(heats.picture("v"), { row: word, column: 0, columns: dv }, box));
  }
}

// The middle part of a span.
function middleOf([from, to], part) {
  const middle = (from + to) / 2, half = ((to - from) * part) / 2;
  return [middle - half, middle + half];
}
