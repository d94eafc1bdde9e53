import type { Hex } from "../../protocol/types";
import type { At, GameParameters, GameView, Move, Parent } from "../../games/edges";
import type { EdgeState } from "../../games/edges/types";

export type BoardEdge = EdgeState & { at: At; root: Hex };

/** The state of a game with all its edges and balances: what both the model and the replica of a chain give. */
export interface BoardView extends GameView {
  readonly edges: ReadonlyMap<Hex, BoardEdge>;
  edge(id: Hex): BoardEdge | undefined;
  readonly balances: ReadonlyMap<Hex, bigint>;
  readonly burnt: bigint;
  /** Wei left to pay for moves, by winner. */
  readonly rewards: ReadonlyMap<Hex, bigint>;
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
