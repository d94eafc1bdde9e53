import type { Log } from "ethers";
import { parseDeploymentConfig, type Deployment, type GameType } from "../../deployment";
import { ClaimsReplica, parseClaimsLog } from "../../games/claims";
import { parseGameLog } from "../../games/edges";
import { parseTournamentLog } from "../../games/tournament";

/** How far the lies that were told have come, in words that every game has. */
export interface LieProgress {
  isAnswered: boolean;
  /** Whether L1 has executed a step. */
  isProven: boolean;
  /** Whether somebody has lost a stake. */
  isPaid: boolean;
}

const READERS: Readonly<Record<GameType, (logs: readonly Log[]) => LieProgress>> = { edges, claims, tournament };

/** @param logs - All of the queue's, oldest first. */
export function readLies({ parameters }: Deployment, logs: readonly Log[]): LieProgress {
  return READERS[parseDeploymentConfig(parameters).game.type](logs);
}

function edges(logs: readonly Log[]): LieProgress {
  const kinds = new Set(logs.map((log) => parseGameLog(log)?.kind));
  return { isAnswered: kinds.has("Bisected"), isProven: kinds.has("StepProven"), isPaid: kinds.has("Slashed") };
}

function claims(logs: readonly Log[]): LieProgress {
  const events = logs.map(parseClaimsLog).filter((event) => event !== null);
  const replica = new ClaimsReplica();
  // Who is paid does not depend on the clock.
  for (const event of events) replica.apply(event, 0);
  const made = [...replica.trees.values()].flatMap((tree) => tree.claims);
  return {
    isAnswered: events.some(({ kind }) => kind === "ClaimMade"),
    isProven: events.some(({ kind }) => kind === "StepPlayed"),
    isPaid: made.some(({ payee, claimant }) => payee !== null && payee !== claimant),
  };
}

/** A sealed match that no tournament below decided is won by a step, or else by the clock of a side that had none to show. */
function tournament(logs: readonly Log[]): LieProgress {
  const events = logs.map(parseTournamentLog).filter((event) => event !== null);
  const opened = new Set(events.flatMap((event) => (event.kind === "TournamentOpened" ? [event.above] : [])));
  const leaves = new Set(
    events.flatMap((event) => (event.kind === "Sealed" && !opened.has(event.matchId) ? [event.matchId] : [])),
  );
  const ended = events.filter((event) => event.kind === "MatchEnded");
  return {
    isAnswered: events.some(({ kind }) => kind === "Advanced"),
    isProven: ended.some(({ matchId, survivor }) => survivor !== null && leaves.has(matchId)),
    isPaid: events.some((event) => event.kind === "Settled" && event.burnt > 0n),
  };
}
