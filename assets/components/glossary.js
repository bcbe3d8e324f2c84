// The glossary: a tap, Enter or Space on a word marked as .term opens what it means; the button opens all terms.
// data, as JSON in bytes: {common: [names of the address that go along], terms: [{term, text, page, href, fields}]}

import { anew } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";

const EDGE = 8; // CSS pixels between the box and the window's edges

export default function ({ parentElement, data }) {
  return anew(parentElement, () => explain(parentElement.querySelector(".glossary"), unpacked(data)));
}

function explain(root, { common, terms }) {
  const known = new Map(terms.map((one) => [one.term, one]));
  const button = element("button", { type: "button", "aria-haspopup": "dialog", "aria-label": "Glossary, A–Z" }, "Glossary");
  const box = element("div", { class: "box", role: "dialog", "aria-label": "Glossary", tabindex: "-1" });
  box.hidden = true;
  root.replaceChildren(button, box);
  let opener = null;

  function address({ href, fields }) {
    const now = new URLSearchParams(location.search), asked = new URLSearchParams();
    for (const name of common) if (now.has(name)) asked.set(name, now.get(name));
    for (const [name, value] of Object.entries(fields)) asked.set(name, value);
    return asked.size ? `${href}?${asked}` : href;
  }

  // As Back and Forward do, which keeps the session; any other way to open a link takes its address.
  function link(one) {
    const anchor = element("a", { href: address(one) }, one.fields.card ? `${one.page}, card ${one.fields.card}` : one.page);
    anchor.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      shut();
      history.pushState(null, "", anchor.href);
      window.dispatchEvent(new PopStateEvent("popstate"));
    };
    return anchor;
  }

  const entry = (one) => element("section", {}, element("p", {}, element("b", {}, one.term), " ", one.text), element("p", "see", "See: ", link(one)));

  function open(from, shown, isList) {
    opener = from;
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    close.onclick = () => shut(true);
    box.replaceChildren(close, ...shown.map(entry));
    box.classList.toggle("list", isList);
    box.hidden = false;
    const at = from.getBoundingClientRect(), { width, height } = box.getBoundingClientRect();
    const below = at.bottom + EDGE + height <= innerHeight;
    box.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - width - EDGE))}px`;
    box.style.top = `${Math.max(EDGE, below ? at.bottom + EDGE / 2 : at.top - height - EDGE / 2)}px`;
    box.focus({ preventScroll: true });
  }

  function shut(back = false) {
    if (box.hidden) return;
    box.hidden = true;
    if (back) opener?.focus({ preventScroll: true });
  }

  const termOf = (event) => event.composedPath().find((one) => one.classList?.contains("term"));
  function asked(event) {
    const at = termOf(event), one = at && known.get(at.dataset.term);
    if (!one) return false;
    event.preventDefault();
    open(at, [one], false);
    return true;
  }
  function clicked(event) {
    if (!asked(event) && !event.composedPath().includes(root)) shut();
  }
  function pressed(event) {
    if (event.key === "Escape" && !box.hidden) {
      event.stopPropagation();
      shut(true);
    } else if (event.key === "Enter" || event.key === " ") {
      asked(event);
    }
  }

  const sorted = [...terms].sort((one, other) => one.term.replace(/\W/g, "").localeCompare(other.term.replace(/\W/g, "")));
  button.onclick = () => box.hidden ? open(button, sorted, true) : shut(true);
  document.addEventListener("click", clicked);
  document.addEventListener("keydown", pressed, true);
  return () => {
    document.removeEventListener("click", clicked);
    document.removeEventListener("keydown", pressed, true);
  };
}
