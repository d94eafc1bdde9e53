import type { NodeStore } from "../../../protocol/types";

/** Nodes in memory. */
export class MemoryNodes implements NodeStore {
  readonly map = new Map<string, Uint8Array>();

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.map.get(key(hash));
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.map.set(key(hash), data);
  }
}

function key(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1");
}
