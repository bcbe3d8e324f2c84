// A sentence as words, with lines from one word to the others whose thickness and darkness are the weights.

import { element } from "./elements.js";
import { arrow, rove } from "./keys.js";

const LEAST = 0.004; // thinner lines cannot be seen
const SHARE_FROM = 0.03; // smaller shares would only be clutter under the words

// Lays the words into an element; `rowOf` gives the weights of a position, or undefined where they are not known, and `choose` is
// told which word was clicked. What comes back draws another choice: {draw, stop}.
export function laySentence(root, data, rowOf, choose) {
  const { words } = data;
  let { query, key } = data;
  root.classList.toggle("long", words.length > 24);
  root.setAttribute("aria-label", data.name);

  const hadFocus = Boolean(root.getRootNode().activeElement?.closest?.(".word"));
  root.replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  const svg = root.firstChild;
  svg.setAttribute("aria-hidden", "true");
  const items = words.map((word, position) => {
    const button = element("button", { type: "button", title: word.note }, word.label), share = element("span", "share");
    const item = element("div", "word", button, share);
    item.classList.toggle("special", word.special);
    item.classList.toggle("piece", word.piece);
    item.classList.toggle("before-piece", Boolean(words[position + 1]?.piece));
    root.append(item);
    return { item, button, share };
  });
  // Whoever points at a word sees its lines, while all else on the page goes on about the word that was chosen: this says so.
  const hint = element("p", { class: "hint", "aria-hidden": "true" });
  root.append(hint);

  // As in Python: never 0 or 100 for what is neither.
  function percent(share) {
    if (share < 0.0005) return share > 0 ? "under 0.1 %" : "0.0 %";
    return share >= 0.9995 && share < 1 ? "over 99.9 %" : `${(100 * share).toFixed(1)} %`;
  }

  function line(from, to, weight) {
    const [p, q] = [items[from], items[to]].map(({ item, button }) => ({
      x: item.offsetLeft + button.offsetLeft + button.offsetWidth / 2, y: item.offsetTop + button.offsetTop, h: button.offsetHeight,
    }));
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    let d;
    if (from === to) {
      d = `M${p.x - 7},${p.y} C${p.x - 22},${p.y - 34} ${p.x + 22},${p.y - 34} ${p.x + 7},${p.y}`;
    } else if (Math.abs(p.y - q.y) < 4) {
      const room = p.y < 130 ? p.y * 1.22 : 62; // the first row of words has the headroom, the others the gap above
      const rise = Math.min(room, 22 + 0.22 * Math.abs(p.x - q.x));
      d = `M${p.x},${p.y} C${p.x},${p.y - rise} ${q.x},${q.y - rise} ${q.x},${q.y}`;
    } else {
      const down = q.y > p.y;
      const below = items[from].share.offsetHeight; // lines begin under the share, not across it
      const y1 = down ? p.y + p.h + below : p.y, y2 = down ? q.y : q.y + q.h + below;
      const bend = (y2 - y1) * 0.5;
      d = `M${p.x},${y1} C${p.x},${y1 + bend} ${q.x},${y2 - bend} ${q.x},${y2}`;
    }
    path.setAttribute("d", d);
    path.style.strokeWidth = Math.max(0.6, 13 * weight);
    path.style.opacity = Math.min(0.16 + 0.8 * weight, 0.9);
    svg.append(path);
  }

  // On one line that is longer than the screen the word that asks stays in sight.
  function reveal({ item }) {
    const start = item.offsetLeft - root.scrollLeft;
    if (start < 0 || start + item.offsetWidth > root.clientWidth) root.scrollLeft = item.offsetLeft + (item.offsetWidth - root.clientWidth) / 2;
  }

  let shown = query;
  function draw(from) {
    shown = from;
    root.classList.toggle("previews", from !== query);
    hint.replaceChildren(...(from === query ? [] : ["Only pointed at: ", element("b", {}, words[from].label),
      ". Click to ask from it; what is said below is of ", element("b", {}, words[query].label), "."]));
    const row = rowOf(from);
    root.classList.remove("single");
    const tops = new Set(items.map(({ item }) => item.offsetTop));
    root.classList.toggle("single", tops.size === 1);
    svg.replaceChildren();
    svg.setAttribute("height", 0); // or its own height would count in what it is measured against
    svg.setAttribute("width", root.clientWidth);
    svg.setAttribute("height", root.scrollHeight);
    const most = row.indexOf(Math.max(...row));
    row.map((weight, to) => [weight, to]).sort((a, b) => a[0] - b[0])
      .forEach(([weight, to]) => weight >= LEAST && line(from, to, weight));
    items.forEach(({ item, button, share }, to) => {
      item.classList.toggle("query", to === from);
      item.classList.toggle("key", to === key && from === query);
      share.textContent = row[to] >= SHARE_FROM ? percent(row[to]) : "";
      share.classList.toggle("most", to === most);
      button.setAttribute("aria-pressed", String(to === from));
      button.setAttribute("aria-label", `${words[to].label}, word ${to + 1}: gets ${percent(row[to])}`);
      button.tabIndex = to === from ? 0 : -1;
    });
    if (from === query && root.scrollWidth > root.clientWidth) reveal(items[query]);
  }

  const show = (position) => rowOf(position) && draw(position);
  const clicked = (position) => {
    show(position);
    choose(position);
  };
  items.forEach(({ button }, position) => {
    button.onclick = () => clicked(position);
    button.onpointerenter = (event) => event.pointerType === "mouse" && show(position);
    button.onkeydown = (event) => {
      const step = arrow(event);
      const to = event.key === "Home" ? 0 : event.key === "End" ? items.length - 1 : step && position + step.right + step.down;
      if (to === undefined || !items[to]) return;
      event.preventDefault();
      rove(items.map((item) => item.button), items[to].button);
      items[to].button.focus();
    };
  });
  root.onpointerleave = () => draw(query);
  draw(query);
  const at = items[query].item;
  if (root.scrollHeight > root.clientHeight) root.scrollTop = at.offsetTop - root.clientHeight / 2;
  if (hadFocus) items[query].button.focus({ preventScroll: true });
  const observer = new ResizeObserver(() => draw(shown));
  observer.observe(root);
  const redraw = (chosen) => {
    ({ query, key } = chosen);
    draw(query);
  };
  return { redraw, stop: () => observer.disconnect() };
}
