// The sets of sentences that this browser may change: it keeps their secrets, and nobody else does.
// data, as JSON in bytes: {secrets: [as the session knows them], version}: a higher version than before is what is to be kept.
// → secrets [texts]: what this browser keeps, once, when the page is opened.

import { unpacked } from "./data.js";

const KEPT = "attention-sets";
const MOST = 200;

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector("span"), { secrets, version } = unpacked(data);
  if (version > 0) {
    try {
      localStorage.setItem(KEPT, JSON.stringify(secrets.slice(0, MOST)));
    } catch { /* a browser that keeps nothing: the secret link is what is left */ }
  } else if (!root.isTold) {
    let kept = [];
    try {
      kept = JSON.parse(localStorage.getItem(KEPT)) ?? [];
    } catch { /* junk is nothing */ }
    if (Array.isArray(kept) && kept.length) setTriggerValue("secrets", kept.slice(0, MOST));
  }
  root.isTold = true;
}
