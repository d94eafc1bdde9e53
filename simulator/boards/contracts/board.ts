import type { Board } from "../board";
import type { GameChain } from "./chain";

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
