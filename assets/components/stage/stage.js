// The stage: one picture of how a word finds its word in one head, and all heads beside it.
// data, as JSON in bytes: {key, mark, address, sizes: {layers, heads, T, dk, dv}, layer, head, query, key_word, beat, words, name, text,
// units and pieces: {names, members}, special, colours, links, answer, says: {matrix: phrase}, digits, about: [[title, sentence,
// shapes], …]}; where what is shown is not one head's own, `weights` and neither pieces, links, says nor digits.
// Queries, keys and values are fetched from the address; where the server has none, a second component brings those of one layer,
// after JSON {key, mark, layer, …sizes}.

import { headed, unpacked } from "../data.js";
import { Stage } from "./scene.js";

const carried = (globalThis.stageArrays ??= new Map()); // key → {mark, layer, bytes, arrived}

export default function ({ parentElement, data, setTriggerValue }) {
  const carrier = data[0] === 123 ? undefined : headed(data); // JSON begins with a brace, what is carried with its length
  if (carrier) return receive(carrier);
  const shown = unpacked(data), here = placeOf(shown.key);
  const stage = (parentElement.stage ??= new Stage(parentElement));
  stage.send = setTriggerValue;
  stage.show(shown);
  here.arrived = () => here.mark === shown.mark && stage.carry(here.layer, here.bytes);
  here.arrived();
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

function receive({ head, rest }) {
  const here = placeOf(head.key);
  Object.assign(here, { mark: head.mark, layer: head.layer, bytes: rest.slice().buffer });
  here.arrived?.();
  return () => Object.assign(here, { mark: undefined, bytes: undefined });
}
