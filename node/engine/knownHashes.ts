import { fromHex, toBigInt } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { Instance } from "./instance";

const ENTRIES = 16;
const ENTRY = 48;
const PLACES = 256;
const LIMB = (1n << 64n) - 1n;

/** Tells the open block what BLOCKHASH answers where the state has no history contract. Twin of stf/evm/hashes.ts. */
export function noteHashes(instance: Instance, hashes: readonly (readonly [number: bigint, hash: Hex])[]): void {
  if (hashes.length === 0) return;
  const base = instance.address("KNOWN_HASHES");
  const { view } = instance;
  view.setUint32(base, 1, true);
  for (const [number, hash] of hashes.slice(-PLACES)) {
    const at = base + ENTRIES + ENTRY * Number(number % BigInt(PLACES));
    const value = toBigInt(fromHex(hash));
    view.setBigUint64(at, number, true);
    for (let limb = 0n; limb < 4n; limb++)
      view.setBigUint64(at + 16 + 8 * Number(limb), (value >> (64n * limb)) & LIMB, true);
  }
}
