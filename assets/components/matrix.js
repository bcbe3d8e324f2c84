// One matrix as a picture that answers: its numbers, the chosen row and column, names of words, and what its colours mean.
// data: four bytes of length, JSON, floats row after row. JSON: {name, symbol, title, alt, sentence, file, colours, low, high, ends: [low,
// middle, high, remark], decimals, texts: [text, …] or null, blank, tall, rows: {names, members, alone}, columns: {names, members, alone} or
// {count, numbered}, marks: {role: "row" or "column"}, chosen: {query, key, dimension}}; members are positions in the sentence, none for a
// word that it lacks; those alone have no counterpart. Choices are reported as {query, key, dimension, name, open}.

import { anew, unanswered } from "./answers.js";
import { headed } from "./data.js";
import { element, inks } from "./elements.js";
import { arrow } from "./keys.js";
import { colourTable, gradient, inkOn } from "./heatmap.js";
import { WINDOW, axisOf, evenAxis, indexAt, lengthOf, namedOf, spanOf } from "./stage/layout.js";
import { written } from "./stage/numbers.js";
import { drawOverview } from "./stage/overview.js";
import { Paint, pictureOf } from "./stage/paint.js";
import { LargePaint, SvgPaint, linesOf } from "./stage/pens.js";

const PAUSED = 250; // ms without an arrow key until the choice is sent: one step of the history, not one a key
const EDGE = 4;
const TALLEST = 420; // CSS pixels of all cells together
const LOWEST = 130;
const ROW = 26;
const WIDEST_CELL = 96;
const LARGEST_NUMBER = 15;
const SMALLEST_NUMBER = 8.5; // smaller ones are left out
const SAVED_RATIO = 3;
const alive = new Set(); // all such pictures of the page: what is chosen on one is marked on all at once

export default function ({ parentElement, data, setTriggerValue }) {
  return anew(parentElement, () => {
    const picture = new MatrixPicture(parentElement, headed(data), setTriggerValue);
    alive.add(picture);
    return () => {
      alive.delete(picture);
      picture.stop();
    };
  });
}

class MatrixPicture {
  constructor(parentElement, { head, rest }, send) {
    const root = parentElement.querySelector(".matrix"), find = (name) => root.querySelector(name);
    const values = new Float32Array(rest.slice().buffer), { rows, columns } = head;
    Object.assign(this, { root, data: head, send, canvas: find(".cells"), said: find(".said"), chosen: { ...head.chosen } });
    const sent = unanswered(parentElement, head.chosen, (one, other) => one.query === other.query && one.key === other.key);
    Object.assign(this.chosen, sent.at(-1), parentElement.waiting);
    Object.assign(this, { parentElement, sent });
    if (parentElement.waiting) this.wait();
    root.picture = this;
    this.T = rows.names.length;
    this.S = columns.names?.length ?? columns.count;
    this.heat = { values, rows: this.T, columns: this.S, colours: colourTable(head.colours), low: head.low, high: head.high };
    find(".scale").style.background = gradient(head.colours);
    [find(".low").textContent, find(".high").textContent] = [head.ends[0], head.ends[1]];
    this.canvas.setAttribute("aria-label", `${head.alt} Arrow keys choose, Enter opens.`);
    this.listen(find);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
    this.say();
  }

  stop() {
    this.observer.disconnect();
    clearTimeout(this.waiting);
  }

  // The row and the column that are chosen; undefined where this matrix has none.
  at() {
    const { rows, columns } = this.data, { query, key, dimension } = this.chosen;
    const of = (side, position) => side.members?.findIndex((positions) => positions.includes(position)) ?? -1;
    const row = (role) => of(rows, role === "query" ? query : key);
    const roles = this.data.marks.row, present = (index) => (index < 0 ? undefined : index);
    return { rows: roles.map((role) => [role, present(row(role))]), row: present(row(roles[0])), column: present(columns.names ? of(columns, key) : dimension ?? -1) };
  }

