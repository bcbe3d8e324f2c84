// Links to all pages of the app, which open on the present view; those of later groups wait behind one button.
// data, as JSON in bytes: {groups: [{name, links: [{title, href, present}]}]}
// A plain click goes as Back and Forward do, which keeps the session; any other way to open a link takes its address.

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("nav");
  const wasOpen = Boolean(root.querySelector("details")?.open);

  function anchor({ title, href, present }) {
    const link = document.createElement("a");
    link.textContent = title;
    link.href = href;
    if (present) link.setAttribute("aria-current", "page");
    link.onclick = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      root.querySelectorAll("details").forEach((group) => { group.open = false; });
      if (present) return;
      history.pushState(null, "", link.href);
      window.dispatchEvent(new PopStateEvent("popstate"));
    };
    return link;
  }

  // Streamlit changes its own colours without asking the page for its own: here a change of the background asks.
  root.ontransitionend = ({ propertyName }) => propertyName === "caret-color" && setTriggerValue("theme", true);

  const [first, ...others] = JSON.parse(new TextDecoder().decode(data)).groups;
  root.replaceChildren(...first.links.map(anchor), ...others.map(({ name, links }) => {
    const group = document.createElement("details");
    const summary = document.createElement("summary");
    const present = links.find((link) => link.present);
    summary.textContent = present?.title ?? name;
    summary.classList.toggle("present", Boolean(present));
    const menu = document.createElement("div");
    menu.append(...links.map(anchor));
    group.append(summary, menu);
    group.open = wasOpen;
    group.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      group.open = false;
      summary.focus();
    };
    group.onfocusout = ({ relatedTarget }) => { if (relatedTarget && !group.contains(relatedTarget)) group.open = false; };
    return group;
  }));

  const close = (event) => {
    if (!event.composedPath().includes(root)) root.querySelectorAll("details").forEach((group) => { group.open = false; });
  };
  document.removeEventListener("pointerdown", root.close);
  document.addEventListener("pointerdown", root.close = close);
  return () => document.removeEventListener("pointerdown", close);
}
