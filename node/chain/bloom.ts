import { dataSlice, keccak256 } from "ethers";
import type { LogFilter } from "./types";
import type { Hex } from "../../protocol/types";

/** A bloom test for addresses and topics: false means that the block certainly has no matching log. */
export function bloomMatcher(filter: LogFilter): (logsBloom: Hex) => boolean {
  const positions = [filter.addresses ?? [], ...(filter.topics ?? []).map((topic) => topic ?? [])]
    .filter((alternatives) => alternatives.length > 0)
    .map((alternatives) => alternatives.map(bloomBits));
  return (logsBloom) =>
    positions.every((alternatives) => alternatives.some((bits) => bits.every((bit) => hasBit(logsBloom, bit))));
}

/** Whether a log of these fields fits the filter's addresses and topics. */
export function matchesLog(filter: LogFilter, address: Hex, topics: readonly Hex[]): boolean {
  if (filter.addresses !== undefined && filter.addresses.length > 0 && !filter.addresses.includes(address))
    return false;
  return (
    (filter.topics ?? []).every(
      (wanted, i) => wanted === null || (wanted.length === 0 ? true : i < topics.length && wanted.includes(topics[i])),
    ) && topics.length >= (filter.topics?.length ?? 0)
  );
}

function bloomBits(value: Hex): number[] {
  const hash = keccak256(value);
  return [0, 2, 4].map((offset) => Number(BigInt(dataSlice(hash, offset, offset + 2)) & 2047n));
}

function hasBit(bloom: Hex, bit: number): boolean {
  // Bit 0 is the lowest bit of the last byte; one hex digit holds four bits.
  const digit = parseInt(bloom[bloom.length - 1 - (bit >> 2)], 16);
  return (digit & (1 << (bit & 3))) !== 0;
}
