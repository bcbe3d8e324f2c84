// The sentence as words, with lines from the chosen word whose thickness and darkness are the weights.
// data, as JSON in bytes: {words: [{label, note, special, piece}], query, key, rows: {position: weights}, name}
// Hovering previews another word's row; clicking, or Enter on a focused word, asks from it.

import { anew } from "./answers.js";
import { unpacked } from "./data.js";
import { laySentence } from "./sentence.js";

export default function ({ parentElement, data: bytes, setTriggerValue }) {
  const data = unpacked(bytes), root = parentElement.querySelector(".sentence");
  return anew(parentElement, () =>
    laySentence(root, data, (position) => data.rows[position], (position) => setTriggerValue("query", position)).stop);
}
