import type { NodeStore } from "../../protocol/types";

const HASH_BYTES = 32;
const HEAD_BYTES = HASH_BYTES + 4;

/** A store over another that is only read: what is put is held until `clear`. */
export class OverlayStore implements NodeStore {
  private readonly own = new Map<string, Uint8Array>();

  constructor(private readonly below: NodeStore) {}

  get(hash: Uint8Array): Uint8Array | undefined {
    return (this.own.size === 0 ? undefined : this.own.get(key(hash))) ?? this.below.get(hash);
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.own.set(key(hash), data);
  }

  clear(): void {
    this.own.clear();
  }

  /** All that was put, in one piece: hash (32 bytes), length (u32, little-endian) and bytes of each. */
  pack(): Uint8Array {
    let length = 0;
    for (const data of this.own.values()) length += HEAD_BYTES + data.length;
    const packed = Buffer.alloc(length);
    let at = 0;
    for (const [hash, data] of this.own) {
      packed.write(hash, at, "latin1");
      packed.writeUInt32LE(data.length, at + HASH_BYTES);
      packed.set(data, at + HEAD_BYTES);
      at += HEAD_BYTES + data.length;
    }
    return packed;
  }
}

/** Puts what another store packed. */
export function unpackInto(store: NodeStore, packed: Uint8Array): void {
  const view = new DataView(packed.buffer, packed.byteOffset);
  for (let at = 0; at < packed.length;) {
    const start = at + HEAD_BYTES;
    const end = start + view.getUint32(at + HASH_BYTES, true);
    // Copies: a view would keep all of the pack.
    store.put(packed.slice(at, at + HASH_BYTES), packed.slice(start, end));
    at = end;
  }
}

function key(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1");
}
