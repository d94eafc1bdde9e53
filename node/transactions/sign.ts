import type { SigningKey } from "ethers";
import { keccak256, rlpInteger, toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { enveloped, fieldsOf, type UnsignedTransaction } from "./encode";

/**
 * Signs a transaction of type 2.
 * Rationale: of the 120 kB of a batch ethers' own encoding takes long, in which an actor answers nobody.
 * @returns the EIP-2718 bytes, and their hash. Source: EIP-1559.
 */
export function signDynamicFee(tx: Omit<UnsignedTransaction, "type">, key: SigningKey): { raw: Hex; hash: Hex } {
  const typed: UnsignedTransaction = { ...tx, type: 2 };
  const fields = fieldsOf(typed);
  const { yParity, r, s } = key.sign(keccak256(enveloped(typed, fields)));
  const raw = enveloped(typed, [...fields, ...[yParity, r, s].map((value) => rlpInteger(BigInt(value)))]);
  return { raw: toHex(raw), hash: toHex(keccak256(raw)) };
}
