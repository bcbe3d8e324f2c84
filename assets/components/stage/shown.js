// What stands for the rows and columns of a picture: every piece, some of them, or whole words. Positions are those of the sentence,
// an index counts what is shown.

export class Rows {
  // names, and members: which positions each row stands for
  constructor({ names, members }) {
    this.names = names;
    this.members = members;
    this.holders = new Map(members.flatMap((positions, index) => positions.map((position) => [position, index])));
    this.count = members.length;
    this.isJoined = members.some((positions) => positions.length > 1);
  }

  at(position) {
    return this.holders.get(position) ?? 0;
  }

  place(index) {
    return this.members[index][0];
  }
}

// The stages of a head as rows of pieces show them, of T words: all numbers stay the model's own, but for weights as shares of the rest.
export function stagesShown(stages, { T, dk, dv, dx }, rows, special) {
  if (rows.count === T) return stages;
  const places = rows.members.map(([position]) => position), pick = (matrix, d) => rowsOf(matrix, d, places);
  const square = (matrix) => columnsOf(pick(matrix, T), T, places);
  return {
    x: pick(stages.x, dx), q: pick(stages.q, dk), k: pick(stages.k, dk), v: pick(stages.v, dv), z: pick(stages.z, dv),
    scores: square(stages.scores), scaled: square(stages.scaled), weights: weightsShown(stages.weights, T, rows, special),
  };
}

// Weights between rows: to a row's pieces summed, from them averaged; with special tokens "of-the-rest" each row sums to 1.
export function weightsShown(weights, T, { members, count }, special) {
  const out = new Float32Array(count * count);
  members.forEach((asking, row) => members.forEach((asked, column) => {
    let sum = 0;
    for (const from of asking) for (const to of asked) sum += weights[from * T + to];
    out[row * count + column] = sum / asking.length;
  }));
  if (special !== "of-the-rest") return out;
  for (let row = 0; row < count; row++) {
    const shares = out.subarray(row * count, (row + 1) * count), sum = shares.reduce((one, other) => one + other, 0);
    if (sum) shares.forEach((share, at) => { shares[at] = share / sum; });
  }
  return out;
}

function rowsOf(matrix, d, places) {
  const out = new Float32Array(places.length * d);
  places.forEach((place, row) => out.set(matrix.subarray(place * d, (place + 1) * d), row * d));
  return out;
}

function columnsOf(matrix, T, places) {
  const count = places.length;
  return Float32Array.from({ length: count * count }, (_, at) => matrix[Math.floor(at / count) * T + places[at % count]]);
}
