// What is known of each head of a sentence: its name, its strongest link, its picture. A head is one number here: layer · heads +
// head of that layer. sentence: {layers, heads, side, block, names, words, links: [[query, key, share], …], pixels}

export function headTitle({ heads }, head) {
  return `Layer ${Math.floor(head / heads) + 1}, head ${(head % heads) + 1}`;
}

export function strongestLink({ links, words }, head) {
  const [query, key, share] = links[head];
  return { query, key, share, asking: words[query], asked: query === key ? "itself" : words[key] };
}

// A head's weights as a heat: bytes, of which those from `top` on, a share, have the last colour.
export function headHeat({ pixels, side }, head, colours, top) {
  const values = pixels.subarray(head * side ** 2, (head + 1) * side ** 2);
  return { values, rows: side, columns: side, colours, low: 0, high: 255 * top };
}
