// The arithmetic of one head: scores, scaled scores, weights and Z from queries, keys and values, in double precision and kept in
// single, as the model keeps it. Matrices are Float32Array, row after row; T words, d numbers a word.

// Q Kᵀ, (T, T).
export function scoresOf(q, k, T, d) {
  const out = new Float32Array(T * T);
  for (let row = 0; row < T; row++) scoreRow(q, k, T, d, row, out.subarray(row * T, (row + 1) * T));
  return out;
}

// One row of Q Kᵀ, into `out`.
export function scoreRow(q, k, T, d, row, out = new Float32Array(T)) {
  const from = row * d;
  for (let column = 0; column < T; column++) {
    let sum = 0;
    for (let at = 0, of = column * d; at < d; at++) sum += q[from + at] * k[of + at];
    out[column] = sum;
  }
  return out;
}

// Scores ÷ √d.
export function scaledOf(scores, d) {
  const root = Math.sqrt(d);
  return scores.map((score) => score / root);
}

// Each row of so many numbers as shares that sum to 1.
export function softmaxOf(scaled, T) {
  const out = new Float32Array(scaled.length), powers = new Float64Array(T);
  for (let row = 0; row < scaled.length; row += T) {
    let most = -Infinity, sum = 0;
    for (let at = 0; at < T; at++) most = Math.max(most, scaled[row + at]);
    for (let at = 0; at < T; at++) sum += powers[at] = Math.exp(scaled[row + at] - most);
    for (let at = 0; at < T; at++) out[row + at] = powers[at] / sum;
  }
  return out;
}

// Weights × V, (rows, d), for as many rows as there are weights for.
export function mixOf(weights, v, T, d) {
  const rows = weights.length / T, out = new Float32Array(rows * d), sum = new Float64Array(d);
  for (let row = 0; row < rows; row++) {
    sum.fill(0);
    for (let column = 0; column < T; column++) {
      const weight = weights[row * T + column];
      for (let at = 0, of = column * d; at < d; at++) sum[at] += weight * v[of + at];
    }
    out.set(sum, row * d);
  }
  return out;
}

// All stages of a head.
export function stagesOf({ x, q, k, v, T, dk, dv }) {
  const scores = scoresOf(q, k, T, dk), scaled = scaledOf(scores, dk), weights = softmaxOf(scaled, T);
  return { x, q, k, v, scores, scaled, weights, z: mixOf(weights, v, T, dv) };
}

// The weight of one link, without the others' rows.
export function weightOfLink({ q, k, T, dk }, query, key) {
  return softmaxOf(scaledOf(scoreRow(q, k, T, dk, query), dk), T)[key];
}

// The length of each word's value, kept with the stages.
export function lengthsOf(stages, T, dv) {
  return (stages.lengths ??= Float32Array.from({ length: T }, (_, word) =>
    Math.hypot(...stages.v.subarray(word * dv, (word + 1) * dv))));
}

// What lies furthest from 0.
export function extreme(values) {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, Math.abs(values[at]));
  return most;
}

// A number as Python writes it: a true minus sign, and no minus before zero.
export function written(value, decimals = 2) {
  const text = value.toFixed(decimals);
  if (!text.startsWith("-")) return text;
  return Number(text) === 0 ? text.slice(1) : `−${text.slice(1)}`;
}

// A share as Python writes it: never 0 or 100 for what is neither.
export function share(part) {
  if (part < 0.0005) return part > 0 ? "under 0.1 %" : "0.0 %";
  return part >= 0.9995 && part < 1 ? "over 99.9 %" : `${(100 * part).toFixed(1)} %`;
}
