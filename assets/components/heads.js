// What is known of each head of a sentence: its name, its strongest link, its picture. A head is one number here: layer · heads +
// head of that layer. sentence: {layers, heads, side, block, names, words, links: [[query, key, share], …], pixels}, and where
// other words are asked than those that ask: {column_names, asked}, the names of the columns and their words

export function headTitle({ heads }, head) {
  return `Layer ${Math.floor(head / heads) + 1}, head ${(head % heads) + 1}`;
}

export function strongestLink({ links, words, asked }, head) {
  const [query, key, share] = links[head];
  return { query, key, share, asking: words[query], asked: asked ? asked[key] : query === key ? "itself" : words[key] };
}

// A head's weights as a heat: bytes, of which those from `top` on, a share, have the last colour.
export function headHeat({ pixels, side, column_names: names }, head, colours, top) {
  const columns = names ? names.length : side, size = side * columns;
  const values = pixels.subarray(head * size, (head + 1) * size);
  return { values, rows: side, columns, colours, low: 0, high: 255 * top };
}
