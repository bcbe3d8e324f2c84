// One moment of the picture: the bands, the matrices where they cross, their names and numbers. What moves is in moves.js.

import { colourTable, inkOn } from "../heatmap.js";
import { namedOf, spanOf, valueRows } from "./layout.js";
import { moveLabels, moveQuery, moveShares, moveValues } from "./moves.js";
import { drawOverview } from "./overview.js";
import { cssOf, pictureOf } from "./paint.js";
import { extreme, share, softmaxOf, written } from "./numbers.js";

const QUIET = 0.34; // what is not chosen
const inputHeats = new WeakMap(); // x → {colours, wide, heat}
const BETWEEN_NAMES = 13; // CSS pixels at least between the middles of two
const NAMED_FROM = 0.02; // of many columns those with such a share have their names first
const CELL = { width: 34, height: 14 }; // a cell that has room for its number

// Heats and pictures of a head's stages, made when they are first drawn and kept with the stages.
export function heatsOf(stages, { T, dk, dv, dx }, layout, colours) {
  if (stages.heats?.colours === colours && stages.heats.wide === layout.x?.pixels) return stages.heats;
  colours.tables ??= { signed: colourTable(colours.signed), share: colourTable(colours.share) };
  const scores = stages.scores && extreme(stages.scores);
  const signed = (values, rows, columns, most = extreme(values) || 1) =>
    ({ values, rows, columns, colours: colours.tables.signed, low: -most, high: most });
  const kept = { colours, wide: layout.x?.pixels };
  const make = {
    x: () => inputHeat(stages.x, kept, () => signed(stages.x, T, dx)),
    q: () => signed(stages.q, T, dk),
    k: () => signed(turned(stages.k, T, dk), dk, T),
    v: () => signed(stages.v, T, dv),
    z: () => signed(stages.z, T, dv),
    scores: () => signed(stages.scores, T, T, scores || 1),
    scaled: () => signed(stages.scaled, T, T, scores || 1), // on the scale of the scores, so that it is seen how they shrink
    weights: () => ({ values: stages.weights, rows: T, columns: T, colours: colours.tables.share, low: 0, high: 1 }),
  };
  kept.of = (name) => (kept[name] ??= Object.assign(make[name](), {}));
  kept.picture = (name) => (kept.of(name).picture ??= pictureOf(kept.of(name), name === "x" ? kept.wide : undefined));
  stages.heats = kept;
  return kept;
}

// All heads of a layer have one X.
function inputHeat(x, { colours, wide }, make) {
  const found = inputHeats.get(x);
  if (found?.colours === colours && found.wide === wide) return found.heat;
  const heat = make();
  inputHeats.set(x, { colours, wide, heat });
  return heat;
}

function turned(values, rows, columns) {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column];
  return out;
}

// scene: {layout, now (phases), stages, heats, query, key, names, ink, chips, whatIf, dk}
export function drawScene(paint, scene) {
  paint.clear();
  const { layout, now } = scene, down = layout.whole ? valueRows(layout, rowOf(scene), now.thick) : undefined;
  scene.values = down;
  bands(paint, scene);
  const mark = `${layout.mark} ${scene.stages.mark} ${scene.query} ${scene.key} ${scene.look}`;
  const all = { x: 0, y: 0, width: layout.width, height: layout.height };
  still(paint, now.project === 1 || !layout.whole, "factors", mark, all, (on) => {
    if (layout.whole) factors(on, scene);
    names(on, scene);
  });
  if (layout.whole) {
    const right = { x: layout.v.x - 4, y: 0, width: layout.width - layout.v.x + 4, height: layout.grid.y - 4 };
    still(paint, now.project === 1 && now.thick % 1 === 0, "values", `${mark} ${now.thick}`, right, (on) => values(on, scene));
  }
  grid(paint, scene);
  if (layout.whole) {
    output(paint, scene);
    undivided(paint, scene);
  }
  moveLabels(paint, scene);
  if (!layout.whole) return;
  titles(paint, scene);
  openValues(paint, scene);
  overview(paint, scene);
  moveQuery(paint, scene);
  moveShares(paint, scene);
  moveValues(paint, scene);
}

// In one piece where it stays as it is, anew where it moves.
function still(paint, isStill, name, mark, box, make) {
  if (isStill) paint.layer(name, mark, box, make);
  else make(paint);
}

