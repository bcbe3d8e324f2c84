// A room, in the header of every page: start or join one, and in it what one does and the ways out; its question stands below.
// data, as JSON in bytes: {role: "" | "lead" | "follow" | "own", trouble, code, address, moves, secret, link, qr, local}
// → act {do, …}: what was clicked, what this tab remembers of its room, and that the room has moved.
// The server pushes: {moves, question}, to who leads {followers, question}, at the end {ended}, and {full} where nobody fits in.

import { unpacked } from "./data.js";
import { element } from "./elements.js";
import { askOnThemeChange } from "./theme.js";

const PLACE = "attention-room"; // what a tab remembers: {code, role}; and what a browser does: the secrets of its rooms, by code
const PATIENCE = 8000; // milliseconds until the server is asked again to go along
const ASK_WORDS = "The words of the sentence", ASK_OWN = "Answers of your own, a line each";

export default function ({ parentElement, data, setTriggerValue }) {
  askOnThemeChange(parentElement, setTriggerValue);
  const root = parentElement.querySelector(".room");
  root.act ??= (act) => root.send({ ...act, at: performance.now() });
  root.send = (act) => setTriggerValue("act", act);
  show(root, unpacked(data));
  return () => setTimeout(() => {
    if (root.isConnected) return; // the element lives on, and with it what it listens to
    root.source?.close();
    root.source = undefined;
  });
}

function remembered(store) {
  try {
    return JSON.parse(store.getItem(PLACE)) ?? {};
  } catch {
    return {};
  }
}

function remember(store, value) {
  try {
    store.setItem(PLACE, JSON.stringify(value));
  } catch { /* a browser that keeps nothing still follows */ }
}

function spaced(code) {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

function show(root, data) {
  const before = root.data;
  root.data = data;
  const tab = remembered(sessionStorage), secrets = remembered(localStorage);
  if (data.role) {
    root.left = false;
    remember(sessionStorage, { code: data.code, role: data.role });
    if (data.secret && secrets[data.code] !== data.secret) remember(localStorage, { [data.code]: data.secret });
  } else if (tab.code && !root.left && !data.trouble && root.asked !== tab.code) {
    root.asked = tab.code; // a reloaded tab, or a server that was started anew: take the place again
    root.act({ do: "join", code: tab.code, role: tab.role, secret: tab.role === "lead" ? secrets[tab.code] : undefined });
  } else if (tab.code && data.trouble) {
    remember(sessionStorage, {});
  }
  if (data.role) root.asked = undefined;
  if (before?.address !== data.address) {
    root.source?.close();
    root.source = undefined;
    root.news = undefined;
    if (data.address) listen(root, data.address);
  }
  if (root.waiting && data.moves >= root.waiting.moves) root.waiting = undefined;
  draw(root);
  goAlong(root);
}

function listen(root, address) {
  const source = new EventSource(`${address}/events`);
  root.source = source;
  source.onmessage = ({ data }) => {
    if (source !== root.source) return;
    root.news = JSON.parse(data);
    if (root.news.ended || root.news.full) {
      source.close();
      if (root.news.ended) remember(sessionStorage, {});
    }
    draw(root);
    goAlong(root);
  };
}

// Ask the server to go where the room is; once, until that is answered.
function goAlong(root) {
  const { news, data, waiting } = root;
  if (data.role !== "follow" || !(news?.moves > data.moves)) return;
  if (waiting && performance.now() - waiting.since < PATIENCE) return;
  root.waiting = { moves: news.moves, since: performance.now() };
  root.act({ do: "move" });
  clearTimeout(root.retry);
  root.retry = setTimeout(() => goAlong(root), PATIENCE + 100); // what was sent while the server was away is lost
}

function button(text, act, look = "") {
  const made = element("button", { type: "button", class: look }, text);
  made.onclick = act;
  return made;
}

function leave(root) {
  root.left = true;
  remember(sessionStorage, {});
  root.act({ do: "leave" });
}

function draw(root) {
  const { data, news } = root, parts = [], isOver = news?.ended;
  const panel = (title, fill, look = "") => {
    const box = element("details", { class: look }), inside = element("div", { class: "panel" });
    box.append(element("summary", {}, title), inside);
    box.open = root.isOpen ?? false;
    const build = () => inside.childElementCount || inside.append(...fill());
    if (box.open) build();
    box.ontoggle = () => {
      root.isOpen = box.open;
      if (box.open) build();
    };
    box.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      box.open = false;
      box.querySelector("summary").focus();
    };
    return box;
  };
  const state = JSON.stringify([data.role, data.code, data.trouble, data.link, isOver, news?.full]);
  if (state !== root.state) { // what is typed in the panel stays while only numbers change
    root.state = state;
    if (!data.role || isOver) {
      if (isOver) parts.push(element("span", { class: "says", role: "status" }, "The room has ended."));
      parts.push(panel("Room", () => entrance(root)));
    } else if (data.role === "lead") {
      parts.push(element("span", { class: "says", role: "status" }, "You lead ", element("b", {}, spaced(data.code)), element("span", "count")));
      parts.push(panel("Room", () => desk(root), "leads"));
    } else {
      const follows = data.role === "follow";
      const says = news?.full ? "The server is full: nobody more can follow now." : follows ? "You follow the teacher" : "You look around on your own";
      parts.push(element("span", { class: "says", role: "status", title: `Room ${spaced(data.code)}; its teacher leads` }, says));
      parts.push(follows ? button("Look around on my own", () => root.act({ do: "look-around" })) : button("Back to the teacher", () => root.act({ do: "come-back" }), "first"));
      parts.push(button("Leave", () => leave(root), "quiet"));
    }
    const question = root.querySelector(".question");
    root.replaceChildren(...parts, ...(question ? [question] : []));
  }
  const count = root.querySelector(".count");
  if (count) count.textContent = news?.followers === undefined ? "" : ` · ${news.followers} follow${news.followers === 1 ? "s" : ""}`;
  ask(root);
}

