import type { NodeStore } from "../../../protocol/types";

/** A node store in memory that can be emptied. */
export class MemoryNodes implements NodeStore {
  private readonly map = new Map<string, Uint8Array>();

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.map.get(key(hash));
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.map.set(key(hash), data);
  }

  clear(): void {
    this.map.clear();
  }
}

/** Hashes as text that a Map finds fast. */
function key(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString("latin1");
}