function rowOf({ stages, query }) {
  const T = Math.round(Math.sqrt(stages.weights.length));
  return stages.weights.subarray(query * T, (query + 1) * T);
}

// The chosen word through the whole picture, and the one that it looks at from above.
function bands(paint, { layout, now, query, key, ink }) {
  const { grid, z, k, rows, columns, whole } = layout, row = spanOf(rows, query), column = spanOf(columns, key);
  const shown = 0.75 * (whole ? now.project : 1);
  const end = whole ? z.x + z.width : grid.x + grid.width;
  if (row) paint.faintly(shown, () => paint.fill(ink("query-tint"), { x: 0, y: grid.y + row.start, width: end, height: row.size }));
  if (column) {
    const top = whole ? k.y : grid.y - layout.heads;
    paint.faintly(shown, () => paint.fill(ink("key-tint"), { x: grid.x + column.start, y: top, width: column.size, height: grid.y + grid.height - top }));
  }
}

// Q and K, which roll out of the words.
function factors(paint, { layout, now, heats, query, key, ink, T, dk }) {
  const { x, q, k } = layout, rolled = now.project;
  inputs(paint, now, heats, x, q, query, ink);
  if (!rolled) return;
  wedge(paint, ink("key-tint"), ink("key-ink"), "W_K", { x: k.x - 26, y: k.y, width: 22, height: k.height }, now.wedge);
  paint.within({ ...q, width: q.width * rolled }, () => {
    paint.faintly(QUIET, () => paint.matrix(heats.picture("q"), q.across, q.down, q));
    paint.row(heats.picture("q"), q.across, q.down, q, query);
  });
  paint.within({ ...k, y: k.y + k.height * (1 - rolled), height: k.height * rolled }, () => {
    paint.faintly(QUIET, () => paint.matrix(heats.picture("k"), k.across, k.down, k));
    paint.column(heats.picture("k"), k.across, k.down, k, key);
  });
  const row = spanOf(q.down, query), column = spanOf(k.across, key);
  paint.faintly(rolled, () => {
    if (row) paint.frame(ink("query-ink"), { ...q, y: q.y + row.start, height: row.size });
    if (column) paint.frame(ink("key-ink"), { ...k, x: k.x + column.start, width: column.size });
    title(paint, `Q  ${T} × ${dk}  ${ends(heats, "q")}`, ink("query-ink"), q.x, q.y - 12, q.width);
    title(paint, `Kᵀ  ${dk} × ${T}  ${ends(heats, "k")}`, ink("key-ink"), k.x, 10, Math.max(k.width, 120));
  });
}

// What comes into the layer, and the learned matrix that makes queries of it.
function inputs(paint, now, heats, x, q, query, ink) {
  if (!now.input) return;
  const row = spanOf(q.down, query);
  paint.faintly(now.input, () => {
    paint.faintly(QUIET, () => paint.matrix(heats.picture("x"), x.across, q.down, x));
    paint.row(heats.picture("x"), x.across, q.down, x, query);
    if (row) paint.frame(ink("input-ink"), { ...x, y: x.y + row.start, height: row.size });
    title(paint, x.width > 60 ? `${x.title}  ${ends(heats, "x")}` : "X", ink("input-ink"), x.x, x.y - 12, x.width);
  });
  wedge(paint, ink("query-tint"), ink("query-ink"), "W_Q", { x: x.x + x.width + 4, y: x.y, width: q.x - x.x - x.width - 8, height: x.height }, now.wedge);
}

// A learned matrix: wide where a word's many numbers come in, narrow where fewer go out.
function wedge(paint, tint, colour, name, { x, y, width, height }, open) {
  if (!open || width < 8) return;
  const middle = y + height / 2, wide = (height / 2) * open, narrow = wide * 0.55;
  paint.faintly(open, () => {
    paint.slope(tint, x, [middle - wide, middle + wide], x + width, [middle - narrow, middle + narrow]);
    if (width < 14) return;
    const [letter, index] = name.split("_"), look = { weight: 600, colour, turned: true, align: "center" };
    paint.text(letter, x + width / 2, middle + 5, { ...look, size: 13 });
    paint.text(index, x + width / 2 + 3, middle - 6, { ...look, size: 9.5 });
  });
}

