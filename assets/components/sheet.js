// Small matrices to type into. Where there are products, each matrix stands above, X on the left, and X times it where they cross.
// data: {version, words, products: [{name of the matrix above, symbol, role, cells: [[text]], row, column}], matrices: [{name, symbol, title, role, columns, rows, rowWords, columnWords,
// cells: [[text]], bad: [[row, column]], rowMarks: {row: role}, columnMarks: {column: role}}], badWords: [position], limits}
// Reports everything that stands in the cells, so that no earlier report matters: {version, words, cells: {name: [[text]]}}.
// What is being typed is never overwritten: cells are made anew only for another version, when Python itself changed the sheet.

import { element } from "./elements.js";
import { arrow } from "./keys.js";

const PAUSE = 450; // milliseconds without a key until what was typed is computed

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  const state = (parentElement.sheet ??= {});
  state.report = (payload) => setTriggerValue("typed", payload);
  if (state.version !== data.version) {
    clearTimeout(state.timer);
    state.version = data.version;
    build();
  }
  mark();

  function report() {
    clearTimeout(state.timer);
    const payload = { version: state.version, words: state.words.map(({ value }) => value), cells: {} };
    for (const [name, lines] of Object.entries(state.cells)) payload.cells[name] = lines.map((line) => line.map(({ value }) => value));
    const text = JSON.stringify(payload);
    if (text === state.sent) return;
    state.sent = text;
    state.report(payload);
  }

  function typed() {
    clearTimeout(state.timer);
    state.timer = setTimeout(report, PAUSE);
    names();
  }

  function field(value, longest, label) {
    const quiet = { autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
    const input = element("input", { type: "text", maxlength: longest, "aria-label": label, ...quiet });
    input.value = value;
    input.addEventListener("input", typed);
    input.addEventListener("change", report);
    input.addEventListener("focus", () => input.select());
    return input;
  }

  function move(event, lines, row, column) {
    const by = event.key === "Enter" ? 1 : arrow(event)?.down;
    if (!by) return;
    event.preventDefault();
    if (event.key === "Enter") report();
    lines[row + by]?.[column]?.focus();
  }

  // A block copied from a spreadsheet fills the cells from here on.
  function paste(event, lines, row, column) {
    const block = event.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(block)) return;
    event.preventDefault();
    block.split("\n").forEach((line, down) => line.split("\t").forEach((text, right) => {
      const cell = lines[row + down]?.[column + right];
      if (cell) cell.value = text.trim().slice(0, data.limits.cell);
    }));
    report();
  }

  function build() {
    state.words = [];
    state.cells = {};
    state.labels = []; // headings that repeat a word: [element, position]
    state.sent = null;
    const cards = data.matrices.map((matrix, index) => card(matrix, index === 0));
    state.products = data.products.map(product);
    root.classList.toggle("crossing", data.products.length > 0);
    if (data.products.length) {
      const [left, ...above] = cards;
      root.replaceChildren(element("p", "hint", "Each row of X meets each column of the matrix above; their product stands where they cross."),
        ...above, left, ...state.products.map(({ figure }) => figure));
    } else {
      root.replaceChildren(...cards);
    }
    names();
  }

  function card(matrix, owner) {
    const shape = `[${matrix.cells.length} × ${matrix.columns}]`;
    const title = element("p", {}, element("b", {}, matrix.symbol), element("span", {}, shape), element("small", {}, matrix.title));
    const table = element("table");
    const head = table.createTHead().insertRow();
    head.append(element("td"));
    for (let column = 0; column < matrix.columns; column += 1) head.append(heading("col", matrix.columnWords, column));
    const body = table.createTBody(), lines = (state.cells[matrix.name] = []);
    matrix.cells.forEach((texts, row) => {
      const line = body.insertRow(), cells = [];
      if (matrix.rowWords && owner) {
        const word = field(data.words[row], data.limits.word, `Word ${row + 1}`);
        word.className = "word";
        word.addEventListener("keydown", (event) => move(event, state.words.map((one) => [one]), row, 0));
        state.words.push(word);
        line.append(element("th", { scope: "row" }, word));
      } else {
        line.append(heading("row", matrix.rowWords, row));
      }
      texts.forEach((text, column) => {
        const cell = field(text, data.limits.cell, `${matrix.symbol}, row ${row + 1}, column ${column + 1}`);
        cell.addEventListener("keydown", (event) => move(event, lines, row, column));
        cell.addEventListener("paste", (event) => paste(event, lines, row, column));
        cells.push(cell);
        line.insertCell().append(cell);
      });
      lines.push(cells);
    });
    const label = `${matrix.symbol}, ${matrix.title}`;
    const figure = element("section", { class: `matrix ${matrix.role}-role`, "aria-label": label }, title, element("div", {}, table));
    figure.style.setProperty("--columns", matrix.columns);
    return figure;
  }

  // X times the matrix above, to be read only.
  function product({ symbol, role, cells }) {
    const shape = `[${cells.length} × ${cells[0].length}]`;
    const title = element("p", {}, element("b", {}, symbol), element("span", {}, shape), element("small", {}, `= X · W_${symbol}`));
    const table = element("table"), body = table.createTBody();
    const made = cells.map((line, row) => {
      const place = body.insertRow();
      place.append(heading("row", true, row));
      return line.map(() => place.insertCell());
    });
    const figure = element("section", { class: `matrix product ${role}-role`, "aria-label": `${symbol}, computed` }, title, element("div", {}, table));
    figure.style.setProperty("--columns", cells[0].length);
    return { figure, cells: made };
  }

  function heading(scope, isWord, position) {
    const place = element("th", { scope }, position + 1);
    if (isWord) state.labels.push([place, position]);
    return place;
  }

  function names() {
    for (const [place, position] of state.labels) place.textContent = place.title = state.words[position].value;
  }

  function mark() {
    for (const matrix of data.matrices) {
      const bad = new Set(matrix.bad.map(String));
      state.cells[matrix.name].forEach((line, row) => line.forEach((cell, column) => {
        const wrong = bad.has(`${row},${column}`);
        cell.setAttribute("aria-invalid", wrong);
        cell.parentElement.className = matrix.rowMarks[row] ?? matrix.columnMarks[column] ?? "";
      }));
    }
    data.products.forEach(({ cells, row, column, role }, at) => state.products[at].cells.forEach((line, down) => {
      line.forEach((cell, right) => {
        cell.textContent = cells[down][right];
        cell.className = down === row ? (right === column ? `${role} crossed` : role) : "";
      });
    }));
    state.words.forEach((word, position) => word.setAttribute("aria-invalid", data.badWords.includes(position)));
  }
}
