// Links to all pages of the app, which open on the present view; those of later groups wait behind one button, and where there is
// little room, all of them.
// data, as JSON in bytes: {groups: [{name, links: [{title, href, present}]}]}
// A plain click goes as Back and Forward do, which keeps the session; any other way to open a link takes its address.

import { anew } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { askOnThemeChange } from "./theme.js";

export default function ({ parentElement, data, setTriggerValue }) {
  askOnThemeChange(parentElement, setTriggerValue);
  return anew(parentElement, () => list(parentElement, data));
}

function list(parentElement, data) {
  const root = parentElement.querySelector("nav"), narrow = matchMedia("(max-width: 640px), (max-height: 480px)");
  const wasOpen = Boolean(root.querySelector("details")?.open);

  function anchor({ title, href, present }) {
    const link = element("a", { href, "aria-current": present ? "page" : undefined }, title);
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      root.querySelectorAll("details").forEach((group) => { group.open = false; });
      if (present) return;
      history.pushState(null, "", link.href);
      window.dispatchEvent(new PopStateEvent("popstate"));
    };
    return link;
  }

  function menu({ name, links }, isAll = false) {
    const present = links.find((link) => link.present);
    const summary = element("summary", isAll ? { class: "all", "aria-label": "All pages" } : present ? "present" : "", isAll ? "☰" : present?.title ?? name);
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
    const { groups } = unpacked(data), [first, ...others] = groups;
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
