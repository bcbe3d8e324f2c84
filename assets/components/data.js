// What Python sends as bytes.

// JSON in bytes.
export function unpacked(bytes) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

// Four bytes of length, so much JSON, and the rest as it is.
export function headed(bytes) {
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { head: unpacked(bytes.subarray(4, end)), rest: bytes.subarray(end) };
}

// Bytes that travelled within JSON.
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
