// Streamlit changes its own colours without asking the page for its own: theme.css makes its background the colour of a caret
// that is nowhere to be seen, and the transition of that colour asks.

export function askOnThemeChange(parentElement, setTriggerValue) {
  parentElement.host.ontransitionend = ({ propertyName }) => propertyName === "caret-color" && setTriggerValue("theme", true);
}
