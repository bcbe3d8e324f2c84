// What stands below the picture: the seven stops, what the beat is, the line of arithmetic, what the numbers say, and what can be
// done with it all.

import { element } from "../elements.js";
import { rove } from "../keys.js";
import { BEATS } from "./beats.js";
import { checkedLine } from "./check.js";
import { lengthsOf, share, written } from "./numbers.js";
import { printStage, saveStage } from "./save.js";
import { tableOf } from "./table.js";

const SAYS = [[], ["x", "q", "k", "v"], ["scores"], ["scaled"], ["weights"], ["z"], []]; // by beat
const SPOKEN = 500; // ms at rest, after which readers of the screen hear what is chosen
const TELLING = 0.05; // by how much a word's part of z differs from its weight where that is worth a sentence

// Words with their roles, as Python sends them: texts, or [role, text].
function phraseElements(phrase) {
  return phrase.map((part) => (typeof part === "string" ? part : element("span", part[0], part[1])));
}

// Replaces what an element holds only where it says something else, so that readers of the screen hear it once.
function say(place, mark, make) {
  if (place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  place.replaceChildren(...make());
}

export class Caption {
  constructor(root, stage) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, stage, isChecking: false });
    this.place = { title: find(".about"), sum: find(".sum"), said: find(".said"), live: find(".live"), answer: find(".answer"), check: find(".check"), table: find(".table") };
    this.stops = makeStops(find(".moves"), { go: (beat) => stage.go(beat), scrub: (t) => stage.scrub(t), play: () => stage.play() });
    this.how = find(".how");
    this.how.onclick = () => stage.go(1);
    find(".open").onclick = () => stage.open();
    find(".png").onclick = () => saveStage(stage, headName(stage), "png");
    find(".svg").onclick = () => saveStage(stage, headName(stage), "svg");
    find(".full").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
    const buttons = [...root.querySelectorAll(".more :is(button, summary)")];
    rove(buttons, buttons[0]);
    this.compare = find(".compare");
    this.compare.onclick = () => this.toggleCheck();
    this.place.table.ontoggle = () => this.showTable();
    this.print = () => this.scene && printStage(stage, headName(stage), find(".printed"));
    addEventListener("beforeprint", this.print);
  }

  // After an answer of the server: what it says may be another thing now.
  renew() {
    this.mark = undefined;
    this.how.textContent = this.stage.pieces ? "How does it know? ▶" : "The rows of all words ▶";
  }

  missing() {
    this.place.said.replaceChildren("The numbers of this layer did not arrive: the server cannot be reached. Reload the page.");
    this.place.said.dataset.mark = "missing";
    this.root.classList.add("ready");
  }

  // What belongs to a moment of the picture.
  show(scene) {
    const { stage } = this, { beat, stages, query, key } = scene, { at, told } = stage;
    showStops(this.stops, stage.t, beat, stage.t !== stage.goal);
    const { query: asking, key: asked } = stage.pair;
    const isTold = at.layer === told.layer && at.head === told.head && !stage.whatIf && asking === told.query && asked === told.key;
    const mark = `${stages.mark} ${query} ${key} ${isTold} ${beat} ${stage.arrays?.kept.size}`;
    if (this.mark === mark) return;
    this.mark = mark;
    Object.assign(this, { scene, isTold });
    if (stage.pieces) this.showMap();
    if (beat === 0) this.showAnswer(mark);
    this.showBeat(mark);
    this.root.classList.toggle("supposed", Boolean(stage.whatIf));
    this.showTable();
    if (this.isChecking) this.showCheck();
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.speak(), SPOKEN);
  }

  showMap() {
    const { stage } = this, { query, key } = stage.pair, link = `${stage.data.mark} ${query} ${key} ${stage.arrays.kept.size}`;
    if (stage.link !== link) Object.assign(stage, { link, strengths: stage.links({ query, key }) });
    const { pieces } = stage;
    stage.map.draw(stage.strengths, pieces.names[pieces.at(query)], pieces.names[pieces.at(key)], stage.at, stage.colours, stage.ink);
  }

  // The statement of the first beat: Python's where it is about this, else one of the browser's own.
  showAnswer(mark) {
    const { stage, isTold } = this, { units, state, data } = stage, query = units.at(state.query), key = units.at(state.key);
    const row = stage.weights().subarray(query * units.count, (query + 1) * units.count);
    const drawn = `${stage.kept.mark} ${query} ${key} ${data.special} ${units.count}`;
    if (this.drawn !== drawn) stage.sentence.redraw({ query, key });
    this.drawn = drawn;
    const most = row.reduce((best, weight, at) => (weight > row[best] ? at : best), 0);
    say(this.place.answer, mark, () => (isTold ? phraseElements(data.answer) : [
      element("span", "query", units.names[query]), " looks most at ", element("span", "key", units.names[most]), ": ",
      element("b", {}, share(row[most])), "."]));
  }

  showBeat(mark) {
    const { stage, scene, place, isTold } = this, { beat, whole } = scene, { data } = stage;
    const head = headName(stage), [title, sentence, shapes] = stage.pieces ? data.about[beat] : data.about[0];
    say(place.title, mark, () => [element("b", {}, stage.pieces ? `${head} · ${title}` : title), " ", sentence, element("span", "shapes", shapes)]);
    say(place.sum, mark, () => (stage.pieces && whole ? this.arithmetic() : []));
    say(place.said, mark, () => this.sayings(isTold, beat));
  }

  // The chosen cell's number at every step: of Python's own digits where they are about this cell, else of those computed here.
  arithmetic() {
    const { stages, query, key, T, dk, names } = this.scene, { data } = this.stage, at = query * T + key;
    const asking = element("span", "query", names[query]), asked = element("span", "key", names[key]);
    const [score, scaled, weight, part] = this.isTold ? data.digits
      : [written(stages.scores[at], 3), written(stages.scaled[at], 3), written(stages.weights[at], 4), share(stages.weights[at])];
    const bold = (text, name) => {
      if (!name) return element("b", {}, text);
      const button = element("button", { type: "button", class: "number", tabindex: -1, title: "Where this number comes from" }, text);
      button.onclick = () => this.stage.open(name);
      return button;
    };
    return [
      element("span", {}, asking, " · ", asked, " = q·k = ", bold(score, "scores")),
      element("span", {}, `÷ ${written(Math.sqrt(dk))} = `, bold(scaled, "scaled")),
      element("span", {}, "softmax → ", bold(weight, "weights")),
      element("span", {}, "so ", bold(part, "z"), " of v(", asked.cloneNode(true), ") goes into z(", asking.cloneNode(true), ")"),
      ...(this.isTold && data.special === "of-the-rest" ? [element("span", {}, "of the rest ", bold(share(stages.weights[at])))] : []),
    ];
  }

  sayings(isTold, beat) {
    const { stage } = this, { data, whatIf } = stage;
    if (whatIf) {
      const score = whatIf.score.toFixed(2);
      return [element("b", {}, "What if? "), `You pulled this score to ${score}; softmax and z follow. These are not the model’s numbers: Esc returns to its own.`];
    }
    if (!stage.pieces) return beat ? phraseElements(data.answer) : [];
    const surprise = beat >= 5 && this.scene.whole ? this.surprise() : [];
    if (!isTold) return surprise;
    const answer = beat === 6 ? [element("span", "saying", ...phraseElements(data.answer)), " "] : [];
    return [...answer, ...SAYS[beat].flatMap((name) => [element("span", "saying", ...phraseElements(data.says[name])), " "]), ...surprise];
  }

  // The word whose part of z differs most from its weight, where that is much: its value is short or long.
  surprise() {
    const { stages, query, T, dv, names } = this.scene, lengths = lengthsOf(stages, T, dv);
    const row = stages.weights.subarray(query * T, (query + 1) * T), parts = row.map((weight, word) => weight * lengths[word]);
    const all = parts.reduce((one, other) => one + other, 0), gap = (word) => parts[word] / all - row[word];
    const most = row.reduce((best, _, word) => (Math.abs(gap(word)) > Math.abs(gap(best)) ? word : best), 0);
    if (!all || Math.abs(gap(most)) < TELLING) return [];
    const only = gap(most) < 0;
    return [element("span", "saying", element("span", "key", names[most]), ` has ${share(row[most])} of the weight, but its value is ${only ? "short" : "long"}: `
      + `it brings ${only ? "only " : ""}${share(parts[most] / all)} of all |a·v|.`)];
  }

  showTable() {
    const { place, scene } = this;
    if (!place.table.open || !scene) return;
    place.table.querySelector(".rows").replaceChildren(tableOf(scene));
  }

  toggleCheck() {
    this.isChecking = !this.isChecking;
    this.compare.setAttribute("aria-checked", String(this.isChecking));
    this.place.check.replaceChildren();
    if (this.isChecking) this.showCheck();
  }

  async showCheck() {
    const line = await checkedLine(this.stage);
    if (this.isChecking && line) this.place.check.textContent = line;
  }

  speak() {
    const { stage, scene, place } = this;
    if (stage.t !== stage.goal) return;
    const { names, query, key, stages, T, beat } = scene, part = share(stages.weights[query * T + key]);
    place.live.textContent = `${headName(stage)}. Beat ${beat}, ${BEATS[beat]}. ${names[query]} to ${names[key]}: ${part}.`;
  }

  stop() {
    clearTimeout(this.speaking);
    removeEventListener("beforeprint", this.print);
  }
}

