import type { Hex } from "../protocol/types";
import ACCOUNTS from "./accounts.json";

/** The usual test mnemonic. */
export const MNEMONIC = "test test test test test test test test test test test junk";

export interface DevAccount {
  address: Hex;
  privateKey: Hex;
}

/**
 * Account number `index` of the mnemonic, 0 to 20, as every development tool derives it. From a table: to derive them costs each process a
 * second at its start.
 */
export function devAccount(index: number): DevAccount {
  return ACCOUNTS[index] as DevAccount;
}

/** Who is who on the devnet's L1. The first ten accounts are the user's, those from 16 to 19 further challengers', 20 is the maker's. */
export const ROLES = {
  ...{ deployer: 10, sequencer: 11, challenger: 12, liar: 13, feeRecipient: 14, stranger: 15 },
  maker: 20,
} as const;
export const USER_ACCOUNTS = 10;
/** Challenger number n of several, from 2 on, has the account of this number and n. */
export const MORE_CHALLENGERS = 14;
/** Members of a rotation beside `sequencer`. */
export const OTHER_SEQUENCERS = [18, 19] as const;

/** Who is who, in words, by address. @param rotates - Whether several sequencers take turns. @param challengers - How many there are. */
export function roleNames(rotates: boolean, challengers: number): Record<Hex, string> {
  const names: [index: number, name: string][] = [
    ...Object.entries(ROLES).map(
      ([name, index]) => [index, name === "feeRecipient" ? "fee recipient" : name] as [number, string],
    ),
    ...Array.from(
      { length: Math.max(0, challengers - 1) },
      (_, i) => [MORE_CHALLENGERS + i + 2, `challenger ${i + 2}`] as [number, string],
    ),
    ...(rotates ? OTHER_SEQUENCERS.map((index, i) => [index, `sequencer ${i + 2}`] as [number, string]) : []),
  ];
  return Object.fromEntries(names.map(([index, name]) => [devAccount(index).address.toLowerCase() as Hex, name]));
}
