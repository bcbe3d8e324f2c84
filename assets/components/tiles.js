// The small pictures of all heads, one button each: their order, their size, and the way through them by keyboard.

import { element } from "./elements.js";
import { canvasPen, colourTable, drawCells } from "./heatmap.js";
import { headHeat, headTitle, strongestLink } from "./heads.js";
import { arrow, rove } from "./keys.js";

// CSS pixels; a finger needs the least.
const GAP = 8;
const LEAST = 44;
const MOST = 112;
const ROW_LABEL = 56;
const BESIDE = 860; // narrower than this, the lens does not fit beside the tiles

export class Tiles {
  constructor(root) {
    this.root = root; // around the tiles and the lens
    this.field = root.querySelector(".tiles");
    this.buttons = []; // by head
  }

  // Show the heads of a sentence: all, by layer and head, or those of a ranking. Tiles stay as they are where only another head
  // is chosen.
  show(sentence, data) {
    const { chosen: _, ...others } = data, drawn = JSON.stringify(others);
    const everything = Array.from({ length: sentence.layers * sentence.heads }, (_, head) => head);
    Object.assign(this, { sentence, data, order: data.ranking?.map(([head]) => head) ?? everything });
    if (this.drawn === drawn && this.width === this.root.clientWidth) return;
    this.drawn = drawn;
    this.root.classList.toggle("ranked", Boolean(data.ranking));
    this.field.setAttribute("aria-label", data.name);
    this.order.forEach((head, at) => this.caption(head, data.ranking?.[at][1]));
    this.arrange();
  }

  caption(head, ranked) {
    const tile = (this.buttons[head] ??= newTile(head));
    const caption = ranked ?? `${(head % this.sentence.heads) + 1}`;
    const title = headTitle(this.sentence, head), { asking, asked, share } = strongestLink(this.sentence, head);
    const said = ranked === undefined ? title : `${title}, ${caption}`;
    tile.setAttribute("aria-label", `${said}: strongest link ${asking} to ${asked} ${share}`);
    tile.lastChild.replaceChildren(...caption.split(" · ").map((part) => element("span", {}, part)));
  }

  // In another order the eye can follow each tile to its new place.
  arrange() {
    const { layers, heads } = this.sentence, ranked = Boolean(this.data.ranking);
    const arranged = ranked ? `${this.order}` : `${layers} × ${heads}`;
    if (this.arranged === arranged) return this.fit();
    this.arranged = arranged;
    this.move(ranked ? this.inOrder() : byLayer(this.inOrder(), layers, heads));
  }

