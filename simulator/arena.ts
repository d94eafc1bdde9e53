import { encodeMoves, type Move } from "../games/edges";
import { assertionEdge } from "../games/edges/truth";
import { Random } from "./random";
import type { ToyRules } from "./truths/toy/machine";
import { ToyTruth } from "./truths/toy/truth";
import { deployGame, type GameChain, type Submission } from "./boards/contracts/chain";
import { ETHER } from "./boards/setup";
import { hasConfirmed } from "./strategies/greedy";
import { reasonOf, unsettled } from "./invariants";
import { STRATEGIES, adversary, honestParty, type Party, type Strategy } from "./strategies/strategies";

export interface ArenaSetup {
  heights: readonly [number, number, number];
  seed: number;
  /** One for each adversary; drawn from the seed if it is a number. */
  adversaries: number | readonly Strategy[];
  rules?: ToyRules;
  answerSeconds?: number;
}

/** How a game ended. Gas is of whole transactions, those that were refused included. */
export interface Outcome {
  seed: number;
  heights: readonly number[];
  adversaries: readonly Strategy[];
  /** Whether the true assertion was confirmed, nothing false was, and all honest stakes came back. */
  isHonestWin: boolean;
  /** What went wrong, in words. */
  violations: string[];
  reason: "time" | "proof";
  /** From the first block of play to the confirmation of the true assertion. */
  seconds: number;
  challengePeriodSeconds: number;
  honestGas: number;
  adversaryGas: number;
  transactions: number;
  /** Wei that the adversaries lost, and of that what was burnt. */
  lostWei: bigint;
  burntWei: bigint;
}

const HONEST = 0;

/** Plays one game on in-process contracts, everyone's transactions of a tick in one block, in an order drawn from the seed. */
export async function playArena(setup: ArenaSetup): Promise<Outcome> {
  const { heights, seed, rules = { runSteps: 40 }, answerSeconds = 100 } = setup;
  const random = new Random(seed);
  const strategies =
    typeof setup.adversaries === "number"
      ? Array.from({ length: setup.adversaries }, () => random.pick(STRATEGIES))
      : setup.adversaries;
  const players = strategies.length + 1;
  const responseTimeSeconds = answerSeconds;
  // Two answers' worth of slack: blocks that come a second late.
  const challengePeriodSeconds = (heights[0] + heights[1] + heights[2] + 5) * answerSeconds;
  const chain = await deployGame({ heights, rules, players, responseTimeSeconds, challengePeriodSeconds });
  const truth = new ToyTruth(rules, heights);
  const parties = chain.addresses.slice(0, players).map((account, by): Party => {
    const seat = { by, account, genesis: chain.genesis, truth };
    return by === HONEST ? honestParty(seat) : adversary(strategies[by - 1], seat, random);
  });
  const spent = await play(chain, parties, answerSeconds, random);
  const view = await chain.replica();
  const deposited = BigInt(players) * 1000n * ETHER;
  const expected = { truth, genesis: chain.genesis, honest: chain.addresses[HONEST], deposited };
  const violations = [...spent.refused, ...unsettled(view, expected)];
  const { id } = assertionEdge(chain.genesis, truth.runs(chain.genesis));
  const seconds = spent.confirmedAt === null ? Infinity : spent.confirmedAt - spent.startedAt;
  if (seconds > 2 * challengePeriodSeconds) violations.push(`the truth took ${seconds} s to win`);
  const honestBalance = view.balances.get(chain.addresses[HONEST]) ?? 0n;
  return {
    seed,
    heights,
    adversaries: strategies,
    isHonestWin: violations.length === 0,
    violations,
    reason: view.edge(id) === undefined ? "time" : reasonOf(view, id),
    seconds,
    challengePeriodSeconds,
    honestGas: spent.gas[0],
    adversaryGas: spent.gas[1],
    transactions: spent.transactions,
    lostWei: honestBalance - 1000n * ETHER + view.burnt,
    burntWei: view.burnt,
  };
}

async function play(chain: GameChain, parties: readonly Party[], answerSeconds: number, random: Random) {
  let view = await chain.replica();
  const startedAt = view.nowSeconds + answerSeconds;
  const end = startedAt + 5 * chain.parameters.challengePeriodSeconds;
  const spent = {
    gas: [0, 0],
    transactions: 0,
    refused: [] as string[],
    startedAt,
    confirmedAt: null as number | null,
  };
  for (let tick = 0, now = startedAt; now < end; tick++, now += answerSeconds) {
    const plans = parties.map((party) => ({ party, moves: party.decide(view, tick) }));
    const sent = shuffled(
      plans.flatMap(({ party, moves }) => transactionsOf(party, moves)),
      random,
    );
    const receipts = await chain.mineTogether(
      sent.map(({ by, moves }): Submission => ({ from: chain.accounts[by], moves })),
      now,
    );
    receipts.forEach(({ status, gasUsed }, i) => {
      const isHonest = sent[i].by === HONEST;
      spent.gas[isHonest ? 0 : 1] += Number(gasUsed);
      if (isHonest && status !== 1)
        spent.refused.push(`honest ${sent[i].moves.map(({ kind }) => kind).join()} refused`);
    });
    spent.transactions += sent.length;
    view = await chain.replica();
    if (spent.confirmedAt === null && hasConfirmed(view, chain.genesis.id)) spent.confirmedAt = view.nowSeconds;
    const isQuiet = plans[HONEST].moves.length === 0;
    const own = [...view.edges.values()].filter(({ staker }) => staker === chain.addresses[HONEST]);
    if (isQuiet && spent.confirmedAt !== null && own.every(({ status }) => status === "confirmed")) break;
  }
  return spent;
}

/** The honest party packs its plan into one transaction; an adversary's moves stand alone, so that a refused one spoils nothing. */
function transactionsOf({ by }: Party, moves: readonly Move[]): { by: number; moves: readonly Move[] }[] {
  if (by === HONEST) return moves.length === 0 ? [] : [{ by, moves }];
  const seen = new Set<string>();
  return moves
    .filter((move) => !seen.has(encodeMoves([move])) && seen.add(encodeMoves([move])))
    .map((move) => ({ by, moves: [move] }));
}

/** Everyone's transactions in some order, each sender's own kept in theirs. */
function shuffled<T extends { by: number }>(list: T[], random: Random): T[] {
  const queues = new Map<number, T[]>();
  for (const item of list) queues.set(item.by, [...(queues.get(item.by) ?? []), item]);
  const result: T[] = [];
  while (queues.size > 0) {
    const by = random.pick([...queues.keys()]);
    const queue = queues.get(by)!;
    result.push(queue.shift()!);
    if (queue.length === 0) queues.delete(by);
  }
  return result;
}
