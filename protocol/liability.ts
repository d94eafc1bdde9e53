import { concatBytes, fromHex, toHex, word } from "./bytes";
import { keccak256, tag } from "./keccak";
import type { Hex } from "./types";

/** What a user checks a balance against: hashes and sums of the siblings from the leaf up. */
export interface LiabilityProof {
  address: Hex;
  /** Wei, decimal. */
  balance: string;
  root: Hex;
  total: string;
  steps: { hash: Hex; sum: string; isRight: boolean }[];
}

const LEAF = tag("liability");

/** Checks a proof on its own, without any node. */
export function verifyLiability(proof: LiabilityProof): boolean {
  let sum = BigInt(proof.balance);
  let node: Uint8Array = keccak256(liabilityLeaf(keccak256(fromHex(proof.address)), sum));
  for (const step of proof.steps) {
    const other = BigInt(step.sum);
    if (other < 0n || other >= 2n ** 256n) return false;
    const mine = concatBytes(word(sum), node);
    const theirs = concatBytes(word(other), fromHex(step.hash));
    node = keccak256(step.isRight ? concatBytes(mine, theirs) : concatBytes(theirs, mine));
    sum += other;
  }
  return toHex(node) === proof.root && sum === BigInt(proof.total);
}

/** Preimage of a leaf: tag, hash of the address, balance; each 32 bytes. */
export function liabilityLeaf(addressHash: Uint8Array, balance: bigint): Uint8Array {
  return concatBytes(LEAF, addressHash, word(balance));
}
