/*
 * Copying and clearing as loops of the program: the machine has no bulk memory instructions. Any alignment, any length.
 */

/** Copies `length` bytes; the ranges may overlap. */
export function copyBytes(to: usize, from: usize, length: usize): void {
  if (to == from) return;
  if (to - from < length) {
    copyDown(to, from, length);
    return;
  }
  const end = to + length;
  while (to + 32 <= end) {
    const a = load<u64>(from);
    const b = load<u64>(from, 8);
    const c = load<u64>(from, 16);
    const d = load<u64>(from, 24);
    store<u64>(to, a);
    store<u64>(to, b, 8);
    store<u64>(to, c, 16);
    store<u64>(to, d, 24);
    to += 32;
    from += 32;
  }
  while (to + 8 <= end) {
    store<u64>(to, load<u64>(from));
    to += 8;
    from += 8;
  }
  while (to < end) {
    store<u8>(to, load<u8>(from));
    to += 1;
    from += 1;
  }
}

/** Sets `length` bytes to zero. */
export function zeroBytes(to: usize, length: usize): void {
  const end = to + length;
  while (to + 32 <= end) {
    store<u64>(to, 0);
    store<u64>(to, 0, 8);
    store<u64>(to, 0, 16);
    store<u64>(to, 0, 24);
    to += 32;
  }
  while (to + 8 <= end) {
    store<u64>(to, 0);
    to += 8;
  }
  while (to < end) {
    store<u8>(to, 0);
    to += 1;
  }
}

/** Copies 32 bytes that do not overlap partly. */
export function copy32(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
  store<u64>(to, load<u64>(from, 16), 16);
  store<u64>(to, load<u64>(from, 24), 24);
}

/** The 32 bytes at both places are equal. */
export function isEqual32(a: usize, b: usize): bool {
  return (
    ((load<u64>(a) ^ load<u64>(b)) |
      (load<u64>(a, 8) ^ load<u64>(b, 8)) |
      (load<u64>(a, 16) ^ load<u64>(b, 16)) |
      (load<u64>(a, 24) ^ load<u64>(b, 24))) ==
    0
  );
}

/** Writes the word (little-endian limbs) at `from` as 32 big-endian bytes, or back: the same operation. Not in place. */
export function reverse32(to: usize, from: usize): void {
  store<u64>(to, bswap<u64>(load<u64>(from, 24)));
  store<u64>(to, bswap<u64>(load<u64>(from, 16)), 8);
  store<u64>(to, bswap<u64>(load<u64>(from, 8)), 16);
  store<u64>(to, bswap<u64>(load<u64>(from)), 24);
}

function copyDown(to: usize, from: usize, length: usize): void {
  let left = length;
  while (left >= 8) {
    left -= 8;
    store<u64>(to + left, load<u64>(from + left));
  }
  while (left > 0) {
    left -= 1;
    store<u8>(to + left, load<u8>(from + left));
  }
}
