// Making parts of a page, and reading its colours.

// An element with a class, or with attributes (none for those that are undefined), and with texts or elements inside it.
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  const given = typeof attributes === "string" ? { class: attributes } : attributes;
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined && value !== "") made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// What gives the page's colours as they are at an element: inks(canvas)("query-ink").
export function inks(at) {
  const style = getComputedStyle(at);
  return (name) => style.getPropertyValue(`--${name}`);
}
