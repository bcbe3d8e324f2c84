// Heatmaps: a matrix of numbers as coloured cells, and what may stand in and around them. Nothing here knows where it is shown.
//
// A heat is {values, rows, columns, colours, low, high, zero, masked}:
//   values   rows · columns numbers, row after row, as bytes or floats
//   colours  a `colourTable`; `low` gets its first colour and `high` its last, evenly in between; what is beyond is clipped
//   zero     what means nothing on this scale, if it is not 0 or the end of the scale that is nearest to it
//   masked   1 for each cell that has no number (0 for the others); so has a value that is NaN. These cells stay blank
// A grid is whatever has rows and columns: a heat, or larger squares over its cells. An area is {x, y, width, height}: where all
// cells stand. Lengths are CSS pixels. A pen is what draws: that of a canvas is below, and any other with the same methods does.

const SHADES = 256;
const DARK_INK = "#000000"; // one of these two has a contrast of 4.5:1 or more on any colour; of softer ones none has
const LIGHT_INK = "#ffffff";
export const STRIPES = 5; // CSS pixels between two lines of the hatching

// Colours

// So many colours evenly from the first to the last of some hex colours, as 32-bit pixels of a canvas.
export function colourTable(colours) {
  const table = new Uint32Array(SHADES);
  const bytes = new Uint8ClampedArray(table.buffer);
  const stops = colours.map((colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)));
  table.forEach((_, shade) => {
    const at = (shade / (SHADES - 1)) * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    const mixed = stops[low].map((part, channel) => part + (at - low) * (stops[low + 1][channel] - part));
    bytes.set([...mixed.map(Math.round), 255], 4 * shade);
  });
  return table;
}

// The same colours for a legend, as a CSS background from left to right.
export function gradient(colours) {
  return `linear-gradient(to right, ${colours.join(", ")})`;
}

// The colour of one value, as a 32-bit pixel; a transparent one for NaN.
export function colourOf({ colours, low, high }, value) {
  if (Number.isNaN(value)) return 0;
  return colours[Math.round(Math.min(Math.max((value - low) / (high - low), 0), 1) * (SHADES - 1))];
}

// The colour for text on a cell of this value: black or white, whichever contrasts more.
export function inkOn(heat, value) {
  const light = luminance(colourOf(heat, value));
  return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? DARK_INK : LIGHT_INK;
}

