import { fromHex, keccak256, nextBaseFee, toHex } from "../../protocol";
import type { ChainBlock } from "./types";
import type { BlockHeader } from "../../protocol/types";

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
    baseFeePerGas: nextBaseFee(parent.header, minimumBaseFee),
    mixHash: toHex(keccak256(fromHex(parent.hash))),
  };
}
