// Where everything stands. Left factor on the left, right factor on top, the product where they cross; lengths in CSS pixels.

export const WINDOW = 60; // words shown at once, around the chosen pair
const SMALLEST_NAME = 11; // of a column, before names stand upright
const NAME_SIZE = 13;
const MARGIN = 4;

// Rows or columns along a length: {first, count, edges}, whose edges are count + 1 distances from the start.
export function axisOf(total, chosen, length, most, wide, ratio = 1) {
  const count = Math.min(total, WINDOW);
  const first = Math.min(Math.max(chosen - Math.floor(count / 2), 0), total - count);
  const whole = (one) => Math.max(Math.floor(one * ratio) / ratio, 1 / ratio);
  let size = whole(Math.min(most, length / count)), chosenSize = size;
  if (count > 1 && size < wide && length > wide) { // the chosen one is always wide enough for its name and number
    size = whole((length - wide) / (count - 1));
    chosenSize = wide;
  }
  const edges = [0];
  for (let at = 0; at < count; at++) edges.push(edges[at] + (first + at === chosen ? chosenSize : size));
  return { first, count, edges, total };
}

// An axis of equal steps.
export function evenAxis(count, size) {
  return { first: 0, count, total: count, edges: Array.from({ length: count + 1 }, (_, at) => at * size) };
}

export function lengthOf(axis) {
  return axis.edges[axis.count];
}

// Start and size of a row or column; undefined beyond the window.
export function spanOf(axis, index) {
  const at = index - axis.first;
  if (at < 0 || at >= axis.count) return undefined;
  return { start: axis.edges[at], size: axis.edges[at + 1] - axis.edges[at] };
}

// Which rows or columns are named along an axis: those that come `first`, in that order, then others, wherever their middles stay so
// far apart.
export function namedOf(axis, first, apart, others = true) {
  const kept = [], middles = [], all = Array.from({ length: axis.count }, (_, at) => axis.first + at);
  for (const index of [...first, ...(others ? all : [])]) {
    const span = spanOf(axis, index), middle = span && span.start + span.size / 2;
    if (!span || kept.includes(index) || middles.some((other) => Math.abs(other - middle) < apart)) continue;
    kept.push(index);
    middles.push(middle);
  }
  return kept;
}

// Which row or column is at a distance from the start.
export function indexAt(axis, distance) {
  if (distance < 0 || distance >= lengthOf(axis)) return undefined;
  let at = 0;
  while (axis.edges[at + 1] <= distance) at++;
  return axis.first + at;
}

// Neighbours of one size, as few as possible: [[from, to, start, end], …], indices of the matrix and distances.
export function runsOf({ first, count, edges }) {
  const runs = [];
  for (let at = 0; at < count; at++) {
    const size = edges[at + 1] - edges[at], last = runs.at(-1);
    if (last && Math.abs(last.size - size) < 0.01) Object.assign(last, { to: first + at + 1, end: edges[at + 1] });
    else runs.push({ from: first + at, to: first + at + 1, start: edges[at], end: edges[at + 1], size });
  }
  return runs;
}

