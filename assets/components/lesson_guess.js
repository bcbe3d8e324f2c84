// What a reader predicts: one of some options, by a click or its number on the keyboard, or a number that is typed.
// data, as JSON in bytes: {options: [text], words, label, unit, ends: [low, high], given, open, right}; `given` and `right` are
// places of options or numbers, or null. Reports {guess}: the place of an option, or a number.

import { anew } from "./answers.js";
import { unpacked } from "./data.js";
import { element } from "./elements.js";

const TYPED_IN = "input, textarea, select, [contenteditable=true], [role=listbox], [role=combobox], [role=dialog]";

export default function ({ parentElement, data, setTriggerValue }) {
  return anew(parentElement, () => ask(parentElement.querySelector(".guess"), unpacked(data), setTriggerValue));
}

function ask(root, data, setTriggerValue) {
  root.setAttribute("aria-label", data.label);
  root.classList.toggle("words", data.words);
  const report = (guess) => setTriggerValue("guess", guess);
  return data.ends ? askNumber(root, data, report) : askOption(root, data, report);
}

function askOption(root, { options, words, given, open, right }, report) {
  const inFocus = [...root.querySelectorAll("button")].indexOf(root.getRootNode().activeElement);
  let chosen = given;
  const buttons = options.map((text, at) => {
    const number = words ? [] : [element("span", { class: "number", "aria-hidden": "true" }, String(at + 1))];
    const button = element("button", { type: "button" }, ...number, text);
    button.onclick = () => choose(at);
    button.onkeydown = (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!by || !buttons[at + by]) return;
      event.preventDefault();
      buttons[at + by].focus();
    };
    return button;
  });
  function draw() {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-pressed", String(at === chosen));
      button.disabled = !open;
      button.classList.toggle("right", !open && at === right);
      button.classList.toggle("wrong", !open && at === chosen && at !== right);
    });
  }
  function choose(at) {
    if (!open) return;
    chosen = at;
    draw();
    report(at);
  }
  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || words) return;
    if (event.composedPath().some((one) => one.matches?.(TYPED_IN))) return;
    const at = Number(event.key) - 1;
    if (Number.isInteger(at) && at >= 0 && at < options.length) choose(at);
  }
  root.replaceChildren(...buttons);
  draw();
  buttons[inFocus]?.focus({ preventScroll: true });
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

function askNumber(root, { ends: [low, high], unit, given, label }, report) {
  const input = element("input", { type: "text", inputmode: "decimal", autocomplete: "off", maxlength: 12, "aria-label": `${label}, ${unit}` });
  input.value = given === null ? "" : String(given).replace("-", "−");
  const said = element("span", { class: "told", role: "status" }), keep = element("button", { type: "button" }, "Keep");
  function kept() {
    const number = Number(input.value.trim().replace("−", "-").replace(",", ".").replace(/\s*%$/, ""));
    const fits = input.value.trim() !== "" && number >= low && number <= high;
    said.textContent = fits ? "Kept." : `Give a number from ${String(low).replace("-", "−")} to ${high.toLocaleString("en")}.`;
    input.setAttribute("aria-invalid", String(!fits));
    if (!fits) return;
    input.blur();
    report(number);
  }
  keep.onclick = kept;
  input.onkeydown = (event) => event.key === "Enter" && kept();
  if (given !== null) said.textContent = "Kept.";
  root.replaceChildren(element("label", {}, element("span", {}, `${label}, ${unit}`), input), keep, said);
  return () => {};
}
