import type { NodeStore } from "../../protocol/types";

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
}

function key(hash: Uint8Array): string {
  return Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString("latin1");
}
