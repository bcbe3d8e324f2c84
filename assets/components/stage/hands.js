// What pointer and keyboard do. A part is what `partAt` finds: {part, row, column}.

import { arrow } from "../keys.js";

const DRAGGED = 5; // CSS pixels that make a click a drag
const A_PIXEL = 0.12; // of a score

// stage: {find(event), hover(pair), choose(pair), pull(score), state, pair, T, …}
export function handPointer(canvas, stage) {
  let held; // {y, part, score}
  const pairOf = ({ part, row, column }) => (part ? { query: row ?? stage.state.query, key: column ?? stage.state.key } : undefined);
  canvas.onpointermove = (event) => {
    if (held) {
      const by = held.y - event.clientY;
      if (held.score !== undefined && (held.dragged ||= Math.abs(by) > DRAGGED)) stage.pull(held.score + by * A_PIXEL);
      return;
    }
    if (event.pointerType !== "mouse") return;
    const found = stage.find(event);
    canvas.style.cursor = found.part ? "pointer" : "default";
    if (canPull(stage, found)) canvas.style.cursor = "ns-resize";
    stage.hover(pairOf(found));
  };
  canvas.onpointerleave = () => !held && stage.hover(undefined);
  canvas.onpointerdown = (event) => {
    if (event.button) return;
    const found = stage.find(event);
    held = { y: event.clientY, pair: pairOf(found) };
    if (canPull(stage, found) && event.pointerType !== "touch") {
      held.score = stage.scoreNow();
      canvas.setPointerCapture(event.pointerId);
      event.preventDefault();
      canvas.focus({ preventScroll: true });
    }
  };
  canvas.onpointerup = (event) => {
    const { dragged, pair, y } = held ?? {};
    held = undefined;
    if (pair && !dragged && Math.abs(event.clientY - y) < 12) stage.choose(pair);
  };
  canvas.onpointercancel = () => { held = undefined; };
}

// The chosen cell of the grid can be pulled up and down.
function canPull({ state, canPullNow }, { part, row, column }) {
  return part === "grid" && row === state.query && column === state.key && canPullNow();
}

export function handKeys(root, canvas, range, stage) {
  root.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = event.target, { state } = stage;
    const act = () => {
      if (event.key === "[" || event.key === "]") return stage.step("head", event.key === "]" ? 1 : -1);
      if (event.key === "{" || event.key === "}") return stage.step("layer", event.key === "}" ? 1 : -1);
      if (event.key === "PageDown" || event.key === "PageUp") return stage.go(Math.round(stage.goal) + (event.key === "PageDown" ? 1 : -1));
      if (event.key === "Escape") return stage.back();
      const step = arrow(event);
      if (step && (at === range || at.closest?.(".moves"))) return stage.go(Math.round(stage.goal) + step.right - step.down);
      if (at !== canvas) return false;
      if (event.key === " ") return stage.play();
      if (event.key === "Enter") return stage.open();
      if (step) return stage.choose({ query: stage.near(state.query, step.down), key: stage.near(state.key, step.right) });
      return false;
    };
    if (act() !== false) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

// A projector's remote sends keys to the page, where nothing has the focus: arrows, or what turns pages once the picture has begun.
export function handRemote(root, stage) {
  const follow = (event) => {
    if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 1, PageUp: -1 }[event.key], { top, bottom } = root.getBoundingClientRect();
    const isSeen = top < innerHeight / 2 && bottom > innerHeight / 2, turnsPages = event.key.startsWith("Page");
    if (!by || !isSeen || (turnsPages && stage.t === 0)) return;
    event.preventDefault();
    stage.go(Math.round(stage.goal) + by);
  };
  document.addEventListener("keydown", follow);
  return () => document.removeEventListener("keydown", follow);
}
