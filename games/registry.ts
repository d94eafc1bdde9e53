import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { ClaimsGame } from "./claims/game";
import { EdgesGame } from "./edges/game";
import type { DisputeGame } from "./game";
import type { L1Requests } from "./l1Requests";
import { SETTLEMENT_ABI } from "./settlement";
import { TournamentGame } from "./tournament/game";

type OpenGame = (rpc: L1Requests, queue: Hex, startBlock: number) => Promise<DisputeGame>;

/** Every game there is, by the game type that its queue names on L1. */
const GAMES: Readonly<Record<number, OpenGame>> = {
  100: EdgesGame.open,
  101: ClaimsGame.open,
  102: TournamentGame.open,
};

/**
 * The game that a queue on L1 is settled by, which the queue itself names.
 * @param startBlock - L1 block of the queue's deployment.
 * @throws SolventError `l1-*`; `game-unknown` where this version does not know the queue's game.
 */
export async function openGame(rpc: L1Requests, queue: Hex, startBlock: number): Promise<DisputeGame> {
  const data = SETTLEMENT_ABI.encodeFunctionData("respectedGameType");
  const answer = await rpc.send<string>("eth_call", [{ to: queue, data }, "latest"]);
  const type = Number(SETTLEMENT_ABI.decodeFunctionResult("respectedGameType", answer)[0]);
  if (!Object.hasOwn(GAMES, type))
    throw new SolventError(
      "game-unknown",
      `the queue at ${queue} is settled by a game of type ${type}, which is not known`,
    );
  return GAMES[type](rpc, queue, startBlock);
}
