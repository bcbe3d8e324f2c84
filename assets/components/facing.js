// Two sentences that face each other: lines from each French word to the English ones, as thick and dark as the weights.
// data, as JSON in bytes: {english: [{label, special, piece}], french: [{label, special, piece, given}], rows: [weights, …],
// step, name}; rows[i] are the weights of the English words while French word i is written.
// Pointing at a French word previews it; clicking it, or the arrow keys on it, chooses its step.

import { anew, unanswered } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { arrow, rove } from "./keys.js";

const LEAST = 0.004; // thinner lines cannot be seen
const BEHIND = 0.12; // smaller weights of the other words would only be clutter
const SHARE_FROM = 0.03; // smaller shares, too
const LONG = 18; // words of a side

export default function ({ parentElement, data: bytes, setTriggerValue }) {
  const data = unpacked(bytes), root = parentElement.querySelector(".facing");
  return anew(parentElement, () => face(parentElement, root, data, setTriggerValue));
}

function face(parentElement, root, data, setTriggerValue) {
  const { english, french, rows, name } = data;
  const sent = unanswered(parentElement, data.step);
  let chosen = sent.at(-1) ?? data.step;
  if (!rows[chosen]) chosen = data.step;
  const hadFocus = Boolean(root.getRootNode().activeElement?.closest?.(".french"));
  root.setAttribute("aria-label", name);
  root.classList.toggle("long", Math.max(english.length, french.length) > LONG);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const above = english.map((word, at) => put(word, english[at + 1], element("span", "box", word.label), true));
  const below = french.map((word, at) => put(word, french[at + 1], element("button", { type: "button", class: "box" }, word.label), false));
  const line = (side, words) => element("div", `line ${side.toLowerCase()}`, element("span", "name", side), ...words.map(({ item }) => item));
  root.replaceChildren(svg, line("English", above), line("French", below));

  function draw(step) {
    svg.replaceChildren();
    svg.setAttribute("width", root.clientWidth);
    svg.setAttribute("height", 0); // or its own height would count in what it is measured against
    svg.setAttribute("height", root.scrollHeight);
    rows.forEach((row, at) => at !== step && row.forEach((weight, to) => weight >= BEHIND && link(at, to, weight, 0.25)));
    const row = rows[step], most = row.indexOf(Math.max(...row));
    row.forEach((weight, to) => weight >= LEAST && link(step, to, weight, 1));
    above.forEach(({ item, share }, to) => {
      item.classList.toggle("most", to === most);
      share.textContent = row[to] >= SHARE_FROM ? percent(row[to]) : "";
    });
    below.forEach(({ item, box }, at) => {
      item.classList.toggle("writing", at === step);
      item.classList.toggle("unwritten", at > step);
      box.setAttribute("aria-pressed", String(at === step));
      box.setAttribute("aria-label", `Step ${at + 1}: ${french[at].label}`);
      box.tabIndex = at === step ? 0 : -1;
    });
  }

  function link(from, to, weight, strength) {
    const p = middle(below[from].box, "top"), q = middle(above[to].share, "bottom");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path"), bend = (p.y - q.y) * 0.5;
    path.setAttribute("d", `M${p.x},${p.y} C${p.x},${p.y - bend} ${q.x},${q.y + bend} ${q.x},${q.y}`);
    path.style.strokeWidth = Math.max(0.6, 13 * weight * (strength < 1 ? 0.5 : 1));
    path.style.opacity = strength * Math.min(0.2 + 0.75 * weight, 0.9);
    svg.append(path);
  }

  function middle(part, edge) {
    const box = part.getBoundingClientRect(), around = root.getBoundingClientRect();
    return { x: box.left + box.width / 2 - around.left, y: box[edge] - around.top };
  }

  function choose(step) {
    chosen = step;
    sent.push(step);
    draw(step);
    setTriggerValue("step", step);
  }

  below.forEach(({ box }, at) => {
    box.onclick = () => choose(at);
    box.onpointerenter = (event) => event.pointerType === "mouse" && draw(at);
    box.onkeydown = (event) => {
      const step = arrow(event);
      const to = event.key === "Home" ? 0 : event.key === "End" ? below.length - 1 : step && at + step.right + step.down;
      if (to === undefined || !below[to]) return;
      event.preventDefault();
      rove(below.map((word) => word.box), below[to].box);
      below[to].box.focus();
      choose(to);
    };
  });
  root.onpointerleave = () => draw(chosen);
  draw(chosen);
  if (hadFocus) below[chosen].box.focus({ preventScroll: true });
  const observer = new ResizeObserver(() => draw(chosen));
  observer.observe(root);
  return () => observer.disconnect();
}

// A word with room for its share, above or below the lines.
function put(word, next, box, hasShare) {
  const share = element("span", "share"), item = element("div", "word", box, ...(hasShare ? [share] : []));
  item.classList.toggle("special", word.special);
  item.classList.toggle("piece", word.piece);
  item.classList.toggle("given", Boolean(word.given));
  item.classList.toggle("before-piece", Boolean(next?.piece));
  return { item, box, share };
}

// As in Python: never 0 or 100 for what is neither.
function percent(share) {
  if (share < 0.0005) return share > 0 ? "under 0.1 %" : "0.0 %";
  return share >= 0.9995 && share < 1 ? "over 99.9 %" : `${(100 * share).toFixed(1)} %`;
}