function headName({ at }) {
  return `Layer ${at.layer + 1}, head ${at.head + 1}`;
}

// The stops and the line between them. `moves`: {go(beat), scrub(t), play()}
function makeStops(root, moves) {
  const range = element("input", { type: "range", min: 0, max: BEATS.length - 1, step: "any", "aria-label": "Beat of the picture" });
  const play = element("button", { type: "button", class: "play", tabindex: -1, "aria-label": "Play from here" }, "▶");
  // The line is the way of the keyboard to them.
  const stops = BEATS.map((name, beat) => element("button", { type: "button", class: "stop", tabindex: -1 }, element("span", "count", `${beat}`), element("span", "name", name)));
  stops.forEach((stop, beat) => { stop.onclick = () => moves.go(beat); });
  range.oninput = () => moves.scrub(Number(range.value));
  play.onclick = () => moves.play();
  root.append(play, element("div", "track", range, element("div", "stops", ...stops)));
  return { range, play, stops };
}

function showStops({ range, play, stops }, t, beat, playing) {
  range.value = t;
  range.setAttribute("aria-valuetext", `${beat} ${BEATS[beat]}`);
  stops.forEach((stop, at) => (at === beat ? stop.setAttribute("aria-current", "step") : stop.removeAttribute("aria-current")));
  if (play.textContent !== (playing ? "❚❚" : "▶")) {
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Stop here" : "Play from here");
  }
}
