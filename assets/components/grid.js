// All heads at once, one button with a picture a head; a lens enlarges the one under the pointer or the keyboard's focus.
// Two components share this file. One brings what belongs to the sentence, as bytes, and is not sent again with a choice: four
// bytes of length, JSON {key, mark, layers, heads, side, block, names, words, links: [[query, key, share], …]}, and the pixels.
// The other shows it. data: {key, mark, ranking: [[head, caption], …] | null, chosen, colours, top, name}
// A head is one number here: layer · heads + head of that layer.

// CSS pixels; a finger needs the least.
const GAP = 8;
const LEAST = 44;
const MOST = 112;
const ROW_LABEL = 56;
const BESIDE = 860; // narrower than this, the lens does not fit beside the tiles
const LABELS = 16; // tokens
const ALL_LABELS_UP_TO = 24; // tokens
// CSS pixels: of a lens with labels, between two labels, of a cell with frames.
const LABELLED = 200;
const LINE = 10;
const FRAMED = 9;
const sentences = (globalThis.allHeads ??= new Map()); // key → {sentence, arrived}

export default function ({ parentElement, data, setTriggerValue }) {
  if (data instanceof Uint8Array) return receive(data);
  parentElement.stop?.(); // Streamlit calls this function anew for new data, and the returned one only at the end
  return parentElement.stop = show(parentElement, data, setTriggerValue);
}

function place(key) {
  if (!sentences.has(key)) sentences.set(key, {});
  return sentences.get(key);
}

function receive(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const sentence = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  sentence.pixels = bytes.subarray(4 + length);
  const here = place(sentence.key);
  here.sentence = sentence;
  here.arrived?.();
  return () => { if (here.sentence === sentence) here.sentence = undefined; };
}