function trouble(root) {
  return root.data.trouble ? [element("p", { class: "trouble", role: "alert" }, root.data.trouble)] : [];
}

function entrance(root) {
  const code = element("input", { type: "text", "aria-label": "Code of a room", placeholder: "K7QM-3XPA", maxlength: "20", autocomplete: "off", spellcheck: "false" });
  const form = element("form", {}, code, element("button", { type: "submit" }, "Follow"));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (code.value.trim()) root.act({ do: "join", code: code.value, role: "follow" });
  };
  return [
    ...trouble(root),
    element("p", {}, "Everybody in a room sees what its teacher shows, on a screen of their own."),
    button("Start a room", () => { root.left = false; root.act({ do: "begin" }); }, "first"),
    element("p", {}, "Or follow one; the teacher has its code:"),
    form,
  ];
}

function desk(root) {
  const { data } = root, code = element("div", { class: "qr" });
  code.innerHTML = data.qr; // drawn by the server
  code.querySelector("svg").setAttribute("role", "img");
  const link = element("a", { href: data.link, target: "_blank", rel: "noopener" }, data.link.replace(/^https?:\/\//, ""));
  const copied = element("span", { role: "status" });
  const copy = button("Copy the link", async () => {
    try {
      await navigator.clipboard.writeText(data.link);
      copied.textContent = " Copied.";
    } catch {
      copied.textContent = " Mark the link and copy it by hand.";
    }
  });
  const asked = element("input", { type: "text", "aria-label": "Question", placeholder: "Which word does “it” mean?", maxlength: "300" });
  const kinds = element("select", { "aria-label": "To choose from" }, ...[ASK_WORDS, ASK_OWN].map((name) => element("option", {}, name)));
  const own = element("textarea", { "aria-label": ASK_OWN, rows: "3", placeholder: "yes\nno" });
  own.hidden = true;
  kinds.onchange = () => { own.hidden = kinds.value !== ASK_OWN; };
  const form = element("form", {}, element("b", {}, "Ask the room"), asked, kinds, own, element("button", { type: "submit", class: "first" }, "Ask"));
  form.onsubmit = (event) => {
    event.preventDefault();
    const options = kinds.value === ASK_OWN ? own.value.split("\n").map((line) => line.trim()).filter(Boolean) : [];
    root.act({ do: "ask", asked: asked.value, options });
  };
  return [
    ...trouble(root),
    element("p", "code", spaced(data.code)),
    code,
    element("p", {}, link),
    ...(data.local ? [element("p", "trouble", "This link works on this machine alone. Open the app by the machine’s name or number in your network, and start the room there.")] : []),
    element("p", {}, copy, copied),
    form,
    button("Ask where the chosen word looks most", () => root.act({ do: "ask-where" })),
    button("End the room", () => leave(root), "quiet"),
  ];
}

// The question that stands in the room: to be answered, or how the room has answered.
function ask(root) {
  const { data, news } = root, question = data.role && !news?.ended ? news?.question : null;
  const state = JSON.stringify([question ?? null, data.role, root.answered]);
  if (state === root.questionState) return;
  root.questionState = state;
  root.querySelector(".question")?.remove();
  if (!question) return;
  const { number, asked, options, counts, right, revealed } = question, leads = data.role === "lead";
  const answered = root.answered?.code === data.code && root.answered?.number === number ? root.answered.option : undefined;
  const isOpen = !leads && !revealed && answered === undefined && !question.answered;
  const all = (counts ?? []).reduce((sum, count) => sum + count, 0);
  const list = element("ol", { class: question.words ? "words" : "" });
  options.forEach((text, option) => {
    const share = counts ? counts[option] / (all || 1) : 0, isRight = revealed && option === right;
    const name = element("bdi", {}, text), says = [name];
    if (counts) says.push(element("span", "share", ` ${counts[option]}${all ? ` · ${Math.round(100 * share)} %` : ""}`));
    if (isRight) says.push(element("span", "right", " ✓ right"));
    if (option === answered) says.push(element("span", "mine", " ● your answer"));
    const row = isOpen ? button("", () => answer(root, number, option)) : element("span", "row");
    row.append(...says);
    if (counts) row.style.setProperty("--share", `${100 * share}%`);
    const entry = element("li", isRight ? "is-right" : "");
    entry.append(row);
    list.append(entry);
  });
  const box = element("section", { class: "question", role: "region", "aria-label": "Question in the room" });
  box.append(element("p", "asked", asked), list);
  if (leads) {
    const tail = element("p", "tail", `${all} answered `);
    if (!revealed) tail.append(button("Reveal", () => root.act({ do: "reveal" }), "first"));
    tail.append(button("Take away", () => root.act({ do: "take-away" })));
    box.append(tail);
  } else {
    const says = revealed ? `${all} answered` : isOpen ? "Your answer is counted without your name." : "Counted. Wait until the teacher reveals how the room answered.";
    box.append(element("p", { class: "tail", role: "status" }, says));
  }
  root.append(box);
}

async function answer(root, number, option) {
  root.answered = { code: root.data.code, number, option };
  ask(root);
  const token = document.cookie.split("; ").find((one) => one.startsWith("_streamlit_xsrf="))?.split("=").slice(1).join("=") ?? "";
  const headers = { "Content-Type": "application/json", "X-Xsrftoken": decodeURIComponent(token).replace(/^"|"$/g, "") };
  try {
    const reply = await fetch(`${root.data.address}/answer`, { method: "POST", headers, body: JSON.stringify({ question: number, option }) });
    if (!reply.ok) throw new Error(reply.status);
  } catch {
    root.answered = undefined; // it did not arrive: to be clicked again
    ask(root);
  }
}
