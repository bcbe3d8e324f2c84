// The beat as a table: what the picture shows of the chosen words, for those who read instead.

import { element } from "../elements.js";
import { lengthsOf, share, written } from "./numbers.js";

// A row for each number of a vector in the first beats, else one for each key word of the query's row.
export function tableOf(scene) {
  const { beat, whole, names, query, key } = scene;
  if (beat === 1 && whole) {
    return made(`Query of ${names[query]}, key and value of ${names[key]}`, ["dimension", "q", "k", "q × k", "v"], vectors(scene));
  }
  const [columns, cells] = wordColumns(scene);
  return made(`${names[query]} looks at`, ["word", ...columns], names.map((name, word) => [name, ...cells(word)]), key);
}

function vectors({ stages, query, key, dk, dv }) {
  return Array.from({ length: Math.max(dk, dv) }, (_, at) => {
    const q = stages.q[query * dk + at], k = stages.k[key * dk + at], own = at < dk;
    return [`${at + 1}`, own ? written(q, 3) : "", own ? written(k, 3) : "", own ? written(q * k, 3) : "", at < dv ? written(stages.v[key * dv + at], 3) : ""];
  });
}

function wordColumns({ stages, query, T, dk, dv, beat, whole }) {
  const weight = (word) => share(stages.weights[query * T + word]);
  if (!whole || beat === 0) return [["share"], (word) => [weight(word)]];
  const lengths = lengthsOf(stages, T, dv), score = (word) => written(stages.scores[query * T + word], 3), scaled = (word) => written(stages.scaled[query * T + word], 3);
  const columns = ["q·k", `÷ ${written(Math.sqrt(dk))}`, "share", "length of v", "length of a·v"];
  const shown = Math.max(beat - 1, 1) + (beat >= 5 ? 5 : 0); // what comes later is not yet there
  const all = (word) => [score(word), scaled(word), weight(word), written(lengths[word], 3), written(lengths[word] * stages.weights[query * T + word], 3)];
  return [columns.slice(0, shown), (word) => all(word).slice(0, shown)];
}

function made(caption, columns, rows, chosen) {
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.map(([name, ...cells], at) => element("tr", at === chosen ? "chosen" : {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text))));
  return element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...body));
}
