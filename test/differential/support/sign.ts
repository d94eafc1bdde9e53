import * as secp256k1 from "secp256k1";
import type { Hex } from "../../../protocol/types";
import { concatBytes, encodeRlp, fromHex, keccak256, rlpInteger, toHex, type RlpItem } from "../../../protocol";

export interface Signer {
  key: Uint8Array;
  address: Hex;
}

/** A transaction's fields, whatever its type uses of them. */
export interface Fields {
  type: 0 | 1 | 2 | 4;
  chainId: bigint;
  /** Legacy only: signs without chain id. */
  isUnprotected?: boolean;
  nonce: bigint;
  /** Of types 0 and 1 the gas price. */
  maxFee: bigint;
  maxTip: bigint;
  gasLimit: bigint;
  /** Null: creation. */
  to: Hex | null;
  value: bigint;
  data: Uint8Array;
  accessList: { address: Hex; keys: bigint[] }[];
  authorizations: RlpItem[];
}

const AUTHORIZATION_MAGIC = Uint8Array.of(5);

export function createSigner(seed: number): Signer {
  const key = keccak256(Uint8Array.of(seed));
  return { key, address: toHex(keccak256(secp256k1.publicKeyCreate(key, false).subarray(1)).subarray(12)) };
}

/** The EIP-2718 bytes of a signed transaction. */
export function signTransaction(fields: Fields, { key }: Signer): Uint8Array {
  const { type, chainId, nonce, gasLimit, to, value, data } = fields;
  const number = rlpInteger;
  const target = to === null ? new Uint8Array(0) : fromHex(to);
  const body: RlpItem[] = [number(gasLimit), target, number(value), data];
  if (type === 0) {
    const payload = [number(nonce), number(fields.maxFee), ...body];
    const unsigned = fields.isUnprotected ? payload : [...payload, number(chainId), number(0), number(0)];
    const { parity, r, s } = sign(encodeRlp(unsigned), key);
    const v = fields.isUnprotected ? 27n + BigInt(parity) : 35n + 2n * chainId + BigInt(parity);
    return encodeRlp([...payload, number(v), r, s]);
  }
  const fees = type === 1 ? [number(fields.maxFee)] : [number(fields.maxTip), number(fields.maxFee)];
  const accessList = fields.accessList.map(({ address, keys }) => [
    fromHex(address),
    keys.map((one) => fromHex(`0x${one.toString(16).padStart(64, "0")}`)),
  ]);
  const payload: RlpItem[] = [number(chainId), number(nonce), ...fees, ...body, accessList];
  if (type === 4) payload.push(fields.authorizations);
  const head = Uint8Array.of(type);
  const { parity, r, s } = sign(concatBytes(head, encodeRlp(payload)), key);
  return concatBytes(head, encodeRlp([...payload, number(parity), r, s]));
}

/** A signed authorization (EIP-7702). */
export function signAuthorization(chainId: bigint, address: Hex, nonce: bigint, { key }: Signer): RlpItem {
  const payload = [rlpInteger(chainId), fromHex(address), rlpInteger(nonce)];
  const { parity, r, s } = sign(concatBytes(AUTHORIZATION_MAGIC, encodeRlp(payload)), key);
  return [...payload, rlpInteger(parity), r, s];
}

function sign(message: Uint8Array, key: Uint8Array): { parity: number; r: Uint8Array; s: Uint8Array } {
  const { signature, recid } = secp256k1.ecdsaSign(keccak256(message), key);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)].map(withoutZeros);
  return { parity: recid, r, s };
}

function withoutZeros(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (bytes[start] === 0) start++;
  return bytes.subarray(start);
}
