import type { Hex } from "./types";

/** A quantity of JSON-RPC: no leading zeros, 0x0 for zero. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}