// The crossing for a size of the picture. `widest` is the length of the longest name; without q, k and v only the grid stands.
export function crossing({ width, height, T, dk, dv, dx, query, key, widest, ratio, whole }) {
  const names = Math.min(widest + 10, 112), roomy = width >= 1100;
  const top = 22; // titles
  const step = !whole ? 0 : height > 520 ? 5 : height > 430 ? 4 : 3; // a number of a key
  const keys = step * (dk ?? 0), bar = whole ? 30 : 6;
  const one = width >= 1300 ? 5 : roomy ? 4 : 3.5, wings = !whole ? 0 : width >= 1300 ? 84 : 60;
  const queries = whole ? evenAxis(dk, one) : evenAxis(0, 0);
  const input = !whole ? 0 : width >= 1300 ? 150 : roomy ? 14 : 6, wedge = !whole ? 0 : roomy ? 30 : 6;
  const left = MARGIN + names + (whole ? input + wedge + lengthOf(queries) + 38 : 4);
  let value = whole ? (width >= 1300 ? 8 : roomy ? 6 : 4) : 0;
  const right = () => (whole ? wings + dv * value + names + 54 : 80);
  const columns = axisOf(T, key, width - left - right(), whole ? 56 : 64, 40, ratio);
  if (whole) value = Math.max(value, Math.min(10, Math.floor((width - left - lengthOf(columns) - right() + dv * value) / dv)));
  const narrowest = Math.min(...columns.edges.slice(1).map((edge, at) => edge - columns.edges[at]));
  const size = Math.min(NAME_SIZE, Math.floor((NAME_SIZE * (narrowest - 3) * 2) / widest) / 2), turned = size < SMALLEST_NAME;
  const heads = turned ? Math.min(widest, 76) + 8 : 22; // the names of columns
  const y = top + keys + (whole ? 6 : 0) + heads;
  const rows = axisOf(T, query, height - y - bar, Math.max(30, Math.min(56, 240 / T)), 22, ratio);
  const spare = Math.max(0, width - left - lengthOf(columns) - right()), shift = whole ? Math.floor(spare / 2) : 0;
  const x = Math.round(whole ? left : left + spare / 2);
  const grid = { x, y, width: lengthOf(columns), height: lengthOf(rows) };
  const wing = grid.x + grid.width + wings + Math.min(shift, 90), beside = wing + (dv ?? 0) * value + 12;
  const small = Math.min(width - beside - 4, grid.height, 120); // all of a long text
  return {
    kind: "crossing", width, height, names, turned, size: turned ? NAME_SIZE : size, heads, columns, rows, whole,
    grid,
    x: { x: MARGIN + names, y, width: input, height: grid.height, pixels: whole ? Math.min(dx, Math.round(input * ratio)) : undefined,
      across: whole ? evenAxis(Math.min(dx, Math.round(input * ratio)), input / Math.min(dx, Math.round(input * ratio))) : undefined, title: `X  ${T} × ${dx}` },
    q: { x: MARGIN + names + input + wedge, y, width: lengthOf(queries), height: grid.height, across: queries, down: rows },
    k: { x, y: top, width: grid.width, height: keys, across: columns, down: evenAxis(dk ?? 0, step) },
    v: { x: wing, y: top, width: dv * value, height: keys + heads - 8, across: evenAxis(dv ?? 0, value) },
    z: { x: wing, y, width: dv * value, height: grid.height, across: evenAxis(dv ?? 0, value), down: rows },
    map: { x: MARGIN, y: 0, width: names + input + wedge + lengthOf(queries), height: y - 26 },
    overview: whole && T > WINDOW && small > 24 ? { x: beside, y, width: small, height: small } : undefined,
    bar: { x, y: y + grid.height + 10, width: grid.width, height: 16 },
  };
}

// V's rows: all alike, or as thick as their shares, and everything between.
export function valueRows(layout, weights, thick) {
  const { first, count } = layout.columns, edges = [0];
  for (let at = 0; at < count; at++) {
    const even = 1 / count;
    edges.push(edges[at] + layout.v.height * (even + thick * (weights[first + at] - even)));
  }
  return { first, count, edges, total: layout.columns.total };
}

// What is at a place of the picture: {part, row, column}.
export function partAt(layout, x, y) {
  const { grid, q, k, z, rows, columns, overview: all } = layout;
  if (all && x >= all.x && x < all.x + all.width && y >= all.y && y < all.y + all.height) {
    return { part: "all", row: Math.floor(((y - all.y) / all.height) * rows.total), column: Math.floor(((x - all.x) / all.width) * columns.total) };
  }
  const row = indexAt(rows, y - grid.y), column = indexAt(columns, x - grid.x);
  if (row !== undefined && column !== undefined) return { part: "grid", row, column };
  if (row !== undefined && x < grid.x - 4) return { part: "q", row };
  if (row !== undefined && x >= z.x && x < z.x + z.width) return { part: "z", row };
  if (column !== undefined && y >= k.y && y < grid.y) return { part: "k", column };
  return {};
}
