// Links to all pages of the app, which open on the present view; those of later groups wait behind one button, and where there is
// little room, all of them.
// data, as JSON in bytes: {groups: [{name, links: [{title, href, present}]}], text}; `text` is the sentence that is shown.
// A plain click goes as Back and Forward do, which keeps the session; any other way to open a link takes its address.
// As the one component of every page it also looks after the page's charts.

import { anew } from "./answers.js";
import { dressCharts } from "./charts.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { joinSteps, stepTo } from "./steps.js";
import { askOnThemeChange } from "./theme.js";

const PATIENCE = 10_000; // milliseconds that a click waits for the sentence to be read
const LONGEST_TYPED = 4000; // characters of a sentence that goes along before it is entered

export default function ({ parentElement, data, setTriggerValue }) {
  askOnThemeChange(parentElement, setTriggerValue);
  joinSteps();
  return anew(parentElement, () => {
    const read = unpacked(data), stops = [list(parentElement, read), dressCharts(read.text)];
    return () => stops.forEach((stop) => stop());
  });
}

// The address behind a link, on the sentence that stands in the box, also where it was typed and not yet entered.
function fresh(href, shown) {
  const typed = document.querySelector(".st-key-text input")?.value, address = new URL(href, document.baseURI);
  if (typed === undefined || typed === shown || !typed.trim() || typed.length > LONGEST_TYPED) return address.href;
  address.searchParams.set("text", typed);
  for (const name of ["query", "key"]) address.searchParams.delete(name); // another sentence has other words
  return address.href;
}

function go(address) {
  stepTo(address);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

function list(parentElement, { groups, text }) {
  const root = parentElement.querySelector("nav"), narrow = matchMedia("(max-width: 640px), (max-height: 480px)");
  const wasOpen = Boolean(root.querySelector("details")?.open);

  function anchor({ title, href, present }) {
    const link = element("a", { href, "aria-current": present ? "page" : undefined }, title);
    const refresh = () => { link.href = fresh(href, text); };
    link.onpointerdown = refresh;
    link.onfocus = refresh;
    link.onclick = (event) => {
      refresh();
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      root.querySelectorAll("details").forEach((group) => { group.open = false; });
      if (present) return;
      // A sentence that was typed is entered by this very click: whoever went before that was answered would be called back.
      if (link.href === new URL(href, document.baseURI).href) go(link.href);
      else root.waiting = { title, since: performance.now() };
    };
    return link;
  }

  const { waiting } = root, awaited = waiting && groups.flatMap(({ links }) => links).find(({ title }) => title === waiting.title);
  if (awaited) {
    root.waiting = undefined;
    if (performance.now() - waiting.since < PATIENCE) go(new URL(awaited.href, document.baseURI).href);
  }

  function menu({ name, links }, isAll = false) {
    const present = links.find((link) => link.present);
    const summary = element("summary", isAll ? { class: "all", "aria-label": "All pages" } : present ? "present" : "", isAll ? "☰" : name);
    const group = element("details", {}, summary, element("div", {}, ...links.map(anchor)));
    group.open = wasOpen;
    group.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      group.open = false;
      summary.focus();
    };
    group.onfocusout = ({ relatedTarget }) => { if (relatedTarget && !group.contains(relatedTarget)) group.open = false; };
    return group;
  }

  function lay() {
    const [first, ...others] = groups;
    if (narrow.matches) root.replaceChildren(menu({ links: groups.flatMap(({ links }) => links) }, true));
    else root.replaceChildren(...first.links.map(anchor), ...others.map((group) => menu(group)));
  }
  lay();
  narrow.addEventListener("change", lay);

  const close = (event) => {
    if (!event.composedPath().includes(root)) root.querySelectorAll("details").forEach((group) => { group.open = false; });
  };
  document.addEventListener("pointerdown", close);
  return () => {
    document.removeEventListener("pointerdown", close);
    narrow.removeEventListener("change", lay);
  };
}
