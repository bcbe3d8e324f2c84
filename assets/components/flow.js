// The way of a sentence through the encoder as a line of boxes; those that belong to a part of the page open it.
// data: {name, stops: [{title, text, part, chosen} | {name, remark, stops}]}; in a title "_O" is a small O set low.

import { element } from "./elements.js";

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".flow");
  const focused = [...root.querySelectorAll("button")].indexOf(parentElement.activeElement ?? root.getRootNode().activeElement);
  root.setAttribute("aria-label", data.name);
  root.replaceChildren(...data.stops.map((stop) => (stop.stops ? block(stop) : box(stop))));
  if (focused >= 0) root.querySelectorAll("button")[focused]?.focus();

  function block({ name, remark, stops }) {
    const head = element("b", "name", name, element("small", {}, remark));
    return element("li", "block", head, element("ol", {}, ...stops.map(box)));
  }

  function box({ title, text, part, chosen }) {
    const [before, after] = title.split("_O"), lines = text.split("\n");
    const said = [
      element("b", {}, before, ...(after === undefined ? [] : [element("sub", {}, "O"), after])),
      element("small", {}, ...lines.flatMap((line, at) => (at ? [element("br"), line] : [line]))),
    ];
    if (!part) return element("li", "stop", ...said);
    const button = element("button", { type: "button", "aria-pressed": String(chosen) }, ...said);
    button.onclick = () => setTriggerValue("part", part);
    return element("li", `stop opens${chosen ? " chosen" : ""}`, button);
  }
}