// The relative luminance of a pixel, as WCAG defines it.
function luminance(pixel) {
  const linear = [0, 8, 16].map((shift) => {
    const part = ((pixel >>> shift) & 255) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// Places

// The box of a row, a column or a cell; without row and column, of everything.
export function boxOf({ rows, columns }, { x, y, width, height }, { row, column }) {
  const across = column === undefined ? { x, width } : { x: x + (column * width) / columns, width: width / columns };
  const down = row === undefined ? { y, height } : { y: y + (row * height) / rows, height: height / rows };
  return { ...across, ...down };
}

// A box that begins and ends with whole pixels of the screen, so that lines along its edges are sharp.
export function snapped(pen, { x, y, width, height }) {
  const left = pen.snap(x), top = pen.snap(y);
  return { x: left, y: top, width: pen.snap(x + width) - left, height: pen.snap(y + height) - top };
}

// Every how many of `count` names one is shown along a length: all of a few, some of many, and `line` pixels for each.
export function nameStep(count, length, line, most, allUpTo) {
  return Math.ceil(Math.max(count <= allUpTo ? 1 : count / most, (line * count) / length));
}

// Which of `count` names are shown if only every `step`-th is: the chosen one always, and none that would touch it.
export function thinned(count, step, chosen, apart = step) {
  const touches = (place) => step > 1 && Math.abs(place - chosen) < apart;
  return Array.from({ length: count }, (_, place) => place)
    .filter((place) => place === chosen || (place % step === 0 && !touches(place)));
}

// Drawing

// The coloured cells. Where pixels are fewer than cells, each shows the one among its cells that is furthest from zero. Else a
// pixel on the border of two cells belongs to one of them, so that edges and colours are clear, or if `mixed` it is a mixture
// of both, so that the cells of a small picture look equally large.
export function drawCells(pen, heat, area, mixed = false) {
  const { rows, columns } = heat, down = Math.round(area.height * pen.ratio), across = Math.round(area.width * pen.ratio);
  if (!down || !across) return;
  const values = withoutMasked(heat), zero = heat.zero ?? Math.min(Math.max(heat.low, 0), heat.high);
  if (down % rows === 0 && across % columns === 0) return pen.pixels(pixelsOf(heat, values), columns, rows, area);
  const resampled = resample(resample(values, rows, columns, down, zero, mixed), columns, down, across, zero, mixed);
  pen.pixels(pixelsOf(heat, resampled), across, down, area);
}

// Lines between the rows and between the columns of a grid.
export function drawLines(pen, { rows, columns }, area, colour, thickness) {
  const start = (edge) => pen.snap(edge - thickness / 2);
  for (let row = 1; row < rows; row++) {
    pen.fill(colour, { ...area, y: start(area.y + (row * area.height) / rows), height: thickness });
  }
  for (let column = 1; column < columns; column++) {
    pen.fill(colour, { ...area, x: start(area.x + (column * area.width) / columns), width: thickness });
  }
}

// The lines of a hatching, from the upper edge of a box to the lower; they begin at multiples of their distance, so that those of
// neighbours meet.
export function stripesOf({ x, y, width, height }) {
  const sums = [];
  for (let sum = Math.ceil((x + y) / STRIPES) * STRIPES; sum < x + y + width + height; sum += STRIPES) sums.push(sum);
  return sums.map((sum) => [[sum - y, y], [sum - y - height, y + height]]);
}

// Stripes in the cells that have no number.
export function drawHatching(pen, heat, area, colour) {
  withoutMasked(heat).forEach((value, cell) => {
    if (!Number.isNaN(value)) return;
    pen.stripe(colour, boxOf(heat, area, { row: Math.floor(cell / heat.columns), column: cell % heat.columns }));
  });
}

// A frame whose line runs along the edge of a box, and a rim in the page's colour that sets it off on either side.
export function drawFrame(pen, box, colour, rim, { line = 2.5, outside = 1, inside = 1, radius = 0 } = {}) {
  pen.outline(rim, line + outside + inside, grown(box, (outside - inside) / 2), radius);
  pen.outline(colour, line, box, radius);
}

// A box that is larger by so much on every side, or smaller if `by` is negative.
export function grown({ x, y, width, height }, by) {
  return { x: x - by, y: y - by, width: Math.max(width + 2 * by, 0), height: Math.max(height + 2 * by, 0) };
}

// The names of rows at the left of an area, or those of columns below it, from below upwards: [{place, text, font, colour}].
// `count` are all rows or columns, and `room` is what a name may take; longer ones are cut.
export function drawNames(pen, area, side, count, names, room, gap = 5) {
  for (const { place, text, font, colour } of names) {
    const middle = (place + 0.5) / count, look = { ...font, colour, align: "right", turned: side === "below" };
    const [x, y] = side === "below"
      ? [area.x + middle * area.width, area.y + area.height + gap]
      : [area.x - gap, area.y + middle * area.height];
    pen.write(shortened(pen, text, font, room), x, y, look);
  }
}

// As much of a text as there is room for.
function shortened(pen, text, font, room) {
  const cut = (length) => (length < text.length ? `${text.slice(0, length)}…` : text);
  let length = text.length;
  while (length > 1 && pen.measure(cut(length), font) > room) length--;
  return cut(length);
}

// Values on pixels

function withoutMasked({ values, masked }) {
  return masked ? Float32Array.from(values, (value, cell) => (masked[cell] ? NaN : value)) : values;
}

function pixelsOf(heat, values) {
  const pixels = new Uint32Array(values.length);
  for (let at = 0; at < pixels.length; at++) pixels[at] = colourOf(heat, values[at]);
  return pixels;
}

// (size, lines) to (lines, pixels): along one side of a matrix, which is turned; twice does both.
function resample(values, size, lines, pixels, zero, mixed) {
  const out = new Float32Array(lines * pixels);
  for (let at = 0; at < pixels; at++) {
    const isSharp = !mixed && size <= pixels;
    const from = Math.floor(((at + (isSharp ? 0.5 : 0)) * size) / pixels), to = Math.floor(((at + 1) * size) / pixels);
    const next = Math.min(from + 1, size - 1), share = Math.max(0, at + 1 - (next * pixels) / size);
    for (let line = 0; line < lines; line++) {
      let value = values[from * lines + line];
      if (size > pixels) {
        for (let cell = from + 1; cell < to; cell++) value = strongest(value, values[cell * lines + line], zero);
      } else if (share && mixed) value += share * (values[next * lines + line] - value);
      out[line * pixels + at] = value;
    }
  }
  return out;
}

function strongest(one, other, zero) {
  return Math.abs(other - zero) > Math.abs(one - zero) || Number.isNaN(one) ? other : one;
}

// The pen of a canvas

// How large an element is in CSS pixels, when its edges have been moved to whole pixels of the screen, as browsers do.
export function sizeOnScreen(element, ratio = devicePixelRatio) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const length = (from, to) => (Math.round(to * ratio) - Math.round(from * ratio)) / ratio;
  return { width: length(left, right), height: length(top, bottom) };
}

// Gives a canvas its size in CSS pixels, empty, with a pixel for every one of the screen; its size on the page is for CSS to say.
export function canvasPen(canvas, width, height, ratio = devicePixelRatio) {
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.imageSmoothingEnabled = false; // or the edges of cells would be blurred
  const fontOf = ({ weight = 400, size, family }) => `${weight} ${size}px ${family}`;
  return {
    ratio,
    snap: (length) => Math.round(length * ratio) / ratio, // to a whole pixel of the screen
    pixels: (colours, across, down, { x, y, width, height }) => {
      const small = Object.assign(document.createElement("canvas"), { width: across, height: down });
      small.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(colours.buffer), across, down), 0, 0);
      context.drawImage(small, x, y, width, height);
    },
    fill: (colour, { x, y, width, height }) => {
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
    },
    outline: (colour, line, { x, y, width, height }, radius = 0) => {
      Object.assign(context, { strokeStyle: colour, lineWidth: line });
      context.beginPath();
      context.roundRect(x, y, width, height, radius);
      context.stroke();
    },
    stripe: (colour, { x, y, width, height }) => {
      context.save();
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      Object.assign(context, { strokeStyle: colour, lineWidth: 1 });
      context.beginPath();
      for (const [from, to] of stripesOf({ x, y, width, height })) {
        context.moveTo(...from);
        context.lineTo(...to);
      }
      context.stroke();
      context.restore();
    },
    measure: (text, font) => {
      context.font = fontOf(font);
      return context.measureText(text).width;
    },
    write: (text, x, y, { colour, align, turned = false, ...font }) => {
      context.save();
      context.translate(x, y);
      if (turned) context.rotate(-Math.PI / 2);
      Object.assign(context, { font: fontOf(font), fillStyle: colour, textAlign: align, textBaseline: "middle" });
      context.fillText(text, 0, 0);
      context.restore();
    },
  };
}