// The learned matrix that makes values, until their ribbons take its place.
function openValues(paint, { layout: { v }, now, ink }) {
  const box = { x: v.x - 30, y: v.y, width: 24, height: v.height };
  paint.faintly(1 - now.ribbons, () => wedge(paint, ink("value-tint"), ink("value-ink"), "W_V", box, now.wedge));
}

// Where the window that is shown lies in all of a long text.
function overview(paint, { layout, now, heats, ink, isResting }) {
  if (!layout.overview) return;
  const name = now.share > 0.5 ? "weights" : now.shrink > 0.5 ? "scaled" : "scores";
  paint.faintly(now.grid, () => {
    const quick = isResting || heats.of(name).overview ? undefined : heats.picture(name);
    const { x, y, height } = drawOverview(paint, heats.of(name), { over: layout.columns, down: layout.rows }, layout.overview, ink, quick);
    paint.text("all of it", x, y + height + 11, { size: 12, colour: ink("faint") });
  });
}

// V, whose rows become as thick as their shares.
function values(paint, scene) {
  const { layout, now, heats, key, ink, values: down, T, dv } = scene, { v } = layout, rolled = now.project;
  if (!rolled) return;
  paint.within({ ...v, width: v.width * rolled }, () => {
    paint.faintly(QUIET + now.thick * (1 - QUIET), () => paint.matrix(heats.picture("v"), v.across, down, v));
    paint.row(heats.picture("v"), v.across, down, v, key);
  });
  const value = spanOf(down, key);
  paint.faintly(rolled, () => {
    if (value) paint.frame(ink("key-ink"), { ...v, y: v.y + value.start, height: value.size });
    title(paint, `V  ${T} × ${dv}  ${ends(heats, "v")}`, ink("value-ink"), v.x, 10, v.width);
  });
  valueNames(paint, scene);
}

// Scores, scaled scores and weights, all in one place.
function grid(paint, scene) {
  const { layout, now, heats, query, key, ink, whatIf, stages } = scene, { grid: box, rows, columns, whole } = layout;
  const all = whole ? now.grid : 1, first = whole ? now.row : 1;
  const layers = !whole ? [["weights", 1, 1]] : [
    ["scores", 1 - now.shrink, 1 - now.shrink],
    ["scaled", now.shrink * (1 - now.shares), now.shrink * (1 - now.share)],
    ["weights", now.shares, now.share],
  ];
  for (const [name, everywhere, inRow] of layers) {
    paint.faintly(all * everywhere * QUIET, () => paint.matrix(heats.picture(name), columns, rows, box));
    paint.faintly(all * everywhere, () => paint.column(heats.picture(name), columns, rows, box, key));
    paint.within({ ...box, width: box.width * first }, () =>
      paint.faintly(inRow, () => paint.row(heats.picture(name), columns, rows, box, query)));
  }
  const row = spanOf(rows, query), column = spanOf(columns, key);
  if (!row || !column) return;
  const cell = { x: box.x + column.start, y: box.y + row.start, width: column.size, height: row.size };
  scene.cell = cell;
  if (first > 0.02) paint.frame(ink("query-ink"), { ...box, y: cell.y, width: box.width * first, height: cell.height }, 2, whatIf);
  if (all > 0.02) paint.faintly(all, () => paint.frame(ink("key-ink"), { ...box, x: cell.x, width: cell.width }));
  if (!whole || now.sum > 0.5) paint.frame(ink("text"), cell, 2.5, whatIf);
  if (scene.former && (!whole || now.share === 1)) lingering(paint, scene);
  const settled = !whole || (first === 1 && all === 1 && now.shrink % 1 === 0 && now.rise % 1 === 0 && now.share % 1 === 0 && now.shares % 1 === 0);
  const mark = `${layout.mark} ${stages.mark} ${query} ${key} ${now.shrink} ${now.rise} ${now.share} ${scene.look}`;
  still(paint, settled, "numbers", mark, box, (on) => numbers(on, scene, first, all, stages));
}

