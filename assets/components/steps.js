// One step of the browser's history for one step of a person.

const TOGETHER = 5000; // milliseconds between the two addresses that Streamlit writes on the way to another page

// Streamlit goes to another page with a view in two steps: it writes the view into the address of the page that is left, then
// that of the page to come. Back would then lead to a view that nobody saw, so the second address takes the place of the first.
// A step that a person asks for by a click on an anchor is always one of its own: `stepTo`.
export function joinSteps() {
  if (history.pushState.joins) return;
  const push = history.pushState.bind(history);
  let last = { at: -Infinity };
  const pushState = (state, title, address) => {
    const to = new URL(address ?? location.href, location.href);
    const goesOn = performance.now() - last.at < TOGETHER && last.href === location.href && to.pathname !== location.pathname;
    if (goesOn && to.search === location.search) history.replaceState(state, title, address);
    else push(state, title, address);
    last = { at: performance.now(), href: location.href };
  };
  pushState.joins = true;
  pushState.apart = (address) => {
    push(null, "", address);
    last = { at: -Infinity };
  };
  history.pushState = pushState;
}

// A step to an address, as a person asked for it.
export function stepTo(address) {
  if (history.pushState.apart) history.pushState.apart(address);
  else history.pushState(null, "", address);
}
