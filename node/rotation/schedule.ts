import { concatBytes, fromHex, keccak256, toBigInt, word } from "../../protocol";
import type { Hex } from "../../protocol/types";

/** The numbers that turns follow from, in seconds and slots. */
export interface RotationNumbers {
  slotSeconds: number;
  termSlots: number;
  graceSlots: number;
  /** Beacon roots draw the order in which a term's members lead. */
  isDrawn: boolean;
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
  /** Beacon roots that draw the order of the term and, once it is certain, of the next; zero for the order of seats. None where nothing is drawn. */
  draws: readonly Hex[];
}

export function slotAt({ slotSeconds }: RotationNumbers, time: number): number {
  return Math.floor(time / slotSeconds);
}

export function termOf({ termSlots }: RotationNumbers, slot: number): number {
  return Math.floor(slot / termSlots);
}

/**
 * @param slot - certain for the schedule's term and the next.
 * @returns who leads it; null where its seat or its roster is empty, its term is before the schedule's, or its order not drawn yet.
 */
export function leaderOf(numbers: RotationNumbers, schedule: Schedule, slot: number): Hex | null {
  const { term, rosters, accounts, draws } = schedule;
  const ahead = termOf(numbers, slot) - term;
  if (ahead < 0 || (draws.length > 0 && ahead >= draws.length)) return null;
  const roster = rosters[Math.min(ahead, 2)];
  const seats = accounts.map((_, seat) => seat).filter((seat) => ((roster >> BigInt(seat)) & 1n) === 1n);
  if (seats.length === 0) return null;
  const isDrawn = draws.length > 0 && BigInt(draws[ahead]) !== 0n;
  const place = isDrawn ? placeOf(draws[ahead], slot, seats.length) : slot % seats.length;
  const account = accounts[seats[place]];
  return BigInt(account) === 0n ? null : account;
}

/** Twin of `placeOf` of contracts/inbox/sequencing/rotation/Draws.sol. */
function placeOf(root: Hex, slot: number, count: number): number {
  const [index, round] = [slot % count, Math.floor(slot / count)];
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i <= index; i++) {
    const chance = toBigInt(keccak256(concatBytes(fromHex(root), word(BigInt(round)), word(BigInt(i)))));
    const other = i + Number(chance % BigInt(count - i));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order[index];
}
