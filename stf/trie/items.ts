/*
 * Changes to a trie: an array of items of 24 bytes, sorted by key before use.
 *
 *    0  order   first 8 bytes of the key as a big-endian number (zeros where the key is shorter)
 *    8  key     address of the key's bytes
 *   12  nibbles length of the key
 *   16  value   address
 *   20  length  of the value in bytes; 0 deletes
 */

export const ITEM: usize = 24;

/** Writes item number `index` of the array at `items`. */
export function putItem(items: usize, index: u32, key: usize, nibbles: u32, value: usize, length: u32): void {
  const at = items + <usize>index * ITEM;
  let order: u64 = 0;
  if (nibbles >= 16) {
    order = bswap<u64>(load<u64>(key));
  } else {
    for (let i: u32 = 0; i < nibbles >> 1; i++) order |= (<u64>load<u8>(key + i)) << (56 - (i << 3));
  }
  store<u64>(at, order);
  store<u32>(at, <u32>key, 8);
  store<u32>(at, nibbles, 12);
  store<u32>(at, <u32>value, 16);
  store<u32>(at, length, 20);
}

export function itemKey(item: usize): usize {
  return <usize>load<u32>(item, 8);
}

export function itemNibbles(item: usize): u32 {
  return load<u32>(item, 12);
}

export function itemValue(item: usize): usize {
  return <usize>load<u32>(item, 16);
}

export function itemValueLength(item: usize): u32 {
  return load<u32>(item, 20);
}

/** Sorts items by key in place (heap sort: no worse on chosen keys). Keys differ. */
export function sortItems(items: usize, count: u32): void {
  if (count < 2) return;
  for (let root = count >> 1; root > 0; root--) sift(items, root - 1, count);
  for (let end = count - 1; end > 0; end--) {
    swap(items, items + <usize>end * ITEM);
    sift(items, 0, end);
  }
}

function sift(items: usize, root: u32, end: u32): void {
  let at = root;
  while (true) {
    let child = (at << 1) + 1;
    if (child >= end) return;
    if (child + 1 < end && isBefore(items + <usize>child * ITEM, items + <usize>(child + 1) * ITEM)) child += 1;
    if (!isBefore(items + <usize>at * ITEM, items + <usize>child * ITEM)) return;
    swap(items + <usize>at * ITEM, items + <usize>child * ITEM);
    at = child;
  }
}

function isBefore(a: usize, b: usize): bool {
  const first = load<u64>(a);
  const second = load<u64>(b);
  if (first != second) return first < second;
  const left = itemNibbles(a) >> 1;
  const right = itemNibbles(b) >> 1;
  const common = min<u32>(left, right);
  for (let i: u32 = 0; i < common; i++) {
    const x = load<u8>(itemKey(a) + i);
    const y = load<u8>(itemKey(b) + i);
    if (x != y) return x < y;
  }
  return left < right;
}

function swap(a: usize, b: usize): void {
  for (let offset: usize = 0; offset < ITEM; offset += 8) {
    const kept = load<u64>(a + offset);
    store<u64>(a + offset, load<u64>(b + offset));
    store<u64>(b + offset, kept);
  }
}
