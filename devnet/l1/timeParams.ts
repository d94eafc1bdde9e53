import { invalid } from "./calls";

/** So many blocks one call may ask for: each is a block like any other, which every actor reads. */
const MOST_BLOCKS = 10_000;

/** Whether `evm_mine` is given an object, as anvil takes it, instead of a time. */
export function isBlockRequest(value: unknown): value is { timestamp?: unknown; blocks?: unknown } {
  return typeof value === "object" && value !== null;
}

/** @param value - a number, or text of one. @throws an error with code -32602. */
export function toWholeNumber(value: unknown, name: string): number {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  if (!Number.isSafeInteger(number) || number < 0)
    throw invalid(`${name} must be a whole number, not ${String(value)}`);
  return number;
}

/** @throws an error with code -32602. */
export function toBlockCount(value: unknown): number {
  const count = toWholeNumber(value, "blocks");
  if (count > MOST_BLOCKS) throw invalid(`${count} blocks at once; at most ${MOST_BLOCKS}`);
  return count;
}
