// How a component keeps what it holds from one answer of the server to the next.

// Streamlit calls a component's function anew for new data, and what that returned only at the end: stop what the former call
// began, and begin.
export function anew(parentElement, begin) {
  parentElement.stop?.();
  return parentElement.stop = begin();
}

// The choices that were sent and not yet answered, oldest first; add what is sent. Choices may be made faster than answers come:
// an answer to an earlier one must not undo the later ones.
export function unanswered(parentElement, answered, same = (one, other) => one === other) {
  const sent = (parentElement.sent ??= []);
  sent.splice(0, 1 + sent.findIndex((choice) => same(choice, answered)) || sent.length);
  return sent;
}
