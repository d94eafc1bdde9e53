import { TOURNAMENT_ABI } from "../../../../games/tournament/abi";
import { parseTournamentLog, type TournamentEvent } from "../../../../games/tournament/events";
import { TournamentReplica } from "../../../../games/tournament/replica";
import type { TournamentParameters } from "../../../../games/tournament/types";
import { createFollow } from "../follow";
import { disputeOfEvent } from "./history";

const LEVELS = [0, 1, 2];

/** The whole game from L1's logs, on with every block. */
export const useTournament = createFollow<TournamentEvent, TournamentReplica, TournamentParameters>("tournament", {
  async open(read) {
    const [allowance, heights, bonds] = await Promise.all([
      read(TOURNAMENT_ABI, "challengePeriod"),
      Promise.all(LEVELS.map((level) => read(TOURNAMENT_ABI, "heightOf", [level]))),
      Promise.all(LEVELS.map((level) => read(TOURNAMENT_ABI, "bondOf", [level]))),
    ]);
    return {
      heights: heights.map(Number) as unknown as TournamentParameters["heights"],
      bonds: bonds as unknown as TournamentParameters["bonds"],
      allowanceSeconds: Number(allowance),
    };
  },
  parse: parseTournamentLog,
  rules: ({ heights }) => ({
    createReplica: () => new TournamentReplica({ heights }),
    disputeOf: (event, replica) => disputeOfEvent(event, replica, heights),
  }),
});
