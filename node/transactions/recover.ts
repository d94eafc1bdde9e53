import { secp256k1 as noble } from "@noble/curves/secp256k1.js";
import * as native from "secp256k1";
import { keccak256, toHex } from "../../protocol";

/**
 * Recovers the address that signed `digest`.
 * @param digest - 32 bytes.
 * @param r - 1 <= r < n; @param s - 1 <= s < n; @param parity - 0 or 1.
 * @returns lower-case 0x hex of 20 bytes, or null when no point fits. Never throws for values in range.
 */
export function recoverAddress(digest: Uint8Array, r: bigint, s: bigint, parity: number): string | null {
  const signature = new Uint8Array(64);
  writeWord(signature, 0, r);
  writeWord(signature, 32, s);
  const point = recoverPoint(digest, signature, parity);
  return point === null ? null : toHex(keccak256(point.subarray(1)).subarray(12));
}

function recoverPoint(digest: Uint8Array, signature: Uint8Array, parity: number): Uint8Array | null {
  try {
    return native.ecdsaRecover(signature, parity, digest, false);
  } catch {
    // The native module refuses r of no point as noble does; noble has the last word.
  }
  try {
    const point = noble.Signature.fromBytes(signature, "compact").addRecoveryBit(parity).recoverPublicKey(digest);
    return point.toBytes(false);
  } catch {
    return null;
  }
}

function writeWord(target: Uint8Array, offset: number, value: bigint): void {
  const view = new DataView(target.buffer);
  for (let i = 3; i >= 0; i--, value >>= 64n) view.setBigUint64(offset + 8 * i, value & 0xffff_ffff_ffff_ffffn);
}