// Where the head that was shown before had its weights in the chosen row and column.
function lingering(paint, { layout, former, query, key, T, ink }) {
  const { grid: box, rows, columns } = layout;
  const mark = (row, column) => {
    const across = spanOf(columns, column), down = spanOf(rows, row), weight = former.weights[row * T + column];
    if (!across || !down || weight < 0.04) return;
    const cell = { x: box.x + across.start + 2, y: box.y + down.start + 2, width: across.size - 4, height: down.size - 4 };
    paint.faintly(former.left * Math.min(1, 0.35 + weight), () => paint.frame(ink("text"), cell, 1.5, true));
  };
  for (let column = columns.first; column < columns.first + columns.count; column++) mark(query, column);
  for (let row = rows.first; row < rows.first + rows.count; row++) if (row !== query) mark(row, key);
}

// Of the chosen row, and of the chosen column: wherever a cell has room.
function numbers(paint, scene, first, all, stages) {
  const { layout, now, heats, query, key, T, dk } = scene, { grid: box, rows, columns, whole } = layout;
  const name = !whole || now.share > 0.5 ? "weights" : now.shrink > 0.02 ? "scaled" : "scores";
  const shown = heats.of(name === "weights" ? "weights" : now.shrink > 0.5 ? "scaled" : "scores");
  const divisor = whole ? 1 + (Math.sqrt(dk) - 1) * now.shrink : 1;
  const put = (row, column, alpha) => {
    const across = spanOf(columns, column), down = spanOf(rows, row);
    if (!across || !down || across.size < CELL.width || down.size < CELL.height || alpha < 0.01) return;
    const at = row * T + column, weight = stages.weights[at];
    const value = name === "weights" ? weight : now.shrink === 1 ? stages.scaled[at] : stages.scores[at] / divisor;
    const chosen = row === query && column === key;
    const text = name === "weights" ? shareText(weight) : written(value, 1);
    const widest = paint.lengthOf(text, 10, chosen ? 700 : 400), most = Math.min(chosen ? 15 : 13, down.size * 0.72);
    const size = Math.min(most, (10 * (across.size - 4)) / widest);
    paint.faintly(alpha, () => paint.text(text, box.x + across.start + across.size / 2, box.y + down.start + down.size / 2, {
      size, weight: chosen ? 700 : 400, align: "center", colour: inkOn(shown, name === "weights" ? weight : value),
    }));
  };
  // While bars stand in the row, its numbers would be under them.
  const clear = whole ? 1 - now.rise + now.share : 1;
  for (let column = columns.first; column < columns.first + columns.count; column++) {
    const reached = first >= (column - columns.first + 1) / columns.count || (column === key && now.sum > 0.5);
    if (reached) put(query, column, column === key && whole ? Math.max(now.sum * Math.min(clear, 1), 0) : Math.min(clear, 1));
  }
  for (let row = rows.first; row < rows.first + rows.count; row++) {
    if (row !== query) put(row, key, all * (whole ? now.shrink > 0 && now.shrink < 1 ? 1 : name === "weights" ? now.shares : 1 : 1));
  }
}

function shareText(weight) {
  return weight >= 0.0005 ? `${(100 * weight).toFixed(weight >= 0.9995 && weight < 1 ? 2 : 1)}%` : "0";
}

// While the scores shrink, below them what softmax would make of the chosen row if they did not.
function undivided(paint, { layout, now, heats, stages, query, T, isPlain, ink }) {
  const alpha = now.shrink * (1 - now.rise), { grid: box, columns } = layout;
  if (alpha < 0.01 || !isPlain) return; // softmax is over all words
  const row = stages.scores.subarray(query * T, (query + 1) * T), y = box.y + box.height + 4;
  if (stages.undivided?.query !== query) stages.undivided = { query, shares: softmaxOf(row, T) };
  const { shares } = stages.undivided, most = shares.reduce((best, part, at) => (part > shares[best] ? at : best), 0);
  paint.faintly(alpha, () => {
    for (let column = columns.first; column < columns.first + columns.count; column++) {
      const { start, size } = spanOf(columns, column);
      paint.fill(cssOf(heats.of("weights"), shares[column]), { x: box.x + start, y, width: size, height: 7 });
    }
    paint.frame(ink("faint"), { x: box.x, y, width: box.width, height: 7 }, 1, true);
    paint.text(`undivided, softmax would give ${share(shares[most])}`, box.x + box.width + 8, y + 3, { size: 12.5, weight: 600, colour: ink("weight-ink"), room: layout.width - box.x - box.width - 8 });
  });
}

