// A table whose rows open something. data: {name, tall, columns: [{title, sort, wide, number}], rows: [{id, cells: [text]}], chosen,
// sides, a, b}; `sort` is "", "ascending" or "descending" of a column that rows can be ordered by. All text is shown as text.
// Reports {open: id}, {a: id}, {b: id} or {sort: column}. The arrow keys go from row to row, Enter opens.

import { element } from "./elements.js";
import { arrow } from "./keys.js";

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".rows");
  const report = (what) => setTriggerValue("act", what);
  const { row, what, sort } = parentElement.activeElement?.dataset ?? {};
  const table = element("table", { "aria-label": data.name },
    element("thead", {}, headings(data, report)),
    element("tbody", {}, ...data.rows.map((each) => line(each, data, report))));
  root.classList.toggle("tall", data.tall);
  root.classList.toggle("many", data.columns.length > 3); // too many to stand side by side on a phone
  root.replaceChildren(table);
  root.onkeydown = (event) => walk(event, [...root.querySelectorAll("[data-what=open]")], parentElement.activeElement);
  // The table is made anew; whoever walks through it by keyboard stays where they are.
  if (sort !== undefined) root.querySelector(`[data-sort="${CSS.escape(sort)}"]`)?.focus();
  else if (row !== undefined) root.querySelector(`[data-row="${CSS.escape(row)}"][data-what="${CSS.escape(what)}"]`)?.focus();
}

function headings({ columns, sides }, report) {
  const row = element("tr", {}, ...columns.map((column, at) => heading(column, at, report)));
  if (sides) row.append(element("th", { scope: "col", class: "sides" }, "Compare"));
  return row;
}

function heading({ title, sort, wide, number }, at, report) {
  const look = { scope: "col", class: [number && "number", wide && "wide"].filter(Boolean).join(" ") };
  if (sort === undefined) return element("th", look, title);
  const direction = { ascending: " ↑", descending: " ↓" }[sort] ?? "";
  const order = { type: "button", "data-sort": at, title: "Order by this column" };
  return element("th", { ...look, "aria-sort": sort || "none" },
    button(order, title + direction, () => report({ sort: at })));
}

function line({ id, cells }, data, report) {
  const isChosen = id === data.chosen;
  const row = element("tr", isChosen ? "chosen" : "", ...cells.map((text, at) => {
    const { title, wide, number } = data.columns[at];
    if (!wide) return element("td", { "data-title": title, class: number ? "number" : "" }, text);
    const open = { type: "button", dir: "auto", "data-row": id, "data-what": "open", "aria-current": isChosen || undefined };
    return element("td", "wide", button(open, text, () => report({ open: id })));
  }));
  if (data.sides) row.append(element("td", "sides", ...["a", "b"].map((side) => mark(side, id, cells[0], data, report))));
  return row;
}

// The button that makes a row one of the two that are compared.
function mark(side, id, name, data, report) {
  const letter = side.toUpperCase(), label = `${letter}: compare row ${name}`;
  const look = { type: "button", "aria-pressed": data[side] === id, "aria-label": label, "data-row": id, "data-what": side };
  return button(look, letter, () => report({ [side]: id }));
}

function button(attributes, text, act) {
  const made = element("button", attributes, text);
  made.onclick = act;
  return made;
}

function walk(event, opens, focused) {
  const by = arrow(event)?.down, at = opens.indexOf(focused);
  if (!by || at < 0) return;
  event.preventDefault();
  opens[at + by]?.focus();
}
