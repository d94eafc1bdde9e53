import type { Hex } from "../../../protocol/types";
import type { GameParameters, GameView, Move, Parent, At } from "../../../games/edges";
import type { EdgeState } from "../../../games/edges/types";
import type { GameChain } from "../contracts/chain";
import { GameModel, Refused, type Judge } from "./model";
import { CORRECT, type Rules } from "./rules";

export type BoardEdge = EdgeState & { at: At; root: Hex };

/** The state of a game with all its edges and balances: what both the model and the replica of a chain give. */
export interface BoardView extends GameView {
  readonly edges: ReadonlyMap<Hex, BoardEdge>;
  edge(id: Hex): BoardEdge | undefined;
  readonly balances: ReadonlyMap<Hex, bigint>;
  readonly burnt: bigint;
}

/** One move of one account, by its number. */
export interface Turn {
  by: number;
  move: Move;
}

/** A game that can be played: the contracts on a chain, or the model. Times are L1 seconds. */
export interface Board {
  readonly parameters: GameParameters;
  readonly genesis: Parent;
  /** Addresses of the players, lower case. */
  readonly players: readonly Hex[];
  now(): number;
  view(): Promise<BoardView>;
  /** Plays moves in order, all at one time after the last. @returns whether each went through. */
  round(turns: readonly Turn[], timeSeconds: number): Promise<boolean[]>;
}

/**
 * The contracts. Every move is a transaction of its own; those of a round share a block. A second round at one time is a second late:
 * two blocks cannot have one time.
 */
export async function chainBoard(chain: GameChain): Promise<Board> {
  let now = (await chain.replica()).nowSeconds;
  return {
    parameters: chain.parameters,
    genesis: chain.genesis,
    players: chain.addresses,
    now: () => now,
    view: async () => chain.replica(),
    async round(turns, timeSeconds) {
      now = timeSeconds;
      if (turns.length === 0) return [];
      const sent = turns.map(({ by, move }) => ({ from: chain.accounts[by], moves: [move] }));
      return (await chain.mineTogether(sent, timeSeconds)).map(({ status }) => status === 1);
    },
  };
}

export const PLAYERS: readonly Hex[] = Array.from(
  { length: 12 },
  (_, i): Hex => `0x${(i + 1).toString(16).padStart(40, "0")}`,
);
const ETHER = 10n ** 18n;

/** A model whose players have a thousand ether each. */
export function createModel(
  parameters: GameParameters,
  genesis: Parent,
  judge: Judge,
  rules: Rules = CORRECT,
): GameModel {
  const model = new GameModel(parameters, genesis, judge, rules);
  for (const player of PLAYERS) model.deposit(player, 1000n * ETHER);
  return model;
}

/** The model, perhaps with a rule off. */
export function modelBoard(model: GameModel): Board {
  return {
    parameters: model.parameters,
    genesis: model.genesis,
    players: PLAYERS,
    now: () => model.nowSeconds,
    view: async () => model,
    async round(turns, timeSeconds) {
      model.nowSeconds = timeSeconds;
      return turns.map(({ by, move }) => tryMove(model, move, PLAYERS[by]) === null);
    },
  };
}

/** @returns the refusal's name, or null. */
export function tryMove(model: GameModel, move: Move, sender: Hex): string | null {
  try {
    model.play(move, sender);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.name;
    throw error;
  }
}