// Z, below the values that it is mixed from.
function output(paint, { layout, now, heats, query, ink, whatIf }) {
  const { z } = layout, row = spanOf(z.down, query);
  paint.faintly(now.z * QUIET, () => paint.matrix(heats.picture("z"), z.across, z.down, z));
  paint.faintly(now.fall, () => {
    paint.row(heats.picture("z"), z.across, z.down, z, query);
    if (row) paint.frame(ink("query-ink"), { ...z, y: z.y + row.start, height: row.size }, 2, whatIf);
  });
}

// Names of rows and columns.
function names(paint, scene) {
  const { layout, now, query, key, names: words, ink } = scene, { grid: box, rows, columns, whole, turned: upright } = layout;
  const shown = whole ? (scene.chips ? Math.max(0, now.labels * 5 - 4) : now.labels) : 1;
  const left = whole ? layout.x.x : box.x;
  paint.faintly(shown, () => {
    for (const row of namedOf(rows, [query], BETWEEN_NAMES)) {
      const { start, size } = spanOf(rows, row), chosen = row === query;
      paint.text(words[row], left - 8, box.y + start + size / 2, {
        size: Math.max(Math.min(13, size), 11), weight: chosen ? 700 : 400, align: "right", room: layout.names - 8,
        colour: ink(chosen ? "query-ink" : "text"),
      });
    }
    for (const column of namedOf(columns, [key, ...heaviest(scene)], BETWEEN_NAMES)) {
      const { start, size } = spanOf(columns, column), chosen = column === key, middle = box.x + start + size / 2;
      const look = { size: upright ? Math.max(Math.min(layout.size, size), 11) : Math.min(layout.size, size), weight: chosen ? 700 : 400, colour: ink(chosen ? "key-ink" : "text") };
      if (upright) paint.text(words[column], middle, box.y - 6, { ...look, turned: true, room: layout.heads - 8 });
      else paint.text(words[column], middle, box.y - 11, { ...look, align: "center", room: size });
    }
  });
}

// The columns that the chosen row gives most, in that order.
function heaviest(scene) {
  const row = rowOf(scene);
  return [...row.keys()].filter((column) => row[column] >= NAMED_FROM).sort((one, other) => row[other] - row[one]);
}

// Names of V's rows and the share that each gives, where there is room.
function valueNames(paint, { layout, now, key, names: words, ink, values, stages, query, T }) {
  const { v } = layout;
  paint.faintly(now.project, () => {
    for (let word = values.first; word < values.first + values.count; word++) {
      const { start, size } = spanOf(values, word), chosen = word === key;
      if (size < 10 && !chosen) continue;
      const text = now.thick > 0.5 ? `${words[word]} ${share(stages.weights[query * T + word])}` : words[word];
      paint.text(text, v.x + v.width + 8, v.y + start + size / 2, {
        size: Math.min(13, Math.max(size, 11)), weight: chosen ? 700 : 400, colour: ink(chosen ? "key-ink" : "text"),
        room: layout.width - v.x - v.width - 8,
      });
    }
  });
}

// What a matrix is called, its shape and the ends of its colours.
function title(paint, text, colour, x, y, room) {
  paint.text(text, x, y, { size: 12.5, weight: 600, colour, room });
}

function ends(heats, name) {
  return `±${written(heats.of(name).high, 1)}`;
}

// The names of what changes on the way.
function titles(paint, { layout, now, heats, T, dk, dv, ink, whatRowsAre }) {
  const { z, bar } = layout;
  paint.faintly(now.z, () => title(paint, `Z  ${T} × ${dv}  ${ends(heats, "z")}`, ink("value-ink"), z.x, z.y + z.height + 12, z.width));
  const text = now.share > 0.5 ? `A = softmax, ${whatRowsAre}` : now.shrink > 0.5
    ? `QKᵀ ÷ √${dk}  ${T} × ${T}  on the colours of QKᵀ, ${ends(heats, "scores")}` : `QKᵀ  ${T} × ${T}  ${ends(heats, "scores")}`;
  const alpha = now.grid * (1 - now.rise + (now.share > 0.5 ? now.share : 0));
  paint.faintly(Math.min(alpha, 1), () => title(paint, text, ink("weight-ink"), bar.x, bar.y + 9, Math.max(bar.width, 160)));
}
