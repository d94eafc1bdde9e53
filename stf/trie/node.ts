/*
 * Reading nodes of Merkle-Patricia tries: lenient about what no honest trie holds, since nodes come by their hash.
 * Source: Yellow Paper, appendix D.
 */

/** Length of a branch whose 16 children are hashes and which has no value: header 3, 16 x 33, 1. */
export const FULL_BRANCH: u32 = 532;
/** The first four bytes of such a branch, read as u32; no other node of a trie with values below 494 bytes has them. */
export const FULL_BRANCH_HEAD: u32 = 0xa01102f9;

/** The place behind the RLP item at `at`. */
export function skipItem(at: usize): usize {
  const first = <u32>load<u8>(at);
  if (first == 0xa0) return at + 33;
  if (first < 0x81) return at + 1;
  const short = first & 0x3f;
  if (short <= 55) return at + 1 + short;
  return at + 1 + (short - 55) + longLength(at, short - 55);
}

/** The first byte of the payload of the RLP item at `at`. */
export function payloadOf(at: usize): usize {
  const first = <u32>load<u8>(at);
  if (first < 0x80) return at;
  const short = first & 0x3f;
  return short <= 55 ? at + 1 : at + 1 + (short - 55);
}

/** Nibble `index` of the bytes at `key`, high half first. */
export function nibbleAt(key: usize, index: u32): u32 {
  const byte = <u32>load<u8>(key + (index >> 1));
  return index & 1 ? byte & 15 : byte >> 4;
}

function longLength(at: usize, width: u32): usize {
  let length: usize = 0;
  for (let i: u32 = 1; i <= width; i++) length = (length << 8) | (<usize>load<u8>(at + i));
  return length;
}
