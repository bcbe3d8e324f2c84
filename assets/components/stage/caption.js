// The words below the picture: what the beat is, the line of arithmetic, and what the numbers say; and the seven stops.

import { element } from "../elements.js";
import { BEATS } from "./beats.js";
import { share, written } from "./numbers.js";

// Words with their roles, as Python sends them: texts, or [role, text].
export function phraseElements(phrase) {
  return phrase.map((part) => (typeof part === "string" ? part : element("span", part[0], part[1])));
}

// Replaces what an element holds only where it says something else, so that readers of the screen hear it once.
export function say(place, mark, make) {
  if (place.dataset.mark === mark) return;
  place.dataset.mark = mark;
  place.replaceChildren(...make());
}

// The stops and the line between them. `moves`: {go(beat), scrub(t), play()}
export function makeStops(root, moves) {
  const range = element("input", { type: "range", min: 0, max: BEATS.length - 1, step: "any", "aria-label": "Beat of the picture" });
  const play = element("button", { type: "button", class: "play", "aria-label": "Play from here" }, "▶");
  const stops = BEATS.map((name, beat) => element("button", { type: "button", class: "stop" }, element("span", "count", `${beat}`), element("span", "name", name)));
  stops.forEach((stop, beat) => { stop.onclick = () => moves.go(beat); });
  range.oninput = () => moves.scrub(Number(range.value));
  play.onclick = () => moves.play();
  root.append(play, element("div", "track", range, element("div", "stops", ...stops)));
  return { range, play, stops };
}

export function showStops({ range, play, stops }, t, beat, playing) {
  range.value = t;
  range.setAttribute("aria-valuetext", `${beat} ${BEATS[beat]}`);
  stops.forEach((stop, at) => (at === beat ? stop.setAttribute("aria-current", "step") : stop.removeAttribute("aria-current")));
  if (play.textContent !== (playing ? "❚❚" : "▶")) {
    play.textContent = playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", playing ? "Stop here" : "Play from here");
  }
}

// The chosen cell's number at every step: of the sentence's own digits where they are Python's, else of those computed here.
export function arithmetic({ stages, query, key, T, dk, names, digits }) {
  const at = query * T + key, asking = element("span", "query", names[query]), asked = element("span", "key", names[key]);
  const own = digits ?? [written(stages.scores[at], 3), written(stages.scaled[at], 3), written(stages.weights[at], 4), share(stages.weights[at])];
  const bold = (text) => element("b", {}, text);
  return [
    element("span", {}, asking, " · ", asked, " = q·k = ", bold(own[0])),
    element("span", {}, `÷ ${written(Math.sqrt(dk))} = `, bold(own[1])),
    element("span", {}, "softmax → ", bold(own[2])),
    element("span", {}, "so ", bold(own[3]), " of v(", asked.cloneNode(true), ") goes into z(", asking.cloneNode(true), ")"),
  ];
}
