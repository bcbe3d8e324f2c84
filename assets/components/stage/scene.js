// The state of the picture, and what follows from it: which head, which pair, which moment, and what is drawn then.

import { unanswered } from "../answers.js";
import { element, inks } from "../elements.js";
import { laySentence } from "../sentence.js";
import { LAST_BEAT, beatAt, moved, phases } from "./beats.js";
import { arithmetic, makeStops, phraseElements, say, showStops } from "./caption.js";
import { drawScene, heatsOf } from "./draw.js";
import { handKeys, handPointer } from "./hands.js";
import { HeadMap } from "./headmap.js";
import { crossing, partAt } from "./layout.js";
import { mixOf, scaledOf, share, softmaxOf, stagesOf, weightOfLink } from "./numbers.js";
import { Paint } from "./paint.js";
import { NARROW, downwards, drawDownwards, lineAt } from "./phone.js";

const REST = 150; // ms without a choice, after which the server is told
const SAYS = [[], ["x", "q", "k", "v"], ["scores"], ["scaled"], ["weights"], ["z"], ["weights"]]; // by beat
const FIELDS = ["layer", "head", "query", "key", "beat"];

export class Stage {
  constructor(parentElement) {
    const find = (name) => parentElement.querySelector(name);
    Object.assign(this, { parentElement, root: find(".stage"), canvas: find(".picture"), first: find(".first") });
    this.place = { title: find(".about"), sum: find(".sum"), said: find(".said"), live: find(".live"), answer: find(".answer"), why: find(".why") };
    this.map = new HeadMap(find(".heads"), {
      preview: (head) => this.preview(head),
      choose: (head) => this.choose(head),
    });
    this.stops = makeStops(find(".moves"), { go: (beat) => this.go(beat), scrub: (t) => this.scrub(t), play: () => this.play() });
    this.how = find(".how");
    this.how.onclick = () => this.go(1);
    find(".open").onclick = () => this.open();
    handPointer(this.canvas, this);
    handKeys(this.root, this.canvas, this.stops.range, this);
    this.root.stage = this;
    this.frames = 0;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.root);
    const calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.isCalm = () => calm.matches;
  }

  // What Python sends: at first, and after every run of the page.
  show(data, arrays) {
    const answered = { layer: data.layer, head: data.head, query: data.query, key: data.key_word, beat: data.beat };
    const waiting = unanswered(this.parentElement, answered, (one, other) => FIELDS.every((field) => one[field] === other[field]));
    const fresh = this.data?.mark !== data.mark;
    const isNewer = !fresh && (waiting.length || this.resting || this.whatIf);
    this.data = data;
    this.told = answered;
    this.whole = !data.weights;
    if (!isNewer) {
      const { beat, ...state } = answered;
      this.state = state;
      this.whatIf = undefined;
      if (this.t === undefined || beat !== Math.round(this.goal)) this.t = this.goal = this.whole ? beat : beat && LAST_BEAT;
      if (fresh) this.hovered = this.previewed = undefined;
    }
    this.colours = { ...data.colours };
    this.ink = rememberedInks(this.root);
    this.look = `${data.colours.signed}`;
    this.kept = undefined;
    this.root.classList.toggle("parts", this.whole);
    this.how.textContent = this.whole ? "How does it know? ▶" : "The rows of all words ▶";
    this.bring(data.mark, arrays);
  }

  bring(mark, arrays) {
    if (!this.data || mark !== this.data.mark) return;
    this.arrays = arrays;
    if (this.whole && !arrays) return;
    this.root.classList.add("ready");
    this.words();
    this.resize(true);
  }

  stop() {
    this.observer.disconnect();
    this.sentence?.stop();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.asked);
  }

  // The numbers of what is shown

  get T() {
    return this.data.words.length;
  }

  get pair() {
    return this.hovered ?? this.state;
  }

  // Layer and head as shown: while the pointer is on the map, those under it.
  get at() {
    const { layer, head } = this.previewed ?? this.state;
    return !this.whole || this.arrays.has(layer) ? { layer, head } : this.told;
  }

  // All stages of the shown head; with a score that somebody has pulled, everything that follows from it.
  stages() {
    const { layer, head } = this.at, mark = `${this.data.mark} ${layer} ${head} ${this.whatIf?.key ?? ""} ${this.whatIf?.score ?? ""}`;
    if (this.kept?.mark === mark) return this.kept;
    if (!this.whole) return (this.kept = { mark, weights: Float32Array.from(this.data.weights) });
    const made = stagesOf(this.arrays.of(layer, head));
    if (this.whatIf) this.suppose(made);
    return (this.kept = Object.assign(made, { mark }));
  }

  suppose(stages) {
    const { T } = this, { dk, dv } = this.arrays, { query } = this.state, from = query * T, row = (of) => of.subarray(from, from + T);
    stages.scores[from + this.whatIf.key] = this.whatIf.score;
    row(stages.scaled).set(scaledOf(row(stages.scores), dk));
    row(stages.weights).set(softmaxOf(row(stages.scaled), T));
    stages.z.set(mixOf(row(stages.weights), stages.v, T, dv), query * dv);
  }

  links({ query, key }) {
    const { layers, heads, links } = this.data;
    if (!this.whole) return links;
    return Array.from({ length: layers * heads }, (_, at) => {
      const one = this.arrays.of(Math.floor(at / heads), at % heads);
      return one ? weightOfLink(one, query, key) : links[at];
    });
  }

  // Choices

  choose(chosen) {
    this.state = { ...this.state, ...chosen };
    this.hovered = this.previewed = this.whatIf = undefined;
    this.draw();
    this.rest();
  }

  // Another head or layer, round and round.
  step(name, by) {
    const count = this.data[`${name}s`];
    this.choose({ [name]: (this.state[name] + by + count) % count });
  }

  preview(head) {
    if (!head && !this.previewed) return;
    this.previewed = head && (!this.whole || this.arrays.has(head.layer)) ? head : undefined;
    this.draw();
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
    const beyond = [found.row, found.column].some((index) => index >= this.T);
    return beyond ? {} : found;
  }

  near(index, by) {
    return Math.min(Math.max(index + by, 0), this.T - 1);
  }

  canPullNow = () => this.whole && this.layout.kind === "crossing" && this.t >= 2;

  scoreNow() {
    return this.stages().scores[this.state.query * this.T + this.state.key];
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

  open() {
    clearTimeout(this.resting);
    this.resting = undefined;
    this.send("open", this.message());
  }

  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.resting = undefined;
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
    if (!this.whole) this.goal = beat > this.t ? LAST_BEAT : 0;
    if (this.isCalm() || !this.whole) this.t = this.goal;
    this.last = undefined;
    this.draw();
    if (this.t === this.goal) this.rest();
  }

  scrub(t) {
    this.t = this.goal = this.whole ? t : t > this.t ? LAST_BEAT : 0;
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
    const width = this.root.clientWidth, ready = this.root.classList.contains("ready");
    if (!width || !ready || (!anew && width === this.width && devicePixelRatio === this.paint?.ratio && innerHeight === this.tall)) return;
    if (width !== this.width || innerHeight !== this.tall) this.height = this.room();
    Object.assign(this, { width, tall: innerHeight, layout: undefined, paint: undefined });
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    this.frame();
  }

  // What is left of the window for the picture.
  room() {
    const main = document.querySelector("[data-testid=stMain]");
    const top = this.root.getBoundingClientRect().top + (main?.scrollTop ?? 0);
    return Math.round(Math.min(Math.max(innerHeight - top - 168, 340), 640));
  }

  measure() {
    const { query, key } = this.state, isNarrow = this.width < NARROW && this.whole;
    const widest = (this.widest ??= this.longest());
    const sizes = { width: this.width, height: this.height, T: this.T, dk: this.arrays?.dk, dv: this.arrays?.dv, query, key, widest };
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
    this.map.fit(corner, this.data.layers, this.data.heads);
    this.first.style.left = isNarrow ? "0" : `${this.whole ? this.map.paint.width + 24 : 0}px`;
    this.chips = undefined;
  }

  longest() {
    const paint = new Paint(document.createElement("canvas"), 1, 1);
    paint.family = getComputedStyle(this.canvas).fontFamily;
    return Math.max(...this.data.names.map((name) => paint.lengthOf(name, 13, 700)));
  }

  words() {
    const mark = JSON.stringify([this.data.mark, this.data.words, this.data.name]);
    if (this.sentenceMark === mark) return;
    this.sentenceMark = mark;
    this.widest = undefined;
    this.sentence?.stop();
    const row = (word) => this.stages().weights.subarray(word * this.T, (word + 1) * this.T);
    const ask = (word) => this.choose({ query: word, key: strongestLinkOf(row(word), word, this.data.words) });
    const { query, key } = this.state;
    this.sentence = laySentence(this.first.querySelector(".sentence"), { ...this.data, query, key }, (word) => [...row(word)], ask);
  }

  // Pictures

  frame() {
    if (!this.data || (this.whole && !this.arrays) || !this.width) return;
    this.measure();
    this.frames++;
    const { pair, layout, ink, data, T } = this, stages = this.stages(), now = phases(this.t), beat = beatAt(this.t);
    const { dk, dv } = this.arrays ?? {};
    const scene = {
      layout, now, stages, heats: heatsOf(stages, T, dk, dv, this.colours), query: pair.query, key: pair.key, names: data.names,
      ink, T, dk, dv, look: this.look, whatIf: Boolean(this.whatIf), chips: this.t > 0 && this.t < 1 ? (this.chips ??= this.chipPlaces()) : undefined,
    };
    this.first.style.opacity = 1 - now.leave;
    this.first.style.visibility = now.leave < 1 ? "visible" : "hidden";
    this.first.inert = this.t > 0;
    this.canvas.style.visibility = this.t > 0 ? "visible" : "hidden";
    if (this.t > 0 || !this.whole) (layout.kind === "downwards" ? drawDownwards : drawScene)(this.paint, scene);
    this.caption(scene, beat);
  }

  // Where the words stand in the first beat, by the picture's own measure.
  chipPlaces() {
    const from = this.canvas.getBoundingClientRect();
    return [...this.first.querySelectorAll(".word button")].map((button) => {
      const box = button.getBoundingClientRect();
      return { x: box.left + box.width / 2 - from.left, y: box.top + box.height / 2 - from.top };
    });
  }

  caption(scene, beat) {
    const { data, place, state, told, at } = this, { query, key, stages, T, dk, names } = scene;
    const isTold = at.layer === told.layer && at.head === told.head && !this.whatIf && query === told.query && key === told.key;
    const mark = `${stages.mark} ${query} ${key} ${isTold} ${beat}`, T2 = query * T;
    showStops(this.stops, this.t, beat, this.t !== this.goal);
    if (this.mark === mark) return;
    this.mark = mark;
    const shown = { layer: at.layer, head: at.head };
    if (data.links) {
      const link = `${data.mark} ${query} ${key} ${told.layer}`;
      if (this.link !== link) Object.assign(this, { link, strengths: this.links({ query, key }) });
      this.map.draw(this.strengths, names[query], names[key], shown, this.colours, this.ink);
    }
    if (this.t === 0 || beat === 0) {
      const most = largestOf(stages.weights.subarray(T2, T2 + T));
      if (this.drawn !== `${stages.mark} ${query} ${key}`) this.sentence.redraw({ query: state.query, key: state.key });
      this.drawn = `${stages.mark} ${query} ${key}`;
      say(place.answer, mark, () => (isTold ? phraseElements(data.answer) : [
        element("span", "query", names[query]), " looks most at ", element("span", "key", names[most]), ": ", element("b", {}, share(stages.weights[T2 + most])), "."]));
    }
    const head = `Layer ${at.layer + 1}, head ${at.head + 1}`, [title, sentence, shapes] = this.whole ? data.about[beat] : data.about[0];
    say(place.title, mark, () => [element("b", {}, this.whole ? `${head} · ${title}` : title), " ", sentence, element("span", "shapes", shapes)]);
    if (this.whole) say(place.sum, mark, () => arithmetic({ stages, query, key, T, dk, names, digits: isTold ? data.digits : undefined }));
    say(place.said, mark, () => this.sayings(isTold, beat));
    this.root.classList.toggle("supposed", Boolean(this.whatIf));
    if (isTold && this.t === this.goal) place.live.textContent = `${head}. ${title}. ${names[query]} to ${names[key]}: ${share(stages.weights[T2 + key])}.`;
  }

  sayings(isTold, beat) {
    if (this.whatIf) return [element("b", {}, "What if? "), `You pulled this score to ${this.whatIf.score.toFixed(2)}; softmax and z follow. These are not the model’s numbers: Esc returns to its own.`];
    if (!this.whole) return beat ? phraseElements(this.data.answer) : [];
    if (!isTold) return [];
    return SAYS[beat].flatMap((name) => [element("span", "saying", ...phraseElements(this.data.says[name])), " "]);
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

function largestOf(row) {
  return row.reduce((best, weight, at) => (weight > row[best] ? at : best), 0);
}

// The word that another looks at most; special tokens and itself only where nothing else is left, as in Python.
function strongestLinkOf(row, query, words) {
  return largestOf(row.map((weight, at) => weight - (words[at].special ? 2 : 0) - (at === query ? 1 : 0)));
}
