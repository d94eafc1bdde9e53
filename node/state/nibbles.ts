/** The nibbles of a key, one per byte. */
export function toNibbles(key: Uint8Array): Uint8Array {
  const nibbles = new Uint8Array(key.length * 2);
  for (let i = 0; i < key.length; i++) {
    nibbles[2 * i] = key[i] >> 4;
    nibbles[2 * i + 1] = key[i] & 15;
  }
  return nibbles;
}

/** Compact (hex-prefix) encoding of a path: flags, then nibbles in pairs. */
export function encodePath(nibbles: Uint8Array, isLeaf: boolean): Uint8Array {
  const odd = nibbles.length & 1;
  const path = new Uint8Array((nibbles.length >> 1) + 1);
  path[0] = ((isLeaf ? 2 : 0) + odd) << 4;
  if (odd) path[0] |= nibbles[0];
  for (let i = odd; i < nibbles.length; i += 2)
    path[(i + odd) / 2 + (odd ? 0 : 1)] = (nibbles[i] << 4) | nibbles[i + 1];
  return path;
}

/** Decodes a compact path. */
export function decodePath(path: Uint8Array): { nibbles: Uint8Array; isLeaf: boolean } {
  const all = toNibbles(path);
  const odd = all[0] & 1;
  return { nibbles: all.subarray(odd ? 1 : 2), isLeaf: all[0] >= 2 };
}