  measure(width, most) {
    const ratio = devicePixelRatio, { rows, columns } = this.data, at = this.at();
    const paint = new Paint(document.createElement("canvas"), 1, 1, { family: getComputedStyle(this.canvas).fontFamily });
    const longest = (names) => Math.max(0, ...names.map((name) => paint.lengthOf(name, 13, 700)));
    const left = Math.min(longest(rows.names) + 12, 0.3 * width, 120), across = width - left - EDGE - 2;
    const tall = Math.min(Math.max(this.T * ROW, LOWEST), TALLEST) * most;
    const down = axisOf(this.T, at.row ?? 0, tall, tall, 22, ratio);
    const isSquare = Boolean(columns.names), pixels = isSquare ? undefined : Math.min(this.S, Math.round(across * ratio));
    const over = isSquare ? axisOf(this.S, at.column ?? 0, across, WIDEST_CELL, 40, ratio)
      : evenAxis(pixels, Math.min(across / pixels, columns.numbered ? WIDEST_CELL : Infinity));
    const narrowest = Math.min(...over.edges.slice(1).map((edge, index) => edge - over.edges[index]));
    const wide = isSquare ? longest(columns.names) : 0, turned = isSquare && wide + 6 > narrowest;
    const heads = isSquare ? (turned ? Math.min(wide, 84) + 10 : 22) : columns.numbered ? 22 : EDGE;
    const box = { x: Math.ceil(left), y: Math.ceil(heads), width: lengthOf(over), height: lengthOf(down) };
    return { width, height: box.y + box.height + EDGE, box, down, over, turned, heads, left, pixels };
  }

  draw() {
    const { paddingLeft, paddingRight } = getComputedStyle(this.root), width = this.root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    if (width <= 0) return;
    const isFull = this.root.getRootNode().fullscreenElement === this.root;
    this.layout = this.measure(width, isFull ? Math.max(1, (innerHeight - 220) / TALLEST) : this.data.tall);
    const { height } = this.layout;
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    this.paint = new Paint(this.canvas, width, height);
    this.paint.clear();
    this.drawOn(this.paint);
  }

  drawOn(paint) {
    const { layout, heat } = this, { box, down, over, pixels } = layout, ink = inks(this.root), at = this.at();
    const mark = `${pixels}`;
    if (this.picturedAt !== mark) Object.assign(this, { picturedAt: mark, pictured: pictureOf(heat, pixels) });
    paint.matrix(this.pictured, over, down, box);
    this.drawAlone(paint, ink);
    this.drawCellNumbers(paint);
    this.drawWords(paint, ink, at);
    for (const [role, index] of at.rows) {
      const row = index === undefined ? undefined : spanOf(down, index);
      if (row) paint.frame(ink(`${role}-ink`), { ...box, y: box.y + row.start, height: row.size }, 2.5);
    }
    const column = at.column !== undefined && !pixels ? spanOf(over, at.column) : undefined;
    if (column) paint.frame(ink("key-ink"), { ...box, x: box.x + column.start, width: column.size }, 2.5);
    if (Math.max(this.T, this.S) > WINDOW && !pixels) {
      drawOverview(paint, heat, { down, over }, { x: 0, y: 0, width: layout.left - 10, height: Math.max(layout.heads - 8, 40) }, ink);
    }
  }

  // Rows and columns of words that the other side does not have: hatched at their edges, in a colour of no role.
  drawAlone(paint, ink) {
    const { box, down, over, heads } = this.layout, { rows, columns } = this.data;
    for (const index of rows.alone ?? []) {
      const row = spanOf(down, index);
      if (row) paint.hatch(ink("faint"), { x: 0, y: box.y + row.start, width: box.x, height: row.size });
    }
    for (const index of columns.alone ?? []) {
      const column = spanOf(over, index);
      if (column) paint.hatch(ink("faint"), { x: box.x + column.start, y: box.y - heads, width: column.size, height: heads });
    }
  }

