// Bars that show how they come about, when their button is pressed. data, as JSON in bytes: {table: html, moves: [{said, lines:
// [[length from 0 to 1, number]]}]}; the table is Python's own HTML, in which the page's style sheet applies.

import { anew } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";

const PAUSE = 1100; // milliseconds between two moves

export default function ({ parentElement, data }) {
  return anew(parentElement, () => lay(parentElement.querySelector(".bars"), unpacked(data)));
}

function lay(root, { table, moves }) {
  const said = element("span", { role: "status" }), button = element("button", { type: "button" }, "▶ Show how");
  const drawn = element("div", "drawn");
  drawn.innerHTML = table;
  root.replaceChildren(drawn, element("p", "play", button, said));
  const rows = [...drawn.querySelectorAll("tr")].map((row) => [row.querySelector(".bar span"), row.lastElementChild]);
  let timer = 0;
  function show(at) {
    moves[at].lines.forEach(([size, text], line) => {
      rows[line][0].style.width = `${100 * size}%`;
      rows[line][1].textContent = text;
    });
    said.textContent = moves[at].said;
    if (at + 1 < moves.length) timer = setTimeout(() => show(at + 1), PAUSE);
    else button.textContent = "▶ Again";
  }
  button.onclick = () => {
    clearTimeout(timer);
    show(matchMedia("(prefers-reduced-motion: reduce)").matches ? moves.length - 1 : 0);
  };
  return () => clearTimeout(timer);
}
