// Going from one thing to the next by keyboard.

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

// The step {right, down} of an arrow key; undefined for other keys.
export function arrow({ key }) {
  if (!(key in ARROWS)) return undefined;
  const [right, down] = ARROWS[key];
  return { right, down };
}

// Of several items, Tab leads to one only.
export function rove(items, one) {
  for (const item of items) item.tabIndex = item === one ? 0 : -1;
}
