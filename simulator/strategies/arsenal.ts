import type { Parent } from "../../games/edges";
import { genesisAssertion } from "../../games/edges/place";
import type { Truth } from "../../games/edges/truth";
import type { GameParameters, Level } from "../../games/edges/types";
import { ZERO_HASH, toHex, word } from "../../protocol";
import { LyingTruth } from "../truths/lyingTruth";
import { ToyJudge, toyOutput, toyOutputRoot, type ToyRules } from "../truths/toy/machine";
import { ToyTruth } from "../truths/toy/truth";
import { createModel } from "../boards/paper/board";
import { parametersOf, type GameSetup } from "../boards/setup";
import { GarbageTruth } from "../truths/garbageTruth";
import type { GameModel } from "../boards/paper/model";
import { CORRECT, type Rules } from "../boards/paper/rules";

/** A game over the toy chain that is played on the model alone. */
export interface ToyGame {
  parameters: GameParameters;
  genesis: Parent;
  truth: ToyTruth;
  model(rules?: Rules): GameModel;
}

export function createToyGame(setup: Omit<GameSetup, "contract">): ToyGame {
  const parameters = parametersOf(setup);
  const outputRoot = toyOutputRoot(toyOutput(0));
  const inbox = {
    batchCount: setup.batches ?? 2,
    lastBatch: toHex(word(1001)),
    delayedCount: 0,
    lastDelayed: ZERO_HASH,
  };
  const genesis = { id: genesisAssertion(outputRoot), outputRoot, inbox };
  const judge = new ToyJudge(setup.rules);
  return {
    parameters,
    genesis,
    truth: new ToyTruth(setup.rules, setup.heights),
    model: (rules = CORRECT) => createModel(parameters, genesis, judge, rules),
  };
}

/** Every adversary there is at these heights: a lie at each leaf, wrong ways to the right end, noise at each level, and the truth itself. */
export function arsenal(truth: ToyTruth, rules: ToyRules): Map<string, Truth> {
  const { heights } = truth;
  const sources = new Map<string, Truth>();
  const leaves = (level: Level): number[] => [...new Set([0, 2 ** heights[level] - 1])];
  for (const run of leaves(0)) {
    for (const machine of leaves(1))
      for (const step of leaves(2))
        sources.set(`lie ${run}/${machine}/${step}`, new LyingTruth(truth, { run, machine, step, salt: 1 }));
    if (run < 2 ** heights[0] - 1)
      sources.set(`detour ${run}`, new LyingTruth(truth, { run, until: run + 1, machine: 0, step: 0, salt: 1 }));
  }
  for (const level of [0, 1, 2] as const)
    sources.set(`noise at level ${level}`, new GarbageTruth(truth, heights, { level, salt: 7, rightEnd: true }));
  sources.set("noise with a false end", new GarbageTruth(truth, heights, { level: 0, salt: 9 }));
  // Knows the truth, too: posts it first, opens it first, proves its steps.
  sources.set("the truth", new ToyTruth(rules, heights));
  return sources;
}
