import { parseDeploymentConfig, type Deployment, type GameType } from "../../deployment";
import { L1Rpc } from "../../node/l1/rpc";
import { ClaimsReferee } from "./claims";
import { EdgesReferee } from "./edges";
import type { Referee } from "./referee";
import { TournamentReferee } from "./tournament";

export { Referee, type Seen } from "./referee";
export type { Spending, Verdict } from "./types";
export { describeSpending, isContradicted, untilSlashed, type Until } from "./verdict";

type Open = (rpc: L1Rpc, deployment: Deployment, intervalMs: number) => Promise<Referee>;

const REFEREES: Readonly<Record<GameType, Open>> = {
  edges: (...args) => EdgesReferee.open(...args),
  claims: (...args) => ClaimsReferee.open(...args),
  tournament: (...args) => TournamentReferee.open(...args),
};

/** A referee for the game that a system is settled by. */
export function startReferee(l1Url: string, deployment: Deployment, intervalMs = 100): Promise<Referee> {
  const { type } = parseDeploymentConfig(deployment.parameters).game;
  return REFEREES[type](new L1Rpc(l1Url), deployment, intervalMs);
}
