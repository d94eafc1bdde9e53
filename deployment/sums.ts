import { z } from "zod";
import type { Hex } from "../protocol/types";
import { between } from "./quantities";

const DAY = 86_400n;
/** Twin of the contract's own, equal by test/contracts/deploy.test.ts. */
const MIN_BOND_IN_PRICES = 64n;
const MOST = 2n ** 96n - 1n;

/** Of the contract that has the claims. */
export const SUM_ROOTS = "solvency/SumRoots";

/** Claims about what all accounts own together. @see docs/spec/20-liabilities.md#claims */
export const sumsSchema = z
  .strictObject({
    /** Wei behind a claim: half of it pays a refutation many times over. */
    bond: between(1n, MOST).default(10n ** 18n),
    /** Wei that a demand costs: what showing a record takes at 100 gwei. */
    demandPrice: between(1n, MOST).default(10n ** 16n),
    /** Seconds in which a claim can be taken down. */
    window: between(1n, 30n * DAY).default(3n * DAY),
    /** Seconds in which a record must be shown. */
    answerTime: between(1n, 30n * DAY).default(DAY),
  })
  .refine(({ bond, demandPrice }) => bond >= MIN_BOND_IN_PRICES * demandPrice, {
    path: ["bond"],
    message: `must be at least ${MIN_BOND_IN_PRICES} times demandPrice`,
  })
  .refine(({ window, answerTime }) => window >= answerTime, {
    path: ["window"],
    message: "must be at least answerTime",
  });

type SumsConfig = z.output<typeof sumsSchema>;

/** As `deploymentWarnings`: what is dangerous in it, a sentence each. */
export function sumsWarnings(sums: SumsConfig | undefined): string[] {
  if (sums === undefined || sums.answerTime >= DAY) return [];
  const { answerTime } = sums;
  return [
    `sums.answerTime: ${answerTime} s; a false sum settles, and a true one falls, where whoever guards is kept out of L1 for longer`,
  ];
}

/** What the contract's constructor takes. */
export function sumRootsArguments({ bond, demandPrice, window, answerTime }: SumsConfig, portal: Hex): unknown[] {
  return [portal, bond, demandPrice, window, answerTime];
}
