import { TOURNAMENT_ABI } from "../../../../games/tournament/abi";
import type { TournamentEvent } from "../../../../games/tournament/events";
import type { Hex } from "../../../../protocol/types";
import type { SeenMove } from "../history";
import type { ProofSource } from "../proof";

/** The proof by which a match of the last level ended. */
export function proofOf({ transaction }: SeenMove<TournamentEvent>, matchId: Hex): ProofSource {
  return {
    ...{ transaction, key: matchId, abi: TOURNAMENT_ABI },
    pick: ({ name, args }) => (name === "winByStep" && args.matchId === matchId ? (args.witness as Hex) : null),
  };
}
