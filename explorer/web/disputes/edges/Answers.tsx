import type { GameEvent } from "../../../../games/edges/events";
import type { GameReplica } from "../../../../games/edges/replica";
import type { Hex } from "../../../../protocol/types";
import { ether } from "../../format";
import type { SeenMove, Verdict } from "../history";
import { InShort } from "../InShort";
import { assertionsAt, blocksOf, flowsOf, refutedIn, type Contested, type Flows } from "./history";
import { proofOf } from "./proof";

/** The dispute in short. */
export function Answers({
  replica,
  dispute,
  moves,
  rows,
  verdict,
  now,
}: {
  replica: GameReplica;
  dispute: Hex;
  moves: readonly SeenMove<GameEvent>[];
  rows: readonly Contested[];
  verdict: Verdict;
  /** L1 seconds of the moment that is shown. */
  now: number;
}) {
  const assertions = assertionsAt(replica, dispute);
  if (assertions.length < 2) return <></>;
  const proven = moves.find(({ event }) => event.kind === "StepProven");
  const confirmed = assertions.find(({ status }) => status === "confirmed");
  const flows = flowsOf(moves, replica);
  const payDay = {
    confirmed: confirmed?.staker ?? null,
    end: replica.assertions.get((confirmed ?? assertions[0]).id)!.l2BlockNumber,
    latestSeconds: assertions[0].created + 2 * replica.parameters.challengePeriodSeconds - now,
  };
  return (
    <InShort
      verdict={verdict}
      refuted={refutedIn(replica, proven)}
      blocks={blocksOf(replica, rows)}
      latestBlock={Math.max(...assertions.map(({ id }) => replica.assertions.get(id)!.l2BlockNumber))}
      proof={proven === undefined ? null : proofOf(proven)}
      payDay={payDay}
      purses={flows.purses}
      paidFor="paid for moves, out of lost stakes"
      flow={describeFlows(flows)}
    />
  );
}

function describeFlows({ setAside, burnt, paid }: Flows): string {
  if (setAside + burnt === 0n)
    return "Nobody has lost a stake yet. Half of a lost stake is burnt, the other half pays those who made the winner’s moves.";
  return `Of ${ether(setAside + burnt)} lost, ${ether(burnt)} is burnt, ${ether(paid)} went to those who made the winner’s moves, ${ether(setAside - paid)} waits there for whoever claims a move.`;
}
