/**
 * A list of byte strings with random access: `count u32 || (count + 1) offsets u32 || bytes`, big-endian; offsets count from
 * the first byte behind the table.
 */
export function pack(items: readonly Uint8Array[]): Buffer {
  const table = 4 + 4 * (items.length + 1);
  const total = items.reduce((sum, item) => sum + item.length, 0);
  const out = Buffer.allocUnsafe(table + total);
  out.writeUInt32BE(items.length, 0);
  let offset = 0;
  items.forEach((item, i) => {
    out.writeUInt32BE(offset, 4 + 4 * i);
    out.set(item, table + offset);
    offset += item.length;
  });
  out.writeUInt32BE(offset, 4 + 4 * items.length);
  return out;
}

export function packedCount(packed: Buffer): number {
  return packed.readUInt32BE(0);
}

/** Item `index` as a view into `packed`. */
export function packedItem(packed: Buffer, index: number): Buffer {
  const table = 4 + 4 * (packedCount(packed) + 1);
  const from = packed.readUInt32BE(4 + 4 * index);
  const to = packed.readUInt32BE(8 + 4 * index);
  return packed.subarray(table + from, table + to);
}

export function unpack(packed: Buffer): Buffer[] {
  return Array.from({ length: packedCount(packed) }, (_, i) => packedItem(packed, i));
}