function show(parentElement, data, setTriggerValue) {
  const root = parentElement.querySelector(".overview");
  const [field, lens] = root.children;
  const buttons = (parentElement.buttons ??= []);
  const here = place(data.key);
  // Choices may be made faster than answers come: an answer to an earlier one must not undo the later ones.
  const sent = (parentElement.sent ??= []);
  sent.splice(0, 1 + sent.indexOf(data.chosen) || sent.length);
  let chosen = sent.at(-1) ?? data.chosen;
  let sentence, order, table, shown, width;

  const layerOf = (head) => Math.floor(head / sentence.heads), numberOf = (head) => head % sentence.heads;
  const title = (head) => `Layer ${layerOf(head) + 1}, head ${numberOf(head) + 1}`;
  const picture = (head) => sentence.pixels.subarray(head * sentence.side ** 2, (head + 1) * sentence.side ** 2);
  function link(head) {
    const [query, key, share] = sentence.links[head];
    return { query, key, share, asking: sentence.words[query], asked: query === key ? "itself" : sentence.words[key] };
  }

  function arrange() {
    if (here.sentence?.mark !== data.mark) return; // until both of one sentence have arrived
    sentence = here.sentence;
    table = colourTable(data.colours, data.top);
    const { layers, heads } = sentence;
    order = data.ranking?.map(([head]) => head) ?? Array.from({ length: layers * heads }, (_, head) => head);
    const { chosen: _, ...others } = data, drawn = JSON.stringify(others);
    if (parentElement.drawn !== drawn || parentElement.width !== root.clientWidth) draw();
    else width = root.clientWidth; // another head is chosen, and the tiles stay as they are
    parentElement.drawn = drawn;
    mark();
    listen();
  }

  function draw() {
    const { layers, heads } = sentence;
    const captions = new Map(data.ranking ?? order.map((head) => [head, `${numberOf(head) + 1}`]));
    root.classList.toggle("ranked", Boolean(data.ranking));
    field.setAttribute("aria-label", data.name);
    for (const head of order) {
      const { asking, asked, share } = link(head), caption = captions.get(head);
      const tile = (buttons[head] ??= newTile(head));
      const said = data.ranking ? `${title(head)}, ${caption}` : title(head);
      tile.setAttribute("aria-label", `${said}: strongest link ${asking} to ${asked} ${share}`);
      tile.lastChild.replaceChildren(...caption.split(" · ").map((part) => element("span", "", part)));
    }
    const arranged = data.ranking ? `${order}` : `${layers} × ${heads}`;
    if (parentElement.arranged === arranged) fit();
    else move(() => field.replaceChildren(...(data.ranking ? order.map((head) => buttons[head]) : byLayer(layers, heads))));
    parentElement.arranged = arranged;
  }

  function newTile(head) {
    const tile = element("button", "tile");
    tile.type = "button";
    tile.dataset.head = head;
    tile.append(element("canvas"), element("span", "caption"));
    return tile;
  }

  function byLayer(layers, heads) {
    const label = (kind, number) => {
      const made = element("span", `label ${kind}`, `${kind === "layer" ? "Layer" : "Head"} ${number + 1}`);
      made.dataset[kind] = number;
      made.setAttribute("aria-hidden", "true"); // every button says it
      return made;
    };
    const from = (count, make) => Array.from({ length: count }, (_, index) => make(index));
    const row = (layer) => [label("layer", layer), ...from(heads, (head) => buttons[layer * heads + head])];
    return [element("span", "corner"), ...from(heads, (head) => label("head", head)), ...from(layers, row).flat()];
  }

  // Change the order so that the eye can follow each tile to its new place.
  function move(change) {
    const focused = parentElement.activeElement;
    const before = new Map(order.filter((head) => buttons[head].isConnected).map((head) => [head, box(buttons[head])]));
    change();
    fit();
    if (focused?.isConnected) focused.focus({ preventScroll: true });
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [head, { left, top }] of before) {
      const now = box(buttons[head]);
      const start = { transform: `translate(${left - now.left}px, ${top - now.top}px)` };
      buttons[head].animate([start, { transform: "none" }], { duration: 260, easing: "ease-out" });
    }
  }

  // As many tiles in a row as fingers can hit, with whole device pixels a cell where that is near; the rest is the lens's.
  function fit() {
    width = parentElement.width = root.clientWidth;
    shown = undefined; // or the lens would not be drawn again
    if (!width) return; // in a folded part of the page
    const { heads, side } = sentence, ratio = devicePixelRatio;
    const beside = width >= BESIDE;
    const least = beside ? Math.min(Math.max(0.27 * width, 270), 360) : Math.min(Math.max(0.32 * width, 104), 240);
    const room = width - (beside ? least + 28 : 0);
    let lines = 1, columns = heads, labels = ROW_LABEL;
    const each = () => (room - labels) / columns - GAP;
    while (each() < LEAST && columns > 2) {
      columns = Math.ceil(heads / ++lines);
      labels = 0;
    }
    const most = Math.min(each(), MOST) * ratio, whole = Math.floor(most / side) * side;
    const pixels = whole >= (1 - 0.1 / ratio) * most ? whole : Math.floor(most);
    const tile = pixels / ratio, left = room - labels - columns * (tile + GAP);
    const lensWidth = beside ? Math.max(least, Math.min(least + left, 440, 0.54 * innerHeight)) : least;
    root.classList.toggle("beside", beside);
    root.classList.toggle("wrapped", lines > 1);
    const column = (beside ? tile : Math.min(each(), MOST)) + (data.ranking ? labels / columns : 0);
    const lengths = { tile, column, lens: lensWidth };
    for (const [name, length] of Object.entries(lengths)) root.style.setProperty(`--${name}`, `${length}px`);
    root.style.setProperty("--columns", columns);
    root.classList.remove("narrow"); // all captions on one line, or all on two
    root.classList.toggle("narrow", order.some((head) => buttons[head].lastChild.offsetWidth > column + GAP - 3));
    const look = `${data.mark} ${pixels} ${data.colours} ${data.top}`;
    for (const head of order) {
      const canvas = buttons[head].firstChild;
      if (canvas.dataset.look === look) continue;
      canvas.dataset.look = look;
      paint(canvas, picture(head), side, pixels, table);
    }
  }

  function light(name, head) {
    for (const label of field.querySelectorAll(".label")) {
      const { layer, head: number } = label.dataset;
      label.classList.toggle(name, head != null && (Number(layer) === layerOf(head) || Number(number) === numberOf(head)));
    }
  }

  function mark() {
    const within = order.includes(chosen) ? chosen : order[0];
    for (const head of order) {
      buttons[head].setAttribute("aria-pressed", String(head === chosen));
      buttons[head].tabIndex = head === within ? 0 : -1;
    }
    light("chosen", chosen);
    rest();
  }

  // Back to the tile that has the keyboard's focus, else to the chosen one.
  function rest() {
    look(headOf(parentElement.activeElement) ?? (order.includes(chosen) ? chosen : order[0]));
  }

  function look(head) {
    lens.classList.toggle("chosen", head === chosen);
    if (head === undefined) lens.replaceChildren();
    if (head === shown || head === undefined) return;
    shown = head;
    light("shown", head);
    for (const each of order) buttons[each].classList.toggle("shown", each === head);
    const { query, key, share, asking, asked } = link(head);
    const canvas = lens.querySelector("canvas") ?? element("canvas");
    const bar = element("span", "scale");
    bar.style.background = `linear-gradient(to right, ${data.colours})`;
    const end = data.top < 1 ? ` ${data.top} and more` : " 1";
    const { block } = sentence;
    const legend = element("p", "small", element("span", "", "0 ", bar, end),
      element("span", "", element("span", "query", "rows"), " ask, ", element("span", "key", "columns"), " are asked"),
      block > 1 ? element("span", "", `each pixel is the largest of ${block} × ${block} weights`) : "");
    const words = [element("span", "query", asking), " → ", element("span", "key", asked), " ", element("b", "", share)];
    const heading = element("p", "title", title(head), element("span", "badge", "chosen"));
    lens.replaceChildren(heading, canvas, element("p", "link", "strongest link ", ...words), legend);
    enlarge(canvas, picture(head), sentence, table, query, key);
  }

  function choose(head) {
    chosen = head;
    sent.push(head);
    mark();
    setTriggerValue("head", head);
  }

  // The tile that a key leads to: rows are what is seen as rows, however many tiles fit into one.
  function target(head, { key, ctrlKey }) {
    const at = order.indexOf(head), boxes = new Map(order.map((each) => [each, box(buttons[each])])), mine = boxes.get(head);
    const rowAt = (top) => order.filter((each) => Math.abs(boxes.get(each).top - top) < 2);
    const beyond = (sign) => {
      const tops = order.map((each) => sign * boxes.get(each).top).filter((top) => top > sign * mine.top + 2);
      const distance = (each) => Math.abs(boxes.get(each).left - mine.left);
      return rowAt(sign * Math.min(...tops)).sort((one, other) => distance(one) - distance(other))[0];
    };
    if (key === "ArrowRight") return order[at + 1];
    if (key === "ArrowLeft") return order[at - 1];
    if (key === "ArrowDown") return beyond(1);
    if (key === "ArrowUp") return beyond(-1);
    return (ctrlKey ? order : rowAt(mine.top)).at(key === "Home" ? 0 : -1);
  }

  function listen() {
    const at = (event, act) => headOf(event.target) !== undefined && act(headOf(event.target));
    field.onclick = (event) => at(event, choose);
    field.onpointerover = (event) => event.pointerType === "mouse" && at(event, look);
    field.onpointerleave = rest;
    for (const head of order) {
      buttons[head].onfocus = () => {
        for (const each of order) buttons[each].tabIndex = each === head ? 0 : -1;
        look(head);
      };
    }
    field.onkeydown = (event) => at(event, (head) => {
      if (!/^(Arrow(Right|Left|Up|Down)|Home|End)$/.test(event.key)) return;
      event.preventDefault();
      buttons[target(head, event)]?.focus();
    });
  }

  here.arrived = arrange;
  arrange();
  const observer = new ResizeObserver(() => {
    if (!sentence || width === root.clientWidth) return;
    fit();
    rest();
  });
  observer.observe(root);
  return () => {
    observer.disconnect();
    if (here.arrived === arrange) here.arrived = undefined;
  };
}

