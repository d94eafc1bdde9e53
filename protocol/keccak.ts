import { createKeccak, type IHasher } from "hash-wasm";
import { keccak_256 } from "@noble/hashes/sha3.js";

let hasher: IHasher | null = null;
void createKeccak(256).then((ready) => {
  hasher = ready;
});

/**
 * keccak-256 of the bytes: 32 bytes, a new array.
 * The fast hasher is ready one turn of the event loop after loading; until then a slower one answers the same.
 */
export function keccak256(data: Uint8Array): Uint8Array {
  if (hasher === null) return keccak_256(data);
  return hasher.init().update(data).digest("binary");
}

/** `TAG(name)` of docs/spec/01-interfaces.md: keccak256 of "solvent." and the name. */
export function tag(name: string): Uint8Array {
  return keccak_256(new TextEncoder().encode(`solvent.${name}`));
}
