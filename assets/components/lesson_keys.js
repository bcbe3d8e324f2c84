// Keys that walk through a lesson, and its button for the full screen. data: {step, steps}
// → Space PageDown go on, ← PageUp back, Home and End to the ends, F fills the screen: what a presenter's remote sends, too.
// A swipe to the left goes on, one to the right back.

import { anew, unanswered } from "./answers.js";
import { askOnThemeChange } from "./theme.js";

const STEPS = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1, Home: -Infinity, End: Infinity };
const TYPING = "input, textarea, select, [contenteditable=true], [role=listbox], [role=slider], [role=combobox], [role=dialog]";
const PRESSED = "button, a, summary, [role=button], [role=option]"; // Space is theirs
const SWIPE = 60; // CSS pixels sideways, and at least twice as many as up or down
const ARROWS = ".sentence, [role=radiogroup]"; // the arrows are theirs

export default function ({ parentElement, data, setTriggerValue }) {
  askOnThemeChange(parentElement, setTriggerValue);
  return anew(parentElement, () => listen(parentElement, data, setTriggerValue));
}

function listen(parentElement, data, setTriggerValue) {
  const sent = unanswered(parentElement, data.step);
  let step = sent.at(-1) ?? data.step;
  const button = parentElement.querySelector("button");

  function fill() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.();
  }

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const within = (selector) => event.composedPath().some((one) => one.matches?.(selector));
    if (within(TYPING) || (event.key === " " && within(PRESSED)) || (event.key.startsWith("Arrow") && within(ARROWS))) return;
    if (event.key === "f" || event.key === "F") return fill();
    if (!(event.key in STEPS)) return;
    event.preventDefault(); // else the page would scroll
    go(STEPS[event.key]);
  }

  function go(by) {
    const to = Math.min(Math.max(step + by, 0), data.steps - 1);
    if (to === step) return;
    step = to;
    sent.push(to);
    setTriggerValue("step", to);
  }

  let from = null;
  const touched = ({ touches }) => { from = touches.length === 1 ? [touches[0].clientX, touches[0].clientY] : null; };
  function released(event) {
    if (!from || event.composedPath().some((one) => one.matches?.(TYPING))) return;
    const [{ clientX, clientY }] = event.changedTouches, right = clientX - from[0], down = clientY - from[1];
    from = null;
    if (Math.abs(right) >= SWIPE && Math.abs(right) > 2 * Math.abs(down)) go(right < 0 ? 1 : -1);
  }

  const named = () => (button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen");
  named();
  button.onclick = fill;
  document.addEventListener("keydown", pressed);
  document.addEventListener("touchstart", touched, { passive: true });
  document.addEventListener("touchend", released, { passive: true });
  document.addEventListener("fullscreenchange", named);
  return () => {
    document.removeEventListener("keydown", pressed);
    document.removeEventListener("touchstart", touched);
    document.removeEventListener("touchend", released);
    document.removeEventListener("fullscreenchange", named);
  };
}