  drawCellNumbers(paint) {
    const { layout: { box, down, over, pixels }, heat, data } = this;
    if (pixels && !data.columns.numbered) return;
    const cells = [];
    for (let row = down.first; row < down.first + down.count; row++) {
      for (let column = over.first; column < over.first + over.count; column++) cells.push([row, column, this.textOf(row, column)]);
    }
    const width = Math.min(...over.edges.slice(1).map((edge, at) => edge - over.edges[at]));
    const height = Math.min(...down.edges.slice(1).map((edge, at) => edge - down.edges[at]));
    const longest = Math.max(1, ...cells.map(([, , text]) => paint.lengthOf(text, 10)));
    const size = Math.min(LARGEST_NUMBER, 0.68 * height, (10 * (width - 5)) / longest);
    if (size < SMALLEST_NUMBER) return;
    for (const [row, column, text] of cells) {
      const across = spanOf(over, column), along = spanOf(down, row);
      const colour = inkOn(heat, heat.values[row * this.S + column]);
      paint.text(text, box.x + across.start + across.size / 2, box.y + along.start + along.size / 2, { size, align: "center", colour });
    }
  }

  textOf(row, column) {
    const { data } = this, at = row * this.S + column;
    const text = data.texts ? data.texts[at] : written(this.heat.values[at], data.decimals);
    return data.blank && !/[1-9]/.test(text) ? "" : text;
  }

  // Names of rows at the left, of columns above; the chosen ones always, of many as many as have room.
  drawWords(paint, ink, at) {
    const { box, down, over, turned, left, heads } = this.layout, { rows, columns } = this.data;
    const chosenRows = at.rows.filter(([, index]) => index !== undefined);
    for (const row of namedOf(down, chosenRows.map(([, index]) => index), 14)) {
      const { start, size } = spanOf(down, row), role = chosenRows.find(([, index]) => index === row)?.[0];
      this.word(paint, ink, rows, row, box.x - 7, box.y + start + size / 2, { align: "right", room: left - 9 }, role);
    }
    if (columns.numbered) {
      for (let index = 0; index < over.count; index++) {
        const { start, size } = spanOf(over, index);
        paint.text(`${index + 1}`, box.x + start + size / 2, box.y - 10, { size: 12, align: "center", colour: ink("faint") });
      }
    }
    if (!columns.names) return;
    for (const column of namedOf(over, at.column === undefined ? [] : [at.column], turned ? 14 : 0)) {
      const { start, size } = spanOf(over, column), middle = box.x + start + size / 2, role = column === at.column ? "key" : undefined;
      const look = turned ? { turned: true, room: heads - 9 } : { align: "center", room: size };
      this.word(paint, ink, columns, column, middle, turned ? box.y - 6 : box.y - 11, look, role);
    }
  }

  word(paint, ink, side, index, x, y, look, role) {
    const alone = side.alone?.includes(index), size = 13;
    const text = paint.shortened(side.names[index], size, role || alone ? 700 : 400, look.room), wide = paint.lengthOf(text, size, role || alone ? 700 : 400);
    if (alone) { // its name stands on the page's colour within the hatching
      const from = look.turned ? { x: x - 8, y: y - wide - 3, width: 16, height: wide + 6 }
        : { x: (look.align === "right" ? x - wide : x - wide / 2) - 3, y: y - 9, width: wide + 6, height: 18 };
      paint.fill(ink("page"), from);
      paint.frame(ink("text"), from, 1, true);
    }
    paint.text(text, x, y, { ...look, size, room: Infinity, weight: role || alone ? 700 : 400, colour: ink(role ? `${role}-ink` : "text") });
  }

  // What pointer and keyboard do

