import { AbiCoder, recoverAddress, Signature, SigningKey } from "ethers";
import { fromHex, keccak256, tag, toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";

/**
 * "In slot `slot` I put this block at this height, on L1 by `expiry`" (L1 seconds). Twin of `SoftConfirmation` of
 * contracts/interfaces/IRotation.sol.
 */
export interface SoftConfirmation {
  slot: number;
  height: number;
  expiry: number;
  parentHash: Hex;
  blockHash: Hex;
}

/** One that somebody signed: 65 bytes (r, s, v) over `confirmationHash`. */
export interface SignedConfirmation extends SoftConfirmation {
  /** In lower case. */
  leader: Hex;
  signature: Hex;
}

/** Where a confirmation is meant: on another L1 or at another inbox it says nothing. */
export interface ConfirmationDomain {
  l1ChainId: bigint;
  inbox: Hex;
}

const TAG = tag("confirmation");
const TYPES = ["bytes32", "uint256", "address", "uint64", "uint64", "uint64", "bytes32", "bytes32"];
/** Half of secp256k1's order: the contract takes no `s` above it (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** The 32 bytes that a leader signs; equal to the contract's by test/contracts/rotation/confirmation.test.ts. */
export function confirmationHash({ l1ChainId, inbox }: ConfirmationDomain, confirmation: SoftConfirmation): Hex {
  const { slot, height, expiry, parentHash, blockHash } = confirmation;
  const values = [TAG, l1ChainId, inbox, slot, height, expiry, parentHash, blockHash];
  return toHex(keccak256(fromHex(AbiCoder.defaultAbiCoder().encode(TYPES, values) as Hex)));
}

export function signConfirmation(
  domain: ConfirmationDomain,
  confirmation: SoftConfirmation,
  privateKey: string,
): SignedConfirmation {
  const digest = confirmationHash(domain, confirmation);
  const key = new SigningKey(privateKey);
  const signature = key.sign(digest).serialized as Hex;
  return { ...confirmation, leader: recoverAddress(digest, signature).toLowerCase() as Hex, signature };
}

/** @returns who signed it, in lower case; null where the contract would take the bytes for no signature. */
export function signerOf(domain: ConfirmationDomain, confirmation: SoftConfirmation, signature: Hex): Hex | null {
  if (!/^0x[0-9a-f]{128}(1b|1c)$/.test(signature) || BigInt(`0x${signature.slice(66, 130)}`) > HALF_ORDER) return null;
  try {
    const digest = confirmationHash(domain, confirmation);
    return recoverAddress(digest, Signature.from(signature)).toLowerCase() as Hex;
  } catch {
    return null;
  }
}

/** Whether two show a fault by themselves: one leader, slot, height and parent, and two blocks. */
export function isEquivocation(a: SignedConfirmation, b: SignedConfirmation): boolean {
  const isSamePlace = a.leader === b.leader && a.slot === b.slot && a.height === b.height;
  return isSamePlace && a.parentHash === b.parentHash && a.blockHash !== b.blockHash;
}
