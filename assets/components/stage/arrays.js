// Queries, keys and values of a sentence as they travel: after JSON {layers, heads, T, dk, dv, first}, q, then k, then v, each
// (layers, heads, T, d) as float32. `first` is the layer that they begin with, where only some layers were sent.

import { headed } from "../data.js";

export class Arrays {
  constructor(bytes) {
    const { head, rest } = headed(bytes), numbers = new Float32Array(rest.slice().buffer); // a copy, which begins where floats may
    const { layers, heads, T, dk, dv } = head, all = layers * heads * T;
    Object.assign(this, head, {
      q: numbers.subarray(0, all * dk),
      k: numbers.subarray(all * dk, 2 * all * dk),
      v: numbers.subarray(2 * all * dk, all * (2 * dk + dv)),
    });
  }

  has(layer) {
    return layer >= this.first && layer < this.first + this.layers;
  }

  // One head's {q, k, v, T, dk, dv}; undefined where its layer was not sent.
  of(layer, head) {
    if (!this.has(layer)) return undefined;
    const { heads, T, dk, dv } = this, at = ((layer - this.first) * heads + head) * T;
    const part = (values, d) => values.subarray(at * d, (at + T) * d);
    return { q: part(this.q, dk), k: part(this.k, dk), v: part(this.v, dv), T, dk, dv };
  }
}
