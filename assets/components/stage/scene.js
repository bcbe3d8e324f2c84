// The state of the picture, and what follows from it: which head, which pair, which moment, and what is drawn then.

import { unanswered } from "../answers.js";
import { inks } from "../elements.js";
import { laySentence } from "../sentence.js";
import { Arrays } from "./arrays.js";
import { LAST_BEAT, beatAt, moved, phases } from "./beats.js";
import { Caption } from "./caption.js";
import { drawScene, heatsOf } from "./draw.js";
import { handKeys, handPointer, handRemote } from "./hands.js";
import { HeadMap } from "./headmap.js";
import { crossing, partAt } from "./layout.js";
import { mixOf, scaledOf, softmaxOf, stagesOf, weightOfLink } from "./numbers.js";
import { Paint } from "./paint.js";
import { NARROW, downwards, drawDownwards, lineAt } from "./phone.js";
import { Rows, stagesShown, weightsShown } from "./shown.js";

const LINGERS = 500; // ms that the former head stays as outlines
const FADES = 140; // ms in which its numbers' colours give way to those of the next
const REST = 150; // ms without a choice, after which the server is told
const FIELDS = ["layer", "head", "query", "key", "beat"];
const ALL_UP_TO = 128; // words; of longer texts a layer comes when it is asked for: all have 19 MB at 512

