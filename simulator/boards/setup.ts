import type { GameParameters } from "../../games/edges";
import type { ToyRules } from "../truths/toy/machine";

export const ETHER = 10n ** 18n;

/** What a test compiled itself, in place of the contract of that name. */
export interface Bytecode {
  abi: readonly unknown[];
  bytecode: string;
}

export interface GameSetup {
  heights: readonly [number, number, number];
  rules: ToyRules;
  /** Batches in the inbox before the queue is deployed: blocks that the first assertion's runs make. Default 2. */
  batches?: number;
  responseTimeSeconds?: number;
  /** Default: (H0 + H1 + H2 + 3) * responseTime + 1. */
  challengePeriodSeconds?: number;
  stakes?: readonly [bigint, bigint, bigint];
  /** Accounts with a thousand ether of balance in the queue. Default 5. */
  players?: number;
  /** Default: ToyQueue, which once made is the deployed queue: only their constructors differ. */
  contract?: "ToyQueue" | Bytecode;
}

export function parametersOf(setup: Omit<GameSetup, "rules">): GameParameters {
  const answers = setup.heights[0] + setup.heights[1] + setup.heights[2] + 3;
  return {
    heights: setup.heights,
    challengePeriodSeconds: setup.challengePeriodSeconds ?? answers * (setup.responseTimeSeconds ?? 100) + 1,
    stakes: setup.stakes ?? [16n * ETHER, 4n * ETHER, ETHER],
  };
}
