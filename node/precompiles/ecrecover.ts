import { secp256k1 } from "@noble/curves/secp256k1.js";
import * as native from "secp256k1";
import { keccak256 } from "../../protocol/keccak";
import { slice, toBigInt } from "./bytes";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** 0x01 ECRECOVER: the signer's address in 32 bytes, or nothing where there is none; never fails. Source: Yellow Paper, appendix E. */
export function ecrecover(input: Uint8Array): Uint8Array {
  const v = toBigInt(slice(input, 32, 32));
  const r = toBigInt(slice(input, 64, 32));
  const s = toBigInt(slice(input, 96, 32));
  if ((v !== 27n && v !== 28n) || r === 0n || r >= ORDER || s === 0n || s >= ORDER) return new Uint8Array(0);
  const key = recover(slice(input, 0, 32), slice(input, 64, 64), Number(v - 27n));
  if (key === null) return new Uint8Array(0);
  const output = new Uint8Array(32);
  output.set(keccak256(key.subarray(1)).subarray(12), 12);
  return output;
}

function recover(hash: Uint8Array, signature: Uint8Array, recovery: number): Uint8Array | null {
  try {
    return native.ecdsaRecover(signature, recovery, hash, false);
  } catch {
    // The native library refuses some inputs that have a signer by the bare equations; the slower one decides.
  }
  try {
    return secp256k1.Signature.fromBytes(signature, "compact")
      .addRecoveryBit(recovery)
      .recoverPublicKey(hash)
      .toBytes(false);
  } catch {
    return null;
  }
}
