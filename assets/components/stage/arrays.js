// Inputs, queries, keys and values of a sentence, a layer at a time: of each layer x, (T, dx), then q, k and v, (heads, T, d), as float32.

const TRIES = 4;
const PAUSE = 600; // ms before the next try

export class Arrays {
  // sizes: {layers, heads, T, dk, dv, dx}. A layer is fetched from `address`/layer; `arrived` is called with each that has come, and
  // with undefined where one does not come.
  constructor(sizes, address, arrived) {
    Object.assign(this, sizes, { address, arrived, kept: new Map(), asked: new Set(), ending: new AbortController() });
  }

  has(layer) {
    return this.kept.has(layer);
  }

  take(layer, bytes) {
    const { heads, T, dk, dv, dx } = this, numbers = new Float32Array(bytes), all = heads * T;
    let from = 0;
    const next = (count) => numbers.subarray(from, (from += count));
    this.kept.set(layer, { x: next(T * dx), q: next(all * dk), k: next(all * dk), v: next(all * dv) });
  }

  // One head's {x, q, k, v, T, dk, dv}; undefined where its layer has not come.
  of(layer, head) {
    const kept = this.kept.get(layer), { T, dk, dv } = this;
    if (!kept) return undefined;
    const part = (values, d) => values.subarray(head * T * d, (head + 1) * T * d);
    return { x: kept.x, q: part(kept.q, dk), k: part(kept.k, dk), v: part(kept.v, dv), T, dk, dv };
  }

  // Fetch a layer that is not there and not under way.
  async ask(layer) {
    if (this.has(layer) || this.asked.has(layer) || !this.address) return;
    this.asked.add(layer);
    for (let tries = 0; tries < TRIES && !this.ending.signal.aborted; tries++) {
      const bytes = await this.fetched(`${layer}`);
      if (bytes) {
        this.take(layer, bytes);
        return this.arrived(layer);
      }
      await new Promise((go) => setTimeout(go, PAUSE));
    }
    this.asked.delete(layer);
    if (!this.ending.signal.aborted) this.arrived(undefined);
  }

  // All of them, one after the other.
  async askAll() {
    if (this.isAskingAll) return;
    this.isAskingAll = true;
    for (let layer = 0; layer < this.layers; layer++) await this.ask(layer);
  }

  // What the server has under an address below the sentence's own; undefined where there is nothing, or no server.
  async fetched(path) {
    try {
      const answer = await fetch(`${this.address}/${path}`, { signal: this.ending.signal });
      return answer.status === 200 ? await answer.arrayBuffer() : undefined;
    } catch {
      return undefined;
    }
  }

  stop() {
    this.ending.abort();
  }
}