  move(children) {
    const focused = this.field.getRootNode().activeElement;
    const before = this.inOrder().filter((tile) => tile.isConnected).map((tile) => [tile, boxAt(tile)]);
    this.field.replaceChildren(...children);
    this.fit();
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [tile, { left, top }] of before) {
      const now = boxAt(tile);
      const start = { transform: `translate(${left - now.left}px, ${top - now.top}px)` };
      tile.animate([start, { transform: "none" }], { duration: 260, easing: "ease-out" });
    }
  }

  inOrder() {
    return this.order.map((head) => this.buttons[head]);
  }

  // Give everything its size, and draw the pictures in it.
  fit() {
    this.width = this.root.clientWidth;
    if (!this.width) return; // in a folded part of the page
    const { heads, side } = this.sentence, ranked = Boolean(this.data.ranking);
    const sizes = sizesFor(this.width, heads, side, ranked);
    this.root.classList.toggle("beside", sizes.beside);
    this.root.classList.toggle("wrapped", sizes.lines > 1);
    for (const name of ["tile", "column", "lens"]) this.root.style.setProperty(`--${name}`, `${sizes[name]}px`);
    this.root.style.setProperty("--columns", sizes.columns);
    this.root.classList.remove("narrow"); // all captions on one line, or all on two
    const tooWide = (tile) => tile.lastChild.offsetWidth > sizes.column + GAP - 3;
    this.root.classList.toggle("narrow", this.inOrder().some(tooWide));
    this.paint(sizes.tile);
  }

  paint(length) {
    const { mark, colours, top } = this.data, table = colourTable(colours);
    const look = `${mark} ${length} ${devicePixelRatio} ${colours} ${top}`;
    for (const head of this.order) {
      const canvas = this.buttons[head].firstChild;
      if (canvas.dataset.look === look) continue;
      canvas.dataset.look = look;
      const area = { x: 0, y: 0, width: length, height: length };
      drawCells(canvasPen(canvas, length, length), headHeat(this.sentence, head, table, top), area, true);
    }
  }

  mark(chosen) {
    for (const head of this.order) this.buttons[head].setAttribute("aria-pressed", String(head === chosen));
    this.rove(this.entry(chosen));
    this.light("chosen", chosen);
  }

  // Where the keyboard comes in: at the chosen head, if it is shown.
  entry(chosen) {
    return this.order.includes(chosen) ? chosen : this.order[0];
  }

  rove(head) {
    rove(this.inOrder(), this.buttons[head]);
  }

  // Show which head is in the lens.
  point(head) {
    this.light("shown", head);
    for (const each of this.order) this.buttons[each].classList.toggle("shown", each === head);
  }

  // Light up the names of a head's layer and column.
  light(name, head) {
    const { heads } = this.sentence;
    for (const label of this.field.querySelectorAll(".label")) {
      const { layer, head: number } = label.dataset;
      const isIts = head != null && (Number(layer) === Math.floor(head / heads) || Number(number) === head % heads);
      label.classList.toggle(name, isIts);
    }
  }

  walk(head, event) {
    if (!arrow(event) && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    this.buttons[this.target(head, event)]?.focus();
  }

  // The head that a key leads to: rows are what is seen as rows, however many tiles fit into one.
  target(head, event) {
    const { order } = this, step = arrow(event);
    if (step?.right) return order[order.indexOf(head) + step.right];
    const boxes = new Map(order.map((each) => [each, boxAt(this.buttons[each])])), mine = boxes.get(head);
    const rowAt = (top) => order.filter((each) => Math.abs(boxes.get(each).top - top) < 2);
    if (!step) return (event.ctrlKey ? order : rowAt(mine.top)).at(event.key === "Home" ? 0 : -1);
    const tops = order.map((each) => step.down * boxes.get(each).top).filter((top) => top > step.down * mine.top + 2);
    const distance = (each) => Math.abs(boxes.get(each).left - mine.left);
    return rowAt(step.down * Math.min(...tops)).sort((one, other) => distance(one) - distance(other))[0];
  }
}

// The head of the tile that an element stands in.
export function headOf(node) {
  const head = node?.closest?.(".tile")?.dataset.head;
  return head === undefined ? undefined : Number(head);
}

function boxAt(tile) {
  return tile.getBoundingClientRect();
}

function newTile(head) {
  return element("button", { class: "tile", type: "button", "data-head": head },
    element("canvas"), element("span", "caption"));
}

// A table of all tiles with the names of layers and heads, which every button says as well.
function byLayer(tiles, layers, heads) {
  const from = (count, make) => Array.from({ length: count }, (_, at) => make(at));
  const label = (kind, title, at) =>
    element("span", { class: `label ${kind}`, [`data-${kind}`]: at, "aria-hidden": "true" }, `${title} ${at + 1}`);
  const row = (layer) => [label("layer", "Layer", layer), ...tiles.slice(layer * heads, (layer + 1) * heads)];
  return [element("span", "corner"), ...from(heads, (head) => label("head", "Head", head)), ...from(layers, row).flat()];
}

// As many tiles in a row as fingers can hit, with whole device pixels a cell where that is near; the rest is the lens's.
function sizesFor(width, heads, side, ranked) {
  const ratio = devicePixelRatio, beside = width >= BESIDE;
  const least = beside ? Math.min(Math.max(0.27 * width, 270), 360) : Math.min(Math.max(0.32 * width, 104), 240);
  const room = width - (beside ? least + 28 : 0);
  let lines = 1, columns = heads, labels = ROW_LABEL;
  const each = () => (room - labels) / columns - GAP;
  while (each() < LEAST && columns > 2) {
    columns = Math.ceil(heads / ++lines);
    labels = 0;
  }
  const most = Math.min(each(), MOST), whole = Math.floor((most * ratio) / side) * side;
  const pixels = whole >= (1 - 0.1 / ratio) * most * ratio ? whole : Math.floor(most * ratio);
  const tile = pixels / ratio, left = room - labels - columns * (tile + GAP);
  const lens = beside ? Math.max(least, Math.min(least + left, 440, 0.54 * innerHeight)) : least;
  const column = (beside ? tile : most) + (ranked ? labels / columns : 0);
  return { beside, lines, columns, tile, column, lens };
}
