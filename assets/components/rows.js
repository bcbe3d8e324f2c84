// A table whose rows open something. data: {name, tall, columns: [{title, sort, wide, number}], rows: [{id, cells: [text]}], chosen,
// sides, a, b}; `sort` is "", "ascending" or "descending" of a column that rows can be ordered by. All text is shown as text.
// Reports {open: id}, {a: id}, {b: id} or {sort: column}. The arrow keys go from row to row, Enter opens.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".rows");
  const report = (what) => setTriggerValue("act", what);
  const inside = root.getRootNode();
  const held = [inside.activeElement?.dataset.row, inside.activeElement?.dataset.what, inside.activeElement?.dataset.sort];

  const make = (tag, text = "", attributes = {}) => {
    const element = document.createElement(tag);
    element.textContent = text;
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };

  const table = make("table", "", { "aria-label": data.name });
  const head = make("tr");
  data.columns.forEach((column, at) => {
    const cell = make("th", column.sort === undefined ? column.title : "", { scope: "col" });
    if (column.number) cell.className = "number";
    if (column.wide) cell.classList.add("wide");
    if (column.sort !== undefined) {
      cell.setAttribute("aria-sort", column.sort || "none");
      const arrow = { ascending: " ↑", descending: " ↓" }[column.sort] ?? "";
      const button = make("button", column.title + arrow, { type: "button", "data-sort": at, title: "Order by this column" });
      button.onclick = () => report({ sort: at });
      cell.append(button);
    }
    head.append(cell);
  });
  if (data.sides) head.append(make("th", "Compare", { scope: "col", class: "sides" }));
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  for (const { id, cells } of data.rows) {
    const row = make("tr");
    if (id === data.chosen) row.className = "chosen";
    cells.forEach((text, at) => {
      const { title, wide, number } = data.columns[at];
      if (!wide) return void row.append(make("td", text, { "data-title": title, ...(number && { class: "number" }) }));
      const cell = make("td", "", { class: "wide" });
      const open = make("button", text, { type: "button", dir: "auto", "data-row": id, "data-what": "open" });
      if (id === data.chosen) open.setAttribute("aria-current", "true");
      open.onclick = () => report({ open: id });
      cell.append(open);
      row.append(cell);
    });
    if (data.sides) {
      const cell = make("td", "", { class: "sides" });
      for (const side of ["a", "b"]) {
        const pressed = data[side] === id;
        const label = `${side.toUpperCase()}: compare row ${cells[0]}`;
        const button = make("button", side.toUpperCase(), {
          type: "button", "aria-pressed": pressed, "aria-label": label, "data-row": id, "data-what": side,
        });
        button.onclick = () => report({ [side]: id });
        cell.append(button);
      }
      row.append(cell);
    }
    body.append(row);
  }
  table.append(top, body);
  root.classList.toggle("tall", data.tall);
  root.classList.toggle("many", data.columns.length > 3); // too many to stand side by side on a phone
  root.replaceChildren(table);

  const opens = [...body.querySelectorAll("[data-what=open]")];
  root.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const at = opens.indexOf(inside.activeElement);
    if (!by || at < 0) return;
    event.preventDefault();
    opens[at + by]?.focus();
  };
  const [row, what, sort] = held; // the table is made anew; whoever walks through it by keyboard stays where they are
  if (sort !== undefined) root.querySelector(`[data-sort="${CSS.escape(sort)}"]`)?.focus();
  else if (row !== undefined) root.querySelector(`[data-row="${CSS.escape(row)}"][data-what="${CSS.escape(what)}"]`)?.focus();
}
