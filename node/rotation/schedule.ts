import type { Hex } from "../../protocol/types";

/** The numbers that turns follow from, in seconds and slots. */
export interface RotationNumbers {
  slotSeconds: number;
  termSlots: number;
  graceSlots: number;
}

/**
 * Who sits in three rosters: of a term, of the next, and from the one behind it on. Twin of
 * contracts/inbox/sequencing/rotation/Rosters.sol, equal by test/contracts/rotation/random.test.ts.
 */
export interface Schedule {
  /** Term of the first roster. */
  term: number;
  /** Seats as bits, seat 0 the lowest. */
  rosters: readonly [bigint, bigint, bigint];
  /** By seat, in lower case; the zero address for none. */
  accounts: readonly Hex[];
}

export function slotAt({ slotSeconds }: RotationNumbers, time: number): number {
  return Math.floor(time / slotSeconds);
}

export function termOf({ termSlots }: RotationNumbers, slot: number): number {
  return Math.floor(slot / termSlots);
}

/**
 * @param slot - certain for the schedule's term and the next.
 * @returns who leads it; null where its seat or its roster is empty, or its term is before the schedule's.
 */
export function leaderOf(numbers: RotationNumbers, { term, rosters, accounts }: Schedule, slot: number): Hex | null {
  const ahead = termOf(numbers, slot) - term;
  if (ahead < 0) return null;
  const roster = rosters[Math.min(ahead, 2)];
  const seats = accounts.map((_, seat) => seat).filter((seat) => ((roster >> BigInt(seat)) & 1n) === 1n);
  if (seats.length === 0) return null;
  const account = accounts[seats[slot % seats.length]];
  return BigInt(account) === 0n ? null : account;
}
