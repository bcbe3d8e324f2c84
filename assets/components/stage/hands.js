// What pointer and keyboard do. A part is what `partAt` finds: {part, row, column}.

import { arrow, rove } from "../keys.js";

const DRAGGED = 5; // CSS pixels that make a click a drag
const A_PIXEL = 0.12; // of a score
const PULL = 0.5; // of a score, by a key

// stage: {find(event), hover(pair), choose(pair), pull(score), state, pair, T, …}
export function handPointer(canvas, stage) {
  let held; // {y, part, score}
  const pairOf = ({ part, row, column }) => (part ? { query: row ?? stage.state.query, key: column ?? stage.state.key } : undefined);
  canvas.onpointermove = (event) => {
    if (held) {
      const by = held.along === "x" ? event.clientX - held.x : held.y - event.clientY;
      if (held.score !== undefined && (held.dragged ||= Math.abs(by) > DRAGGED)) stage.pull(held.score + by * A_PIXEL);
      return;
    }
    if (event.pointerType !== "mouse") return;
    const found = stage.find(event);
    canvas.style.cursor = found.part ? "pointer" : "default";
    if (stage.pullsAlong(found)) canvas.style.cursor = "ns-resize";
    stage.hover(pairOf(found));
  };
  canvas.onpointerleave = () => !held && stage.hover(undefined);
  canvas.onpointerdown = (event) => {
    if (event.button) return;
    const found = stage.find(event);
    held = { x: event.clientX, y: event.clientY, pair: pairOf(found), along: stage.pullsAlong(found) };
    if (held.along) {
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
  // A finger on the chosen score pulls it; anywhere else it scrolls the page.
  canvas.addEventListener("touchstart", (event) => {
    if (event.touches.length === 1 && stage.pullsAlong(stage.find(event.touches[0])) === "y") event.preventDefault();
  }, { passive: false });
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
      if (event.key === " " && at === range) return stage.play();
      const step = arrow(event);
      if (step && (at === range || at.closest?.(".moves"))) return stage.go(Math.round(stage.goal) + step.right - step.down);
      if (step && at.closest?.(".more") && !at.closest(".rows")) return goAlong(root, at, step.right + step.down);
      if (at !== canvas) return false;
      if ("+=-".includes(event.key) && stage.canPull) return stage.pull(stage.scoreNow() + (event.key === "-" ? -PULL : PULL));
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

// The buttons below are one stop of Tab; arrow keys go from one to the next.
function goAlong(root, at, by) {
  const items = [...root.querySelectorAll(".more :is(button, summary)")].filter((item) => item.offsetWidth);
  const next = items[items.indexOf(at) + by];
  if (!next) return;
  rove(items, next);
  next.focus();
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
