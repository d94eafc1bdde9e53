/*
 * Maps from (owner, 256-bit key) to records: a bucket table over crit-bit trees.
 *
 * A bucket is usually one record. Keys that collide form a crit-bit tree, so that whoever picks the keys (slots, addresses) cannot
 * make a lookup longer than 288 levels: a plain chain would cost more steps per gas than a block may.
 * Each record starts with this header; it holds one leaf and one inner node of its bucket's tree.
 *
 *    0  bit    inner node: which bit of the header decides, as byte offset * 8 + bit
 *    4  left   inner node: bit 0; a record's address is a leaf, that address + 1 is the inner node in it
 *    8  right  inner node: bit 1
 *   12  owner
 *   16  key    4 x u64, little-endian limbs
 */

@unmanaged
export class MapRecord {
  bit: u32;
  left: u32;
  right: u32;
  owner: u32;
  key0: u64;
  key1: u64;
  key2: u64;
  key3: u64;
}

const probe = memory.data(48, 16);

/**
 * Finds the record of a key.
 * @param buckets Start of a table of 2^bits words, zero at first.
 * @returns the record's address, or 0.
 */
export function mapFind(buckets: usize, bits: u32, owner: u32, k0: u64, k1: u64, k2: u64, k3: u64): usize {
  let at = load<u32>(bucketOf(buckets, bits, owner, k0, k1, k2, k3));
  if (at & 1) at = descend(at, owner, k0, k1, k2, k3);
  if (at == 0) return 0;
  const record = changetype<MapRecord>(<usize>at);
  if (record.key0 != k0 || record.owner != owner) return 0;
  if (((record.key1 ^ k1) | (record.key2 ^ k2) | (record.key3 ^ k3)) != 0) return 0;
  return at;
}

/** Adds `record`, whose key is not in the map; address a multiple of 8. Writes its header. */
export function mapInsert(
  buckets: usize,
  bits: u32,
  record: usize,
  owner: u32,
  k0: u64,
  k1: u64,
  k2: u64,
  k3: u64,
): void {
  const added = changetype<MapRecord>(record);
  added.owner = owner;
  added.key0 = k0;
  added.key1 = k1;
  added.key2 = k2;
  added.key3 = k3;
  let link = bucketOf(buckets, bits, owner, k0, k1, k2, k3);
  let at = load<u32>(link);
  if (at == 0) {
    store<u32>(link, <u32>record);
    return;
  }
  const near = at & 1 ? descend(at, owner, k0, k1, k2, k3) : at;
  const bit = firstDifference(record, near);
  while (at & 1 && load<u32>(at - 1) < bit) {
    link = <usize>at - 1 + 4 + (bitAt(record, load<u32>(at - 1)) << 2);
    at = load<u32>(link);
  }
  added.bit = bit;
  const side = bitAt(record, bit);
  added.left = side ? at : <u32>record;
  added.right = side ? <u32>record : at;
  store<u32>(link, <u32>record + 1);
}

/** Empties the bucket that `record` is in. */
export function mapForget(buckets: usize, bits: u32, record: usize): void {
  const it = changetype<MapRecord>(record);
  store<u32>(bucketOf(buckets, bits, it.owner, it.key0, it.key1, it.key2, it.key3), 0);
}

function bucketOf(buckets: usize, bits: u32, owner: u32, k0: u64, k1: u64, k2: u64, k3: u64): usize {
  const mixed = (k0 ^ rotl<u64>(k1, 17) ^ rotl<u64>(k2, 31) ^ rotl<u64>(k3, 47)) + ((<u64>owner) << 3);
  return buckets + <usize>(((mixed * 0x9e3779b97f4a7c15) >> (64 - bits)) << 2);
}

function descend(root: u32, owner: u32, k0: u64, k1: u64, k2: u64, k3: u64): u32 {
  store<u32>(probe, owner, 12);
  store<u64>(probe, k0, 16);
  store<u64>(probe, k1, 24);
  store<u64>(probe, k2, 32);
  store<u64>(probe, k3, 40);
  let at = root;
  while (at & 1) at = load<u32>(<usize>at - 1 + 4 + (bitAt(probe, load<u32>(at - 1)) << 2));
  return at;
}

function bitAt(header: usize, bit: u32): u32 {
  return ((<u32>load<u8>(header + (bit >> 3))) >> (bit & 7)) & 1;
}

function firstDifference(a: usize, b: usize): u32 {
  const owners = load<u32>(a, 12) ^ load<u32>(b, 12);
  if (owners != 0) return 96 + ctz<u32>(owners);
  for (let offset: u32 = 16; offset < 48; offset += 8) {
    const difference = load<u64>(a + offset) ^ load<u64>(b + offset);
    if (difference != 0) return (offset << 3) + <u32>ctz<u64>(difference);
  }
  unreachable();
  return 0;
}
