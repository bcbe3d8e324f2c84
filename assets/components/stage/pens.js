// The pens that draw the picture for a file: with three pixels for each of the screen's, or as SVG with real text.

import { Paint } from "./paint.js";

// A Paint that keeps no layers: it draws once.
export class LargePaint extends Paint {
  clear() {
    const { context, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.imageSmoothingEnabled = false;
  }

  layer(_name, _mark, _box, paint) {
    paint(this);
  }
}

// A Paint that writes SVG. Cells are embedded as pictures, everything else stays lines and letters.
export class SvgPaint extends Paint {
  constructor(width, height, family) {
    super(document.createElement("canvas"), 1, 1, { family, ratio: 1 }); // measures text
    Object.assign(this, { width, height, parts: [], clips: 0, colours: new Map() });
  }

  clear() {}

  layer(_name, _mark, _box, paint) {
    paint(this);
  }

  group(attributes, paint) {
    this.parts.push(`<g ${attributes}>`);
    const before = this.parts.length;
    paint();
    if (this.parts.length === before) this.parts.pop();
    else this.parts.push("</g>");
  }

  faintly(alpha, paint) {
    if (alpha > 0.003) this.group(alpha < 1 ? `opacity="${rounded(alpha)}"` : "", paint);
  }

  shifted(x, y, paint) {
    this.group(`transform="translate(${rounded(x)} ${rounded(y)})"`, paint);
  }

  within(box, paint) {
    const name = `clip${this.clips++}`;
    this.parts.push(`<clipPath id="${name}"><rect ${placed(box)}/></clipPath>`);
    this.group(`clip-path="url(#${name})"`, paint);
  }

  matrix(picture, across, down, { x, y }) {
    const width = across.edges[across.count], height = down.edges[down.count], ratio = 2;
    if (!width || !height) return;
    const canvas = document.createElement("canvas"), large = new LargePaint(canvas, width, height, { family: this.family, ratio });
    large.clear();
    large.matrix(picture, across, down, { x: 0, y: 0 });
    this.picture(canvas, { x, y, width, height });
  }

  piece(picture, { row, column, columns = 1, rows = 1 }, box) {
    const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    canvas.getContext("2d").drawImage(picture, column, row, columns, rows, 0, 0, columns, rows);
    this.picture(canvas, box);
  }

  picture(canvas, box) {
    this.parts.push(`<image ${placed(box)} preserveAspectRatio="none" style="image-rendering:pixelated" href="${canvas.toDataURL()}"/>`);
  }

  fill(colour, box) {
    this.parts.push(`<rect ${placed(box)} fill="${this.plain(colour)}"/>`);
  }

  frame(colour, { x, y, width, height }, line = 2, dashed = false) {
    const box = { x: x - line / 2, y: y - line / 2, width: width + line, height: height + line };
    this.parts.push(`<rect ${placed(box)} rx="3" fill="none" stroke="${this.plain(colour)}" stroke-width="${line}"${dashed ? ' stroke-dasharray="5 4"' : ""}/>`);
  }

  ribbon(colour, x, [top, bottom], toX, [toTop, toBottom]) {
    const bend = (toX - x) * 0.5, at = (...numbers) => numbers.map(rounded).join(" ");
    const path = `M${at(x, top)} C${at(x + bend, top, toX - bend, toTop, toX, toTop)} L${at(toX, toBottom)} C${at(toX - bend, toBottom, x + bend, bottom, x, bottom)} Z`;
    this.parts.push(`<path d="${path}" fill="${this.plain(colour)}"/>`);
  }

  slope(colour, x, [top, bottom], toX, [toTop, toBottom]) {
    const corners = [[x, top], [toX, toTop], [toX, toBottom], [x, bottom]].map((corner) => corner.map(rounded).join(" "));
    this.parts.push(`<path d="M${corners.join(" L")} Z" fill="${this.plain(colour)}"/>`);
  }

  curve(colour, path, line) {
    this.parts.push(`<path d="${path}" fill="none" stroke="${this.plain(colour)}" stroke-width="${rounded(line)}" stroke-linecap="round"/>`);
  }

  text(text, x, y, { size = 13, weight = 400, colour, align = "left", room = Infinity, turned = false }) {
    const shown = this.shortened(text, size, weight, room), anchor = { left: "start", center: "middle", right: "end" }[align];
    const place = turned ? `transform="translate(${rounded(x)} ${rounded(y)}) rotate(-90)"` : `x="${rounded(x)}" y="${rounded(y + 1)}"`;
    this.parts.push(`<text ${place} font-size="${rounded(size)}" font-weight="${weight}" text-anchor="${anchor}" dominant-baseline="central" fill="${this.plain(colour)}">${escaped(shown)}</text>`);
  }

  // A colour as every reader of SVG knows it.
  plain(colour) {
    if (!this.colours.has(colour)) {
      const { context } = this;
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
      this.colours.set(colour, `rgba(${red},${green},${blue},${rounded(alpha / 255)})`);
    }
    return this.colours.get(colour);
  }

  document() {
    const { width, height, parts } = this;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(this.family)}">${parts.join("")}</svg>`;
  }
}

function placed({ x, y, width, height }) {
  return `x="${rounded(x)}" y="${rounded(y)}" width="${rounded(Math.max(width, 0))}" height="${rounded(Math.max(height, 0))}"`;
}

function rounded(number) {
  return Math.round(number * 100) / 100;
}

function escaped(text) {
  const names = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  // Characters that XML cannot hold would make the file unreadable.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "�").replace(/[&<>"]/g, (one) => names[one]);
}

// A text in lines of that width.
export function linesOf(paint, text, width, size, weight) {
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && paint.lengthOf(longer, size, weight) <= width) lines[lines.length - 1] = longer;
    else lines.push(paint.shortened(word, size, weight, width));
  }
  return lines;
}
