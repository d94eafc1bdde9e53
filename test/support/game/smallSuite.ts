import { deployGame } from "../../../simulator/boards/contracts/chain";
import { ETHER, type Bytecode } from "../../../simulator/boards/setup";
import { arsenal } from "../../../simulator/strategies/arsenal";
import { chainBoard } from "../../../simulator/boards/contracts/board";
import { playAttack, type Attack } from "../../../simulator/strategies/greedy";
import { keepStakesWaiting } from "../../../simulator/strategies/keepStakesWaiting";
import { ToyTruth } from "../../../simulator/truths/toy/truth";

/** Long against the seconds that the adversaries lose to block times. */
export const ANSWER_SECONDS = 1000;
const RULES = { runSteps: 3 };
const HEIGHTS = [1, 1, 1] as const;
const PLAYERS = 2;

export interface Scenario {
  title: string;
  team: string[];
  packs: boolean;
  isStalling?: boolean;
  /** The honest party of a mutant: it leaves when its assertion is confirmed. */
  stopsWhenConfirmed?: boolean;
  reason: "time" | "proof";
  /** Default: the least that the constructor takes. Less is taken only for answers that are said to be quicker than they are. */
  challengePeriodSeconds?: number;
}

/** Attacks that are played on the contracts: each kills at least one of the mutants. */
export const SCENARIOS: readonly Scenario[] = [
  { title: "a lie in the first step of all", team: ["lie 0/0/0"], packs: false, reason: "proof" },
  { title: "a lie in the last step of all", team: ["lie 1/1/1"], packs: true, reason: "proof" },
  { title: "a wrong way to the right end", team: ["detour 0"], packs: false, reason: "proof" },
  {
    title: "noise under the truth's own leaves",
    team: ["lie 0/0/1", "noise at level 1"],
    packs: false,
    reason: "proof",
  },
  { title: "noise with one known way down", team: ["noise at level 0"], packs: true, reason: "proof" },
  { title: "a lie that claims the truth's history", team: ["lie 0/0/0", "the truth"], packs: false, reason: "proof" },
  { title: "stakes still disputed at the end", team: ["lie 0/0/0"], packs: true, isStalling: true, reason: "time" },
];

/** Plays one of them on fresh contracts. @returns all that went wrong. */
export async function playScenario(scenario: Scenario, contract?: Bytecode): Promise<string[]> {
  const { challengePeriodSeconds } = scenario;
  const responseTimeSeconds = challengePeriodSeconds === undefined ? ANSWER_SECONDS : ANSWER_SECONDS / 2;
  const setup = {
    heights: HEIGHTS,
    rules: RULES,
    responseTimeSeconds,
    players: PLAYERS,
    challengePeriodSeconds,
    contract,
  };
  const chain = await deployGame(setup);
  const truth = new ToyTruth(RULES, HEIGHTS);
  const all = arsenal(truth, RULES);
  const attack: Attack = {
    truth,
    lies: scenario.team.map((name) => all.get(name)!),
    answerSeconds: ANSWER_SECONDS,
    packs: scenario.packs,
    stopsWhenConfirmed: scenario.stopsWhenConfirmed,
    isTime: scenario.isStalling === true ? keepStakesWaiting(chain.parameters, ANSWER_SECONDS) : undefined,
    deposited: BigInt(PLAYERS) * 1000n * ETHER,
    reason: scenario.reason,
  };
  return playAttack(await chainBoard(chain), attack);
}