// The enlarged picture, its words, and the strongest link: framed row and column, or lines that lead to a small cell.
function enlarge(canvas, weights, { side, block, names }, table, query, key) {
  const style = getComputedStyle(canvas), ratio = devicePixelRatio, T = names.length;
  const ink = (name) => style.getPropertyValue(`--${name}`);
  const context = canvas.getContext("2d");
  const width = Math.floor(canvas.clientWidth * ratio), labelled = width >= LABELLED * ratio;
  const step = Math.ceil(Math.max(T <= ALL_LABELS_UP_TO ? 1 : T / LABELS, (LINE * ratio * T) / (0.75 * width)));
  const size = Math.min(13, Math.max(9.5, (0.7 * width * step) / T / ratio)) * ratio;
  const font = (weight) => `${weight} ${size}px ${style.fontFamily}`;
  context.font = font(700);
  const longest = Math.max(...names.map((name) => context.measureText(name).width));
  const above = Math.ceil(size / 2); // half of the first label stands out, at the right of the last
  const margin = labelled ? Math.min(0.3 * width, longest + 8 * ratio) : above;
  const cell = Math.max(1, Math.floor((width - margin - above) / side)), plot = cell * side, token = cell / block;
  canvas.width = width;
  canvas.height = above + plot + margin;
  canvas.setAttribute("aria-hidden", "true"); // the words below say what it shows

  const small = element("canvas");
  paint(small, weights, side, side, table);
  context.translate(width - above - plot, above);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, plot, plot);
  if (token >= FRAMED * ratio) {
    context.fillStyle = ink("page");
    for (let at = cell; at < plot; at += cell) {
      context.fillRect(at, 0, ratio, plot);
      context.fillRect(0, at, plot, ratio);
    }
  }
  const outline = (colour, x, y, width, height) => {
    for (const [stroke, line] of [[ink("page"), 4.5], [ink(colour), 2.5]]) {
      context.strokeStyle = stroke;
      context.lineWidth = line * ratio;
      context.strokeRect(x, y, width, height);
    }
  };
  if (token >= FRAMED * ratio) {
    outline("query-ink", ratio, query * token, plot - 2 * ratio, token);
    outline("key-ink", key * token, ratio, token, plot - 2 * ratio);
  } else {
    const x = (key + 0.5) * token, y = (query + 0.5) * token, reach = Math.max(token / 2, 3 * ratio) + 2 * ratio;
    context.fillStyle = ink("query-ink");
    context.fillRect(0, y - ratio / 2, Math.max(x - reach, 0), ratio);
    context.fillStyle = ink("key-ink");
    context.fillRect(x - ratio / 2, y + reach, ratio, Math.max(plot - y - reach, 0));
    outline("text", x - reach, y - reach, 2 * reach, 2 * reach);
  }
  if (!labelled) return;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [role, named] of [["query", query], ["key", key]]) {
    for (let position = 0; position < T; position++) {
      const mine = position === named, near = step > 1 && Math.abs(position - named) * token < size;
      if (!mine && (position % step || near)) continue;
      context.save();
      if (role === "query") context.translate(-5 * ratio, (position + 0.5) * token);
      else context.translate((position + 0.5) * token, plot + 5 * ratio);
      if (role === "key") context.rotate(-Math.PI / 2);
      context.font = font(mine ? 700 : 400);
      context.fillStyle = ink(mine ? `${role}-ink` : "text");
      context.fillText(shortened(context, names[position], margin - 6 * ratio), 0, 0);
      context.restore();
    }
  }
}