  find({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect(), { box, down, over, pixels } = this.layout;
    const row = indexAt(down, clientY - top - box.y), across = indexAt(over, clientX - left - box.x);
    const column = across === undefined ? undefined : pixels ? Math.floor((across * this.S) / pixels) : across;
    const isLeft = clientX - left < box.x, isAbove = clientY - top < box.y;
    if (row !== undefined && (column !== undefined || isLeft)) return { row, column };
    return column !== undefined && isAbove ? { column } : {};
  }

  listen(find) {
    const { canvas } = this;
    canvas.onpointermove = (event) => event.pointerType === "mouse" && this.layout && this.say(this.find(event));
    canvas.onpointerleave = () => this.say();
    canvas.onclick = (event) => this.choose(this.find(event));
    canvas.onkeydown = (event) => {
      const step = arrow(event);
      if (event.key === "Enter") this.report({ open: true });
      else if (step) this.step(step);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    find(".png").onclick = () => this.save("png");
    find(".svg").onclick = () => this.save("svg");
    find(".full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen());
  }

  // The next row or column that has a counterpart in the sentence.
  step({ right, down }) {
    const at = this.at(), { rows, columns } = this.data, side = down ? rows : columns;
    const has = (index) => !side.members || side.members[index]?.length;
    let index = (down ? at.row : at.column) ?? 0;
    const by = down || right, count = down ? this.T : this.S;
    do index += by; while (index >= 0 && index < count && !has(index));
    if (index >= 0 && index < count) this.choose(down ? { row: index } : { column: index }, true);
  }

  // As positions of the sentence, on every picture of the page.
  choose({ row, column }, waits = false) {
    const { rows, columns, marks } = this.data, chosen = {};
    if (row !== undefined) for (const role of marks.row) chosen[role] = rows.members[row][0];
    if (column !== undefined && columns.names) chosen.key = columns.members[column][0];
    else if (column !== undefined) chosen.dimension = column;
    if (marks.row.length > 1) delete chosen.key; // a row that both frame is chosen as the query
    for (const [name, position] of Object.entries(chosen)) if (position === undefined) delete chosen[name];
    if (!Object.keys(chosen).length) return;
    for (const picture of alive) picture.mark(chosen);
    if (waits) this.wait();
    else this.report();
  }

  wait() {
    clearTimeout(this.waiting);
    this.parentElement.waiting = this.chosen;
    this.waiting = setTimeout(() => this.report(), PAUSED);
  }

  mark(chosen) {
    Object.assign(this.chosen, chosen);
    this.draw();
    this.say();
  }

  report(more = {}) {
    clearTimeout(this.waiting);
    this.parentElement.waiting = undefined;
    this.sent.push({ ...this.chosen });
    this.send("cell", { ...this.chosen, name: this.data.name, ...more });
  }

  // The number that is pointed at, or the chosen one.
  say(place = this.at()) {
    const { rows, columns, symbol } = this.data, { row, column } = place;
    if (row === undefined || column === undefined) return this.said.replaceChildren("\u00a0");
    const [query, other] = this.data.marks.row, to = columns.names ? element("span", "key", columns.names[column]) : `dimension ${column + 1}`;
    const role = other && this.chosen.query !== rows.members[row][0] ? other : query;
    this.said.replaceChildren(element("span", role, rows.names[row]), columns.names ? " → " : ", ", to, `: ${symbol} = `, element("b", {}, written(this.heat.values[row * this.S + column], 4)));
  }

  // The picture as a file, with its title and the sentence above, the ends of its colours below.
  async save(kind) {
    const { data, layout, canvas } = this, ink = inks(this.root), family = getComputedStyle(canvas).fontFamily, side = 16;
    const measure = new SvgPaint(1, 1, family), lines = linesOf(measure, data.sentence, layout.width, 14, 400).slice(0, 4);
    const top = 34 + lines.length * 20, all = { x: 0, y: 0, width: layout.width + 2 * side, height: top + layout.height + 40 };
    const paint = kind === "svg" ? new SvgPaint(all.width, all.height, family)
      : new LargePaint(document.createElement("canvas"), all.width, all.height, { family, ratio: SAVED_RATIO });
    paint.clear();
    paint.fill(ink("page"), all);
    paint.text(data.title, side, 20, { size: 16, weight: 700, colour: ink("text"), room: layout.width });
    lines.forEach((line, at) => paint.text(line, side, 42 + at * 20, { size: 14, colour: ink("text") }));
    paint.shifted(side, top, () => this.drawOn(paint));
    paint.text(`colours from ${data.ends[0]} to ${data.ends[1]} · ${this.said.textContent}`, side, top + layout.height + 18, { size: 13, colour: ink("faint"), room: layout.width });
    const file = kind === "svg" ? new Blob([paint.document()], { type: "image/svg+xml" })
      : await new Promise((done) => paint.canvas.toBlob(done, "image/png"));
    const address = URL.createObjectURL(file);
    element("a", { href: address, download: `${data.file}.${kind}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }
}
