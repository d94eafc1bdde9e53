import type { Interface } from "ethers";
import { CLAIMS_ABI } from "../../../games/claims/abi";
import { QUEUE_ABI } from "../../../games/edges/abi";
import { TOURNAMENT_ABI } from "../../../games/tournament/abi";
import type { GameName } from "../../lab/games/game";
import type { Hex } from "../../../protocol/types";

/** What a call of a queue does, and what follows from it. */
export interface Told {
  does: string;
  follows: string;
}

type Args = Readonly<Record<string, unknown>>;
type Tell = (args: Args) => Told;

const ABIS: Readonly<Record<GameName, Interface>> = {
  edges: QUEUE_ABI,
  claims: CLAIMS_ABI,
  tournament: TOURNAMENT_ABI,
};
const LEVELS = ["blocks", "stretches of a block’s run", "single steps"] as const;
const UNITS = ["block", "stretch", "step"] as const;

/** `blocks 0 to 3`, `step 5`: the leaves below a place of a game of edges. */
function span(at: unknown): string {
  const { level, height, index } = at as { level: bigint; height: bigint; index: bigint };
  const size = 2n ** height;
  const [first, unit] = [index * size, UNITS[Number(level)]];
  return size === 1n
    ? `${unit} ${first}`
    : `${unit === "stretch" ? "stretche" : unit}s ${first} to ${first + size - 1n}`;
}

const ASSERT: Told = {
  does: "assert: stake on the state that you say the inbox leads to",
  follows: "It earns time while nobody contests it; with enough it is confirmed.",
};

const EDGES: Readonly<Record<string, Tell>> = {
  assertState: () => ASSERT,
  bisect: ({ place }) => ({
    does: `bisect ${span(place)}: show what you claim of both halves`,
    follows: "The half on which both sides agree earns time for both; the disagreement goes on in the other.",
  }),
  open: ({ place }) => ({
    does: `open ${span(place)}: stake on ${LEVELS[Number((place as { level: bigint }).level) + 1]} in it`,
    follows: "The next level begins; who is silent there loses what stands above.",
  }),
  proveStep: ({ place }) => ({
    does: `prove ${span(place)}: L1 executes it`,
    follows: "What L1 gets is what counts, for good: only the truth can do this.",
  }),
  update: ({ steps }) => ({
    does: `carry time up over ${(steps as unknown[]).length} places`,
    follows: "What was earned below counts above.",
  }),
  confirm: ({ place }) => ({
    does: `confirm what you claim of ${span(place)}`,
    follows: "It has earned its time, or was proven; its stake comes back.",
  }),
  slash: ({ loser }) => ({
    does: `take the stake behind the rival of ${span(loser)}`,
    follows: "It pays for the moves that beat it; the rest is burnt.",
  }),
  reward: ({ way }) => ({
    does: `have ${(way as unknown[]).length + 1} moves paid out of a lost stake`,
    follows: "Who made the winner’s moves gets what they cost.",
  }),
  moveStake: () => ({
    does: "move a stake on to a later assertion of your own",
    follows: "It stands behind both; no second one is needed.",
  }),
};

const answer =
  (does: string): Tell =>
  ({ parent }) => ({
    does: `${does} claim ${String(parent)}`,
    follows: "It takes the other side’s clock up; a claim that is not answered stands, and the one it counters falls.",
  });

const CLAIMS: Readonly<Record<string, Tell>> = {
  assertState: () => ({ ...ASSERT, follows: "It stands unless somebody attacks it before its clock is over." }),
  attack: answer("attack: say another state at the middle of what is before"),
  defend: answer("defend: agree with it, and go on in the half behind"),
  step: ({ index }) => ({
    does: `step against claim ${String(index)}: L1 executes the instruction`,
    follows: "What L1 gets is what counts: a false claim falls with it.",
  }),
  resolveClaim: ({ index }) => ({
    does: `resolve claim ${String(index)}`,
    follows: "Its clock is over: its bond goes back, or to who countered it.",
  }),
  confirm: () => ({ does: "confirm the assertion", follows: "Nothing counters it any more." }),
};

const WIN = "The other side’s history is out of this tournament, with its bond.";
const TOURNAMENT: Readonly<Record<string, Tell>> = {
  assertState: () => ({ ...ASSERT, follows: "It joins the tournament of its place, and plays whoever is there." }),
  join: () => ({
    does: "join the tournament below with your history of that part",
    follows: "It has a bond and a clock of its own; who does not come loses the match above.",
  }),
  advance: () => ({
    does: "answer: open the half in which you differ",
    follows: "Then it is the other side’s turn, and its clock runs.",
  }),
  sealMatch: () => ({
    does: "seal: name the first leaf in which you differ",
    follows: "A tournament below decides it; at the last level, L1 itself.",
  }),
  winByStep: () => ({ does: "win by the step: L1 executes it", follows: WIN }),
  winByTimeout: () => ({ does: "win by time: the other clock is over", follows: WIN }),
  winByInner: () => ({ does: "carry the win up from the tournament below", follows: WIN }),
  eliminate: () => ({ does: "end a match in which no clock is left", follows: "Both are out." }),
  eliminateInner: () => ({ does: "end a match whose tournament below left nobody", follows: "Both are out." }),
  confirm: () => ({ does: "confirm the assertion", follows: "It is the last one left, and joining is over." }),
};

const WORDS: Readonly<Record<GameName, Readonly<Record<string, Tell>>>> = {
  edges: EDGES,
  claims: CLAIMS,
  tournament: TOURNAMENT,
};

/** What a transaction to the queue does, call by call. */
export function tellCalls(game: GameName, data: Hex): Told[] {
  const call = ABIS[game].parseTransaction({ data });
  if (call === null) return [{ does: "something that is no move of this game", follows: "" }];
  if (call.name === "multicall") return (call.args[0] as Hex[]).flatMap((inner) => tellCalls(game, inner));
  if (call.name === "deposit") return [{ does: "put ether into the queue, to stake with", follows: "" }];
  if (call.name === "withdraw") return [{ does: "take ether out of the queue", follows: "" }];
  return [WORDS[game][call.name](call.args.toObject())];
}

/** The functions of a game that are its moves, for whoever wants to know that each has words. */
export const movesOf = (game: GameName): string[] => Object.keys(WORDS[game]);