export class Stage {
  constructor(parentElement) {
    const find = (name) => parentElement.querySelector(name);
    Object.assign(this, { parentElement, root: find(".stage"), canvas: find(".picture"), first: find(".first") });
    this.map = new HeadMap(find(".heads"), {
      preview: (head) => this.preview(head),
      choose: (head) => this.choose(head),
    });
    this.caption = new Caption(this.root, this);
    handPointer(this.canvas, this);
    handKeys(this.root, this.canvas, this.caption.stops.range, this);
    this.dropRemote = handRemote(this.root, this);
    this.root.stage = this;
    this.frames = 0;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.root);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.isCalm = () => calm.matches;
  }

  // What Python sends: at first, and after every run of the page.
  show(data) {
    const answered = { layer: data.layer, head: data.head, query: data.query, key: data.key_word, beat: data.beat };
    const waiting = unanswered(this.parentElement, answered, (one, other) => FIELDS.every((field) => one[field] === other[field]));
    const fresh = this.data?.mark !== data.mark;
    const isNewer = !fresh && (waiting.length || this.resting || this.whatIf || this.t !== this.goal);
    this.data = data;
    this.told = answered;
    this.units = new Rows(data.units);
    this.pieces = data.pieces && new Rows(data.pieces);
    if (fresh) this.fetch();
    if (!isNewer) {
      const { beat, ...state } = answered;
      this.state = state;
      this.whatIf = undefined;
      if (this.t === undefined || beat !== Math.round(this.goal)) this.t = this.goal = this.pieces ? beat : beat && LAST_BEAT;
      if (fresh) this.hovered = this.previewed = undefined;
    }
    this.colours = { ...data.colours };
    this.ink = rememberedInks(this.root);
    this.look = `${data.colours.signed}`;
    this.kept = undefined;
    this.root.classList.toggle("parts", Boolean(this.pieces));
    this.caption.renew();
    this.begin();
  }

  // The numbers of another sentence.
  fetch() {
    const { sizes, address } = this.data;
    this.arrays?.stop();
    this.arrays = new Arrays(sizes, address, (layer) => {
      if (layer === undefined) return this.caption.missing();
      if (sizes.T <= ALL_UP_TO) this.arrays.askAll();
      if (!this.root.classList.contains("ready") || this.sentenceMark !== this.wordsMark) return this.begin();
      this.link = undefined;
      if (layer === this.at.layer || layer === this.state.layer) this.draw();
    });
  }

  // What a component beside this one has brought.
  carry(layer, bytes) {
    if (!bytes || this.arrays.has(layer)) return;
    this.arrays.take(layer, bytes);
    this.begin();
  }

  // Show the head that is chosen, as soon as its numbers are there.
  begin() {
    if (this.pieces) this.arrays.ask(this.state.layer);
    if (this.pieces && !this.arrays.has(this.at.layer)) return;
    this.root.classList.add("ready");
    this.words();
    this.resize(true);
  }

  stop() {
    this.observer.disconnect();
    this.arrays?.stop();
    this.caption.stop();
    this.dropRemote();
    this.sentence?.stop();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.asked);
  }

  // The numbers of what is shown

  // Whether one head's own matrices stand there, not the weights of a mixture, or of whole words, alone.
  get whole() {
    return Boolean(this.pieces) && !(this.units.isJoined && this.t > 5.5);
  }

  // What stands for rows and columns.
  get rows() {
    return this.whole ? this.pieces : this.units;
  }

  // As many rows and columns.
  get T() {
    return this.rows.count;
  }

  // Query and key as positions of the sentence.
  get pair() {
    return this.hovered ?? this.state;
  }

  // Layer and head as shown: while the pointer is on the map, those under it. Until a layer has come, the last that was there.
  get at() {
    const { layer, head } = this.previewed ?? this.state;
    if (!this.pieces || this.arrays.has(layer)) return (this.shownLast = { layer, head });
    return this.shownLast ?? { layer, head };
  }

  // All stages of the shown head, T rows; with a score that somebody has pulled, everything that follows from it.
  stages() {
    return this.all().shown;
  }

  // The weights between units, as the sentence shows them.
  weights() {
    const all = this.all();
    return (all.weights ??= weightsShown(all.stages.weights, this.data.sizes.T, this.units, this.data.special));
  }

  // {stages of all pieces, those shown, weights of units}
  all() {
    const { layer, head } = this.at, { whatIf, whole } = this;
    const mark = `${this.data.mark} ${layer} ${head} ${whatIf?.key ?? ""} ${whatIf?.score ?? ""}`;
    if (this.kept?.mark !== mark) {
      if (!this.pieces) {
        const weights = Float32Array.from(this.data.weights);
        return (this.kept = { mark, weights, shown: { mark, weights } });
      }
      const stages = stagesOf(this.arrays.of(layer, head));
      if (whatIf) this.suppose(stages);
      this.kept = { mark, stages };
    }
    const { kept } = this;
    if (whole && !kept.parts) {
      kept.parts = { ...stagesShown(kept.stages, this.data.sizes, this.pieces, this.data.special), mark };
    } else if (!whole && this.pieces) kept.grid ??= { mark: `${mark} units`, weights: weightsShown(kept.stages.weights, this.data.sizes.T, this.units, this.data.special) };
    if (this.pieces) kept.shown = whole ? kept.parts : kept.grid;
    return kept;
  }

  suppose(stages) {
    const { T, dk, dv } = this.data.sizes, { query } = this.state, from = query * T, row = (of) => of.subarray(from, from + T);
    stages.scores[from + this.whatIf.key] = this.whatIf.score;
    row(stages.scaled).set(scaledOf(row(stages.scores), dk));
    row(stages.weights).set(softmaxOf(row(stages.scaled), T));
    stages.z.set(mixOf(row(stages.weights), stages.v, T, dv), query * dv);
  }

  links({ query, key }) {
    const { links } = this.data, { layers, heads } = this.data.sizes;
    return Array.from({ length: layers * heads }, (_, at) => {
      const one = this.arrays.of(Math.floor(at / heads), at % heads);
      return one ? weightOfLink(one, query, key) : links[at];
    });
  }

  // Choices

  choose(chosen) {
    if (chosen.layer !== undefined || chosen.head !== undefined) this.remember();
    this.state = { ...this.state, ...chosen };
    this.hovered = this.previewed = this.whatIf = undefined;
    if (this.pieces) this.arrays.ask(this.state.layer);
    this.draw();
    this.rest();
  }

  // Another head or layer, round and round.
  step(name, by) {
    const count = this.data.sizes[`${name}s`];
    this.choose({ [name]: (this.state[name] + by + count) % count });
  }

  preview(head) {
    if (!head && !this.previewed) return;
    if (head?.layer === this.previewed?.layer && head?.head === this.previewed?.head) return;
    if (head) this.arrays.ask(head.layer);
    this.remember();
    this.previewed = head;
    this.draw();
  }

  // The head that is shown now stays for a moment as outlines.
  remember() {
    if (this.isCalm() || this.t < 1 || !this.layout) return;
    if (this.remembered === this.frames) return; // several steps between two frames: of those between nothing was seen
    this.remembered = this.frames;
    this.fading = { picture: copyOf(this.canvas), until: performance.now() + FADES };
    if (this.t < 4 || !this.kept) return;
    const { weights, mark } = this.kept.shown;
    this.former = { weights, mark, T: this.T, until: performance.now() + LINGERS };
  }

  // Of it {weights, left: from 1 to 0}; undefined where it is gone.
  lingers() {
    const { former } = this, left = former ? (former.until - performance.now()) / LINGERS : 0;
    if (left <= 0 || former.T !== this.T) this.former = undefined;
    return this.former && former.mark !== this.stages().mark ? { weights: former.weights, left } : undefined;
  }

  hover(pair) {
    if (pair?.query === this.hovered?.query && pair?.key === this.hovered?.key) return;
    this.hovered = this.whatIf ? undefined : pair;
    this.draw();
  }

  // What is under the pointer.
  find({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect(), { layout } = this;
    if (!layout || this.t === 0) return {};
    const found = layout.kind === "downwards" ? lineAt(layout, clientY - top) : partAt(layout, clientX - left, clientY - top);
    const beyond = [found.row, found.column].some((index) => index >= this.T), { rows } = this;
    if (beyond || !found.part) return {};
    const place = (index) => (index === undefined ? undefined : rows.place(index));
    return { ...found, row: place(found.row), column: place(found.column) };
  }

  // The position so many rows on from another.
  near(position, by) {
    return this.rows.place(Math.min(Math.max(this.rows.at(position) + by, 0), this.T - 1));
  }

  // Along which axis the chosen score can be pulled from such a place; undefined where it cannot.
  pullsAlong({ part, row, column }) {
    const { state, layout } = this;
    if (!this.canPull || !layout || column !== state.key) return undefined;
    if (layout.kind === "downwards") return part === "k" ? "x" : undefined;
    return part === "grid" && row === state.query ? "y" : undefined;
  }

  get canPull() {
    return this.whole && this.t >= 2;
  }

  scoreNow() {
    return this.all().stages.scores[this.state.query * this.data.sizes.T + this.state.key];
  }

  pull(score) {
    this.hovered = undefined;
    this.whatIf = { key: this.state.key, score };
    this.draw();
  }

  // Back from what somebody supposed to the model's own.
  back() {
    if (!this.whatIf && !this.previewed && !this.hovered) return false;
    this.whatIf = this.previewed = this.hovered = undefined;
    this.draw();
    return true;
  }

  // The arithmetic of a matrix's chosen number; of the beat's own where none is named.
  open(name) {
    clearTimeout(this.resting);
    this.resting = undefined;
    this.send("open", { ...this.message(), stage: name ?? null });
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = undefined;
      if (this.layout?.overview) this.draw();
      const message = this.message();
      if (FIELDS.every((field) => message[field] === this.told[field])) return;
      this.parentElement.sent.push(message);
      this.send("rest", message);
    }, REST);
  }

  message() {
    return { ...this.state, beat: Math.round(this.goal) };
  }

  // Time

  go(beat) {
    this.goal = Math.min(Math.max(beat, 0), LAST_BEAT);
    this.hovered = undefined;
    if (!this.pieces) this.goal = beat > this.t ? LAST_BEAT : 0;
    if (this.isCalm() || !this.pieces) this.t = this.goal;
    this.last = undefined;
    this.draw();
    if (this.t === this.goal) this.rest();
  }

  scrub(t) {
    this.t = this.goal = this.pieces ? t : t > this.t ? LAST_BEAT : 0;
    this.draw();
    this.rest();
  }

  // To the end; from there, from the beginning; a second time, stop.
  play() {
    if (this.t !== this.goal) {
      this.goal = this.t;
      this.draw();
      return this.rest();
    }
    if (this.t >= LAST_BEAT) this.t = 0;
    return this.go(this.isCalm() ? Math.floor(this.t) + 1 : LAST_BEAT);
  }

  draw() {
    this.asked ||= requestAnimationFrame((time) => {
      this.asked = 0;
      this.advance(time);
      this.frame();
    });
  }

  advance(time) {
    if (this.t === this.goal) return;
    this.t = moved(this.t, this.goal, Math.min((time - (this.last ?? time - 16)) / 1000, 0.05));
    this.last = time;
    if (this.t === this.goal) this.rest();
    this.draw();
  }

  // Places

  resize(anew = false) {
    const { paddingLeft, paddingRight } = getComputedStyle(this.root), width = this.root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight), ready = this.root.classList.contains("ready");
    if (width <= 0 || !ready || (!anew && width === this.width && devicePixelRatio === this.paint?.ratio && innerHeight === this.tall)) return;
    if (width !== this.width || innerHeight !== this.tall) this.height = this.room();
    Object.assign(this, { width, tall: innerHeight, layout: undefined, paint: undefined });
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    this.frame();
    if (this.t !== this.goal) this.draw(); // an answer of the server stops no movement
  }

  // What is left of the window for the picture.
  room() {
    const main = document.querySelector("[data-testid=stMain]");
    if (this.isFull) return Math.max(innerHeight - 210, 340);
    const top = this.root.getBoundingClientRect().top + (main?.scrollTop ?? 0);
    return Math.round(Math.min(Math.max(innerHeight - top - 168, 340), 640));
  }

  get isFull() {
    return this.root.getRootNode().fullscreenElement === this.root;
  }

  measure() {
    const isNarrow = this.width < NARROW && this.whole, { rows } = this;
    const query = rows.at(this.state.query), key = rows.at(this.state.key);
    if (this.widest?.rows !== rows) this.widest = { rows, length: this.longest() };
    const { dk, dv, dx } = this.data.sizes;
    const sizes = { width: this.width, height: this.height, T: this.T, dk, dv, dx, query, key, widest: this.widest.length };
    const mark = JSON.stringify([sizes, this.whole, this.whole && isNarrow && this.t > 0]);
    if (this.layout?.mark === mark) return;
    const layout = isNarrow ? downwards(sizes) : crossing({ ...sizes, ratio: devicePixelRatio, whole: this.whole });
    layout.mark = mark;
    this.layout = layout;
    const height = isNarrow && this.t === 0 ? 0 : layout.height;
    this.root.classList.toggle("narrow", isNarrow);
    if (!this.paint || this.paint.height !== height) {
      Object.assign(this.canvas.style, { width: `${this.width}px`, height: `${height}px` });
      this.paint = new Paint(this.canvas, this.width, height);
    }
    this.canvas.parentElement.style.minHeight = `${isNarrow ? 0 : layout.height}px`;
    const corner = isNarrow ? { x: 0, y: 0, width: this.width, height: 176 } : this.whole ? layout.map : { x: Math.max(this.width - 300, 0), y: 0, width: 300, height: 190 };
    this.map.fit(corner, this.data.sizes.layers, this.data.sizes.heads);
    this.first.style.left = isNarrow ? "0" : `${this.whole ? this.map.paint.width + 24 : 0}px`;
    this.chips = undefined;
  }

  longest() {
    const paint = new Paint(document.createElement("canvas"), 1, 1);
    paint.family = getComputedStyle(this.canvas).fontFamily;
    return Math.max(...this.rows.names.map((name) => paint.lengthOf(name, 13, 700)));
  }

  get wordsMark() {
    return JSON.stringify([this.data.mark, this.data.words, this.data.name]);
  }

  words() {
    const mark = this.wordsMark;
    if (this.sentenceMark === mark) return;
    this.sentenceMark = mark;
    this.sentence?.stop();
    const { units } = this, row = (word) => this.weights().subarray(word * units.count, (word + 1) * units.count);
    const ask = (word) => this.choose({ query: units.place(word), key: units.place(strongestLinkOf(row(word), word, this.data.words)) });
    const query = units.at(this.state.query), key = units.at(this.state.key);
    this.sentence = laySentence(this.first.querySelector(".sentence"), { ...this.data, query, key }, (word) => [...row(word)], ask);
  }

  // Pictures

  frame() {
    if (!this.data || !this.width || (this.pieces && !this.arrays.has(this.at.layer))) return;
    this.measure();
    this.frames++;
    const scene = this.scene(), { layout } = this;
    this.first.style.opacity = 1 - scene.now.leave;
    this.first.style.visibility = scene.now.leave < 1 ? "visible" : "hidden";
    this.first.inert = this.t > 0;
    this.canvas.style.visibility = this.t > 0 ? "visible" : "hidden";
    if (this.t > 0) (layout.kind === "downwards" ? drawDownwards : drawScene)(this.paint, scene);
    this.fade();
    this.caption.show(scene);
    if (this.former || this.fading) this.draw();
  }

  // What was shown before lies over the next picture, ever fainter.
  fade() {
    const { fading, paint, canvas } = this, left = fading ? (fading.until - performance.now()) / FADES : 0;
    if (left <= 0 || this.t < 1 || fading.picture.width !== canvas.width || fading.picture.height !== canvas.height) return (this.fading = undefined);
    paint.faintly(0.55 * left, () => paint.context.drawImage(fading.picture, 0, 0, paint.width, paint.height));
    return undefined;
  }

  // All that is drawn and said of this moment; query and key are indices of rows.
  scene() {
    const { pair, layout, ink, rows, T } = this, stages = this.stages(), { dk, dv, dx } = this.data.sizes;
    return {
      layout, now: phases(this.t), beat: beatAt(this.t), stages, heats: heatsOf(stages, { T, dk, dv, dx }, layout, this.colours), whole: this.whole,
      query: rows.at(pair.query), key: rows.at(pair.key), names: rows.names, ink, T, dk, dv, dx, look: this.look,
      isResting: !this.resting, whatIf: Boolean(this.whatIf), whatRowsAre: this.whatRowsAre(), isPlain: T === this.data.sizes.T, former: this.lingers(), chips: this.t > 0 && this.t < 1 && !this.units.isJoined ? (this.chips ??= this.chipPlaces()) : undefined,
    };
  }

  // What the weights of a row add up to.
  whatRowsAre() {
    if (this.T === this.data.sizes.T) return "each row 100 %";
    return this.data.special === "of-the-rest" ? "as shares of the rest: each row 100 %" : "special tokens left out: rows below 100 %";
  }

  // Where the words stand in the first beat, by the picture's own measure.
  chipPlaces() {
    const from = this.canvas.getBoundingClientRect();
    return [...this.first.querySelectorAll(".word button")].map((button) => {
      const box = button.getBoundingClientRect();
      return { x: box.left + box.width / 2 - from.left, y: box.top + box.height / 2 - from.top };
    });
  }
}

// Asking the page for a colour takes longer than painting with it, and a frame asks two hundred times.
function rememberedInks(root) {
  const ask = inks(root), known = new Map();
  return (name) => {
    if (!known.has(name)) known.set(name, ask(name));
    return known.get(name);
  };
}

function copyOf(canvas) {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  if (canvas.width && canvas.height) copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
}

export function largestOf(row) {
  return row.reduce((best, weight, at) => (weight > row[best] ? at : best), 0);
}

// The word that another looks at most; special tokens and itself only where nothing else is left, as in Python.
function strongestLinkOf(row, query, words) {
  return largestOf(row.map((weight, at) => weight - (words[at].special ? 2 : 0) - (at === query ? 1 : 0)));
}
