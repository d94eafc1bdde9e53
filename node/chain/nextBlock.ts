import { fromHex, keccak256, toHex } from "../../protocol";
import type { ChainBlock } from "./types";
import type { BlockHeader } from "../../protocol/types";

const ELASTICITY = 2n;
const BASE_FEE_CHANGE_DENOMINATOR = 8n;

/**
 * The base fee of the block after this one, by EIP-1559's rule.
 * @param minimum - the chain's configured minimum, in wei.
 */
export function nextBaseFee(block: ChainBlock, minimum: bigint): bigint {
  const { baseFeePerGas, gasUsed, gasLimit } = block.header;
  if (baseFeePerGas === undefined) return minimum;
  const target = gasLimit / ELASTICITY;
  let next = baseFeePerGas;
  if (target > 0n && gasUsed > target) {
    const delta = (baseFeePerGas * (gasUsed - target)) / target / BASE_FEE_CHANGE_DENOMINATOR;
    next = baseFeePerGas + (delta > 0n ? delta : 1n);
  } else if (target > 0n && gasUsed < target) {
    next = baseFeePerGas - (baseFeePerGas * (target - gasUsed)) / target / BASE_FEE_CHANGE_DENOMINATOR;
  }
  return next > minimum ? next : minimum;
}

/** Timestamp of the block after this one, in seconds. @param clock - as `ChainReader.clock`. */
export function nextTimestamp(parent: ChainBlock, clock: number): number {
  return Math.max(parent.header.timestamp + 1, clock);
}

/**
 * What a call sees in the block after this one: its number, time, base fee, and so on, over the parent's state. What only the block itself
 * would tell (roots, gas used) is the parent's.
 * @param clock - as `ChainReader.clock`. @param minimumBaseFee - in wei.
 */
export function nextHeader(parent: ChainBlock, clock: number, minimumBaseFee: bigint): BlockHeader {
  return {
    ...parent.header,
    parentHash: parent.hash,
    number: parent.header.number + 1,
    timestamp: nextTimestamp(parent, clock),
    baseFeePerGas: nextBaseFee(parent, minimumBaseFee),
    mixHash: toHex(keccak256(fromHex(parent.hash))),
  };
}