function element(name, className = "", ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

const box = (of) => of.getBoundingClientRect();

function headOf(node) {
  const head = node?.closest(".tile")?.dataset.head;
  return head === undefined ? undefined : Number(head);
}

// The colour of each of 256 shares, evenly between those given; shares from `top` on have the last one.
function colourTable(colours, top) {
  const table = new Uint32Array(256), bytes = new Uint8ClampedArray(table.buffer);
  const stops = colours.map((colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)));
  table.forEach((_, share) => {
    const at = Math.min(share / 255 / top, 1) * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
    const mixed = stops[low].map((part, channel) => part + (at - low) * (stops[low + 1][channel] - part));
    bytes.set([...mixed.map(Math.round), 255], 4 * share);
  });
  return table;
}

// A picture of side × side weights on so many pixels a side.
function paint(canvas, weights, side, pixels, table) {
  canvas.width = canvas.height = pixels;
  const image = new ImageData(pixels, pixels), colours = new Uint32Array(image.data.buffer);
  const values = side === pixels ? weights : resample(resample(weights, side, side, pixels), side, pixels, pixels);
  for (let at = 0; at < colours.length; at++) colours[at] = table[Math.round(values[at])];
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// (side, lines) to (lines, pixels): twice makes a square one of another size. A pixel on the border of two cells is their
// mixture, so that all cells look equally wide; where pixels are fewer than cells, each is the largest of what it covers.
function resample(values, side, lines, pixels) {
  const out = new Float32Array(lines * pixels);
  for (let at = 0; at < pixels; at++) {
    const from = Math.floor((at * side) / pixels), to = Math.floor(((at + 1) * side) / pixels);
    const next = Math.min(from + 1, side - 1), share = Math.max(0, at + 1 - (next * pixels) / side);
    for (let line = 0; line < lines; line++) {
      let value = values[from * lines + line];
      if (side <= pixels) value += share * (values[next * lines + line] - value);
      else for (let cell = from + 1; cell < to; cell++) value = Math.max(value, values[cell * lines + line]);
      out[line * pixels + at] = value;
    }
  }
  return out;
}

function shortened(context, text, room) {
  let length = text.length;
  while (length > 1 && context.measureText(length < text.length ? `${text.slice(0, length)}…` : text).width > room) length--;
  return length < text.length ? `${text.slice(0, length)}…` : text;
}
