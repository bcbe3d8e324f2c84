// The seven beats as functions of the time t from 0 to 6: at a whole number a beat has ended, and everything between can be
// scrubbed both ways, because nothing here remembers what was before.

export const BEATS = ["Result", "Project", "Meet", "Shrink", "Share", "Mix", "Rest"];
export const LAST_BEAT = BEATS.length - 1;
const SECONDS = 1.15; // a beat

// How far each movement is, from 0 to 1.
export function phases(t) {
  const part = (from, to) => eased((t - from) / (to - from));
  return {
    leave: part(0, 0.35), // the sentence makes room
    labels: part(0.15, 0.6), // its words become names of rows and columns
    input: part(0.4, 0.6), // what comes into the layer
    wedge: part(0.5, 0.8), // the learned matrices open
    project: part(0.65, 1), // Q, K and V roll out
    slide: part(1.02, 1.34), // the query's numbers lie down beside the key's
    bars: part(1.34, 1.5), // 32 products
    sum: part(1.56, 1.7), // fall into one cell
    row: part(1.66, 1.84),
    grid: part(1.84, 2),
    shrink: part(2.1, 2.85),
    rise: part(3.02, 3.3), // e to the power of each score
    stack: part(3.34, 3.58), // one bar of 100 %
    share: part(3.66, 3.88), // cut into shares, which return
    shares: part(3.86, 4),
    thick: part(4.04, 4.4), // rows of V take the shares as heights
    ribbons: part(4.2, 4.5),
    fall: part(4.5, 4.85), // and fall into z
    z: part(4.85, 5),
    rest: part(5, 5.5),
  };
}

// The beat that a time belongs to: the one that has ended, or is under way.
export function beatAt(t) {
  return Math.min(Math.ceil(t - 1e-6), LAST_BEAT);
}

// The time after so many seconds on the way from one time to another.
export function moved(from, to, seconds) {
  const way = seconds / SECONDS;
  return Math.abs(to - from) <= way ? to : from + Math.sign(to - from) * way;
}

function eased(way) {
  const part = Math.min(Math.max(way, 0), 1);
  return part * part * (3 - 2 * part);
}
