// The stage: one picture of how a word finds its word in one head, and all heads beside it.
// Two components share this file. One brings what belongs to the sentence, see arrays.js; its JSON also has {key, mark}. The other
// shows it. data, as JSON in bytes: {key, mark, layers, heads, layer, head, query, key_word, beat, words, names, name, colours, links,
// answer, says: {matrix: phrase}, digits, about: [[title, sentence, shapes], …], weights, why}; `weights` are there, and no arrays
// come, where what is shown is not one head's own.

import { headed, unpacked } from "../data.js";
import { Arrays } from "./arrays.js";
import { Stage } from "./scene.js";

const carried = (globalThis.stageArrays ??= new Map()); // key → {mark, arrays, arrived}

export default function ({ parentElement, data, setTriggerValue }) {
  const { head } = data[0] === 123 ? {} : headed(data); // JSON begins with a brace, what is carried with its length
  if (head) return receive(head, data);
  const shown = unpacked(data), here = placeOf(shown.key);
  const stage = (parentElement.stage ??= new Stage(parentElement));
  here.arrived = () => stage.bring(here.mark, here.arrays);
  stage.send = setTriggerValue;
  stage.show(shown, here.mark === shown.mark ? here.arrays : undefined);
  return () => {
    stage.stop();
    parentElement.stage = undefined;
    here.arrived = undefined;
  };
}

function placeOf(key) {
  if (!carried.has(key)) carried.set(key, {});
  return carried.get(key);
}

function receive({ key, mark }, bytes) {
  const here = placeOf(key);
  if (here.mark !== mark) Object.assign(here, { mark, arrays: new Arrays(bytes) });
  here.arrived?.();
  return () => {
    if (here.mark === mark) Object.assign(here, { mark: undefined, arrays: undefined });
  };
}
