// A canvas to paint scenes on, frame after frame: pieces of heatmaps, bars, bands, ribbons and names.

import { canvasPen, colourOf, drawCells, stripesOf } from "../heatmap.js";
import { runsOf, spanOf } from "./layout.js";

// A heatmap of one pixel a cell, or of so many columns and rows, from which pieces of any size are painted.
export function pictureOf(heat, columns = heat.columns, rows = heat.rows) {
  const canvas = document.createElement("canvas");
  drawCells(canvasPen(canvas, columns, rows, 1), heat, { x: 0, y: 0, width: columns, height: rows });
  return canvas;
}

// A value's colour for CSS.
export function cssOf(heat, value) {
  const pixel = colourOf(heat, value);
  return `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;
}

export function between(from, to, part) {
  return from + (to - from) * part;
}

export function boxBetween(from, to, part) {
  return {
    x: between(from.x, to.x, part), y: between(from.y, to.y, part),
    width: between(from.width, to.width, part), height: between(from.height, to.height, part),
  };
}

export class Paint {
  // `ratio` pixels of the canvas are one of CSS; without a family the canvas stands on the page.
  constructor(canvas, width, height, { family = getComputedStyle(canvas).fontFamily, ratio = devicePixelRatio } = {}) {
    this.ratio = ratio;
    this.layers = new Map(); // name → {mark, canvas}
    Object.assign(canvas, { width: Math.round(width * this.ratio), height: Math.round(height * this.ratio) });
    Object.assign(this, { canvas, width, height, context: canvas.getContext("2d") });
    this.family = family;
  }

  clear() {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalAlpha = 1;
    context.imageSmoothingEnabled = false;
    context.clearRect(0, 0, this.width, this.height);
  }

  // Everything painted meanwhile is that faint.
  faintly(alpha, paint) {
    if (alpha <= 0.003) return;
    const { context } = this, before = context.globalAlpha;
    context.globalAlpha = before * alpha;
    paint();
    context.globalAlpha = before;
  }

  // What stays as it is for many frames, painted once and laid on as one piece; `mark` says what it is. Text takes longest.
  layer(name, mark, { x, y, width, height }, paint) {
    const { ratio, layers } = this, corner = [x, y, width, height].map((length) => Math.round(length * ratio));
    const whole = `${mark} ${corner}`;
    if (layers.get(name)?.mark !== whole) {
      const canvas = layers.get(name)?.canvas ?? document.createElement("canvas");
      const own = new Paint(canvas, this.width, this.height, this);
      own.clear();
      paint(own);
      layers.set(name, { mark: whole, canvas });
    }
    this.context.drawImage(layers.get(name).canvas, ...corner, ...corner.map((length) => length / ratio));
  }

  // Everything painted meanwhile stands that much further right and down.
  shifted(x, y, paint) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    paint();
    context.restore();
  }

  within({ x, y, width, height }, paint) {
    const { context } = this;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    paint();
    context.restore();
  }

  // A heatmap's picture along two axes from a corner on.
  matrix(picture, across, down, { x, y }) {
    for (const row of runsOf(down)) {
      for (const column of runsOf(across)) {
        this.context.drawImage(picture, column.from, row.from, column.to - column.from, row.to - row.from,
          x + column.start, y + row.start, column.end - column.start, row.end - row.start);
      }
    }
  }

  row(picture, across, down, box, index) {
    const span = spanOf(down, index);
    if (!span) return;
    this.matrix(picture, across, { first: index, count: 1, edges: [0, span.size] }, { x: box.x, y: box.y + span.start });
  }

  column(picture, across, down, box, index) {
    const span = spanOf(across, index);
    if (!span) return;
    this.matrix(picture, { first: index, count: 1, edges: [0, span.size] }, down, { x: box.x + span.start, y: box.y });
  }

  piece(picture, { row, column, columns = 1, rows = 1 }, { x, y, width, height }) {
    this.context.drawImage(picture, column, row, columns, rows, x, y, width, height);
  }

  fill(colour, { x, y, width, height }) {
    this.context.fillStyle = colour;
    this.context.fillRect(x, y, width, height);
  }

  frame(colour, { x, y, width, height }, line = 2, dashed = false) {
    const { context } = this;
    Object.assign(context, { strokeStyle: colour, lineWidth: line });
    context.setLineDash(dashed ? [5, 4] : []);
    context.beginPath();
    context.roundRect(x - line / 2, y - line / 2, width + line, height + line, 3);
    context.stroke();
    context.setLineDash([]);
  }

  hatch(colour, box) {
    this.within(box, () => stripesOf(box).forEach(([from, to]) => this.curve(colour, `M${from} L${to}`, 1)));
  }

  // A band that swings from a short edge at the left to one at the right.
  ribbon(colour, x, [top, bottom], toX, [toTop, toBottom]) {
    const { context } = this, bend = (toX - x) * 0.5;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x, top);
    context.bezierCurveTo(x + bend, top, toX - bend, toTop, toX, toTop);
    context.lineTo(toX, toBottom);
    context.bezierCurveTo(toX - bend, toBottom, x + bend, bottom, x, bottom);
    context.fill();
  }

  // A field between an edge at the left and one at the right.
  slope(colour, x, [top, bottom], toX, [toTop, toBottom]) {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(toX, toTop);
    context.lineTo(toX, toBottom);
    context.lineTo(x, bottom);
    context.fill();
  }

  // A line along a path as SVG writes it.
  curve(colour, path, line) {
    const { context } = this;
    Object.assign(context, { strokeStyle: colour, lineWidth: line, lineCap: "round" });
    context.stroke(new Path2D(path));
  }

  font(size, weight = 400) {
    this.context.font = `${weight} ${size}px ${this.family}`;
  }

  shortened(text, size, weight, room) {
    this.font(size, weight);
    let shown = text;
    for (let length = text.length - 1; length > 0 && this.context.measureText(shown).width > room; length--) {
      shown = `${text.slice(0, length)}…`;
    }
    return shown;
  }

  lengthOf(text, size, weight) {
    this.font(size, weight);
    return this.context.measureText(text).width;
  }

  // A text whose middle is at y; `align` says where x is; `room` cuts it.
  text(text, x, y, { size = 13, weight = 400, colour, align = "left", room = Infinity, turned = false }) {
    const { context } = this, shown = this.shortened(text, size, weight, room);
    Object.assign(context, { fillStyle: colour, textAlign: align, textBaseline: "middle" });
    if (!turned) return context.fillText(shown, x, y + 1);
    context.save();
    context.translate(x, y);
    context.rotate(-Math.PI / 2);
    context.fillText(shown, 0, 1);
    context.restore();
  }
}
