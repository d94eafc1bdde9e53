import { HonestPlayer, type Move } from "../../games/edges";
import type { Parent, Truth } from "../../games/edges/truth";
import type { Hex } from "../../protocol/types";
import { LyingTruth } from "../truths/lyingTruth";
import type { Random } from "../random";
import type { ToyTruth } from "../truths/toy/truth";
import type { BoardView } from "../boards/board";
import { GarbageTruth } from "../truths/garbageTruth";
import { movesOf } from "./universe";

/** How an adversary plays; each is the honest player's code over other histories, or at other times. */
export const STRATEGIES = ["liar", "stall", "garbage", "copied history", "spam", "copycat", "chaos"] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Someone who plays. A plan is made from what L1 shows, and sent in the next block. */
export interface Party {
  name: string;
  /** Account number. */
  by: number;
  decide(view: BoardView, tick: number): Move[];
}

export interface Seat {
  by: number;
  account: Hex;
  genesis: Parent;
  truth: ToyTruth;
}

/** Plays the truth, and proposes it. */
export function honestParty(seat: Seat): Party {
  const player = playerOf(seat.truth, seat, true);
  return { name: "honest", by: seat.by, decide: (view) => player.decide(view).moves };
}

/** An adversary with places of its lies, and delays, drawn from the generator. */
export function adversary(strategy: Strategy, seat: Seat, random: Random): Party {
  const { truth } = seat;
  const lie = (until = false): LyingTruth => {
    const [run, machine, step] = truth.heights.map((height) => random.below(2 ** height));
    return new LyingTruth(truth, { run, machine, step, salt: random.below(1000), until: until ? run + 1 : undefined });
  };
  const sources = sourcesOf(strategy, seat, lie, random);
  const players = sources.map((source) => playerOf(source, seat, true));
  const patience = strategy === "stall" ? 1 + random.below(6) : 0;
  let quietUntil = 0;
  const decide = (view: BoardView, tick: number): Move[] => {
    if (tick < quietUntil) return [];
    if (strategy === "stall" || random.below(8) === 0) quietUntil = tick + 1 + random.below(patience + 2);
    if (strategy === "chaos") {
      const moves = movesOf(view, sources, seat.genesis);
      return moves.length === 0 ? [] : [random.pick(moves), random.pick(moves)];
    }
    return players.flatMap((player) => player.decide(view).moves);
  };
  return { name: strategy, by: seat.by, decide };
}

function sourcesOf(strategy: Strategy, { truth }: Seat, lie: (until?: boolean) => LyingTruth, random: Random): Truth[] {
  const salt = random.below(1000);
  switch (strategy) {
    case "garbage": {
      const level = random.pick([0, 1, 2] as const);
      return [
        new GarbageTruth(level === 0 ? truth : lie(), truth.heights, { level, salt, rightEnd: random.below(2) === 0 }),
      ];
    }
    case "copied history":
      return [lie(true)];
    case "spam":
      return [lie(), lie(), lie(), lie(true)];
    case "copycat":
      return [truth, lie()];
    case "chaos":
      return [truth, lie(), lie(true), new GarbageTruth(truth, truth.heights, { level: 0, salt })];
    default:
      return [lie()];
  }
}

function playerOf(source: Truth, { account, genesis }: Seat, proposes: boolean): HonestPlayer {
  return new HonestPlayer(source, { account, from: genesis, propose: ({ id }) => proposes && id === genesis.id });
}
