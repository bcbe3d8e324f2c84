// How far what the browser computed of a head is from what torch computed of it.

import { extreme } from "./numbers.js";

const NAMES = { scores: "q·k", scaled: "÷ √d", weights: "softmax", z: "Z" };

// The largest difference at each stage of the head that is shown, as a sentence; undefined where another head is shown by now.
export async function checkedLine(stage) {
  const { layer, head } = stage.at, { stages } = stage.all();
  if (!stages || stage.whatIf) return "Only the model’s own numbers can be compared.";
  const bytes = await stage.arrays.fetched(`${layer}/${head}`);
  if (stage.at.layer !== layer || stage.at.head !== head) return undefined;
  if (!bytes) return "Torch’s numbers did not arrive: the server cannot be reached.";
  const numbers = new Float32Array(bytes);
  let from = 0;
  const found = Object.entries(NAMES).map(([name, title]) => {
    const own = stages[name], torch = numbers.subarray(from, (from += own.length));
    const most = own.reduce((worst, value, at) => Math.max(worst, Math.abs(value - torch[at])), 0);
    return `${title} ${scientific(most)} (largest number ${extreme(torch).toPrecision(3)})`;
  });
  return `Largest difference between this browser and torch in this head: ${found.join(" · ")}.`;
}

function scientific(value) {
  if (!value) return "0";
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}·10${[...String(Number(power))].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
}
