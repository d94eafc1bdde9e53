import { concatBytes, encodeRlp, fromHex, rlpInteger, type RlpItem } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { Authorization } from "./types";

/** What a signer is given: all fields of a transaction but the signature. Fees and value in wei. */
export interface UnsignedTransaction {
  type: 0 | 1 | 2 | 4;
  chainId: bigint;
  nonce: bigint;
  gasLimit: bigint;
  to: Hex | null;
  value: bigint;
  data: Uint8Array;
  /** Types 0 and 1. */
  gasPrice?: bigint;
  /** Types 2 and 4. */
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  accessList?: readonly { address: string; storageKeys: readonly string[] }[];
  authorizationList?: readonly Authorization[];
}

/**
 * The EIP-2718 bytes with a signature of zeros, as geth gives a transaction that is still to be signed.
 * Read back by `decodeTransaction` where the sender is stated.
 */
export function encodeUnsigned(tx: UnsignedTransaction): Uint8Array {
  return enveloped(tx, [...fieldsOf(tx), ...[0n, 0n, 0n].map(rlpInteger)]);
}

/** @param fields - behind each other in one list, with the type before it where there is one. */
export function enveloped({ type }: UnsignedTransaction, fields: RlpItem[]): Uint8Array {
  return type === 0 ? encodeRlp(fields) : concatBytes(Uint8Array.of(type), encodeRlp(fields));
}

/** All fields in front of the signature. */
export function fieldsOf(tx: UnsignedTransaction): RlpItem[] {
  const price = tx.gasPrice === undefined ? [] : [tx.gasPrice];
  const fees = tx.type < 2 ? price : [tx.maxPriorityFeePerGas ?? 0n, tx.maxFeePerGas ?? 0n];
  const body: RlpItem[] = [
    ...[tx.nonce, ...fees, tx.gasLimit].map(rlpInteger),
    ...[tx.to === null ? new Uint8Array(0) : fromHex(tx.to), rlpInteger(tx.value), tx.data],
  ];
  if (tx.type === 0) return body;
  const lists: RlpItem[] = [encodeAccessList(tx.accessList ?? [])];
  if (tx.type === 4) lists.push((tx.authorizationList ?? []).map(encodeAuthorization));
  return [rlpInteger(tx.chainId), ...body, ...lists];
}

function encodeAccessList(list: NonNullable<UnsignedTransaction["accessList"]>): RlpItem {
  return list.map(({ address, storageKeys }) => [fromHex(address), storageKeys.map(fromHex)]);
}

function encodeAuthorization({ chainId, address, nonce, yParity, r, s }: Authorization): RlpItem {
  return [rlpInteger(chainId), fromHex(address), ...[nonce, BigInt(yParity), r, s].map(rlpInteger)];
}
