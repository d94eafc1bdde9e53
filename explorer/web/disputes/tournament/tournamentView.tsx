import { useMemo } from "preact/hooks";
import type { TournamentReplica } from "../../../../games/tournament/replica";
import type { TournamentParameters } from "../../../../games/tournament/types";
import type { AssertionInfo } from "../../../../games/types";
import type { Hex } from "../../../../protocol/types";
import { duration, plural, units } from "../../format";
import { useL1Seconds } from "../../live";
import { Loaded, partyName, Section } from "../../parts/parts";
import type { Place } from "../../router";
import { AssertionList, AssertionSide, type Standing } from "../AssertionList";
import { DisputePage, useShownMove } from "../DisputePage";
import { InShort } from "../InShort";
import { Timeline } from "../Timeline";
import { VerdictLine } from "../VerdictLine";
import type { DisputeView } from "../view";
import { describeVerdict } from "../words";
import { Bracket } from "./Bracket";
import { useTournament } from "./follow";
import {
  answerersOf,
  assertionsAt,
  blocksOf,
  clockOf,
  flowsOf,
  isFrozen,
  joined,
  refutedIn,
  steppedIn,
  verdictOf,
  type TournamentHistory,
} from "./history";
import { proofOf } from "./proof";
import { Step } from "./Step";
import { describeContest, describeFlows, describeMove, sizeOf } from "./words";

export const tournamentView: DisputeView = { List, Dispute };

/** Assertions of one place that are shown, at most; more are counted. */
const MOST_RIVALS = 60;

function List() {
  return (
    <>
      <h1>Assertions and disputes</h1>
      <p class="quiet">
        Each assertion says what L2 is at a block and puts a bond on it. Those that contradict each other meet in pairs,
        each with a clock of its own, and bisect in turns until L1 can execute one instruction itself; who is left in
        the end is right.
      </p>
      <Loaded query={useTournament()}>
        {({ history, parameters }) => {
          const replica = history.at(history.moves.length);
          return (
            <>
              <p>{sizeOf(replica)}</p>
              <Assertions replica={replica} rules={parameters} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Assertions({ replica, rules }: { replica: TournamentReplica; rules: TournamentParameters }) {
  const now = useL1Seconds() ?? replica.nowSeconds;
  return (
    <AssertionList
      standings={joined(replica, rules.heights).map((assertion) => standingOf(replica, assertion))}
      clockOf={({ place }) => {
        const { start, allowance } = replica.tournaments.get(place)!;
        const left = start + allowance - now;
        return left > 0 ? `${duration(left)} left` : "over";
      }}
      sidesOf={(place) => (
        <Sides
          replica={replica}
          assertions={assertionsAt(replica, place, rules.heights).slice(0, MOST_RIVALS)}
          rules={rules}
          now={now}
        />
      )}
    />
  );
}

function standingOf(replica: TournamentReplica, assertion: AssertionInfo): Standing {
  const { id, index, parent, l2BlockNumber, root } = assertion;
  const { id: place, commitments } = replica.tournamentAround(assertion);
  return {
    ...{ id, place, index, l2BlockNumber, account: commitments.get(root)!.claimer },
    parentIndex: replica.assertions.get(parent)?.index ?? null,
    status: statusOf(replica, assertion),
    isContested: commitments.size > 1,
  };
}

function statusOf(replica: TournamentReplica, assertion: AssertionInfo): string {
  if (replica.isConfirmed(assertion.id)) return "confirmed";
  const tournament = replica.tournamentAround(assertion);
  if (isFrozen(tournament)) return "frozen";
  return tournament.commitments.get(assertion.root)!.standing === "out" ? "slashed" : "open";
}

function Sides({
  replica,
  assertions,
  rules: { allowanceSeconds, bonds },
  now,
}: {
  replica: TournamentReplica;
  assertions: readonly AssertionInfo[];
  rules: TournamentParameters;
  now: number;
}) {
  return (
    <div class="sides">
      {assertions.map((assertion, i) => {
        const tournament = replica.tournamentAround(assertion);
        const one = tournament.commitments.get(assertion.root)!;
        const left = clockOf(replica, one, tournament.id, now);
        return (
          <AssertionSide
            key={assertion.id}
            {...{ side: i, account: one.claimer, status: statusOf(replica, assertion), assertion }}
          >
            {one.standing === "out" ? (
              "out of the tournament"
            ) : (
              <label>
                clock{" "}
                <meter
                  min={0}
                  max={allowanceSeconds}
                  value={Math.min(left, allowanceSeconds)}
                  aria-label={`clock of ${one.claimer}`}
                />{" "}
                {duration(left)} left of {duration(allowanceSeconds)}
              </label>
            )}
            <br />
            {isFrozen(tournament)
              ? "its bond is lost"
              : tournament.isSettled
                ? "nothing locked any more"
                : `${units(bonds[0])} ether of bond in the pool`}
          </AssertionSide>
        );
      })}
    </div>
  );
}

function Dispute({ place }: { place: Place }) {
  return (
    <DisputePage query={useTournament()} place={place}>
      {({ history, parameters }, dispute, own) => (
        <Replay key={dispute} history={history} rules={parameters} dispute={dispute} own={own} place={place} />
      )}
    </DisputePage>
  );
}

/** A dispute at one of its moves. */
function Replay({
  history,
  rules,
  dispute,
  own,
  place,
}: {
  history: TournamentHistory;
  rules: TournamentParameters;
  dispute: Hex;
  own: readonly number[];
  place: Place;
}) {
  const { move, isLive, count: shown, replica, at: shownAt } = useShownMove(history, own, place);
  const { heights, bonds, allowanceSeconds } = rules;
  // Drawn every second, for the clocks; what only moves change is worked out when there are some.
  const [done, assertions, verdict] = useMemo(
    () =>
      [
        own.slice(0, move).map((i) => history.moves[i]),
        assertionsAt(replica, dispute, heights),
        verdictOf(replica, dispute, heights),
      ] as const,
    [history, shown, dispute],
  );
  const answerers = useMemo(() => answerersOf(history.at(history.moves.length), history.moves), [history.moves.length]);
  const contest = describeContest(replica, dispute, rules);
  const tournament = replica.tournaments.get(dispute);
  const stepped = steppedIn(replica, dispute);
  const ended = done.find(({ event }) => event.kind === "MatchEnded" && event.matchId === stepped?.id);
  const source = stepped === null || ended === undefined ? null : proofOf(ended, stepped.id);
  const flows = flowsOf(replica, done, rules);
  const winner = assertions.find(({ id }) => replica.isConfirmed(id));
  const rounds = Math.ceil(Math.log2(Math.max(2, tournament?.commitments.size ?? 2)));
  return (
    <>
      <h1>{contest === null ? "Assertion" : "Dispute"}</h1>
      <VerdictLine by={verdict.by}>{describeVerdict(verdict, contest, allowanceSeconds, partyName)}</VerdictLine>
      {contest !== null && (
        <InShort
          verdict={verdict}
          refuted={stepped === null ? [] : refutedIn(replica, stepped)}
          blocks={blocksOf(replica, dispute, heights)}
          latestBlock={Math.max(...assertions.map(({ l2BlockNumber }) => l2BlockNumber))}
          proof={source}
          payDay={{
            confirmed: winner === undefined ? null : verdict.winner,
            end: (winner ?? assertions[0]).l2BlockNumber,
            latestSeconds: tournament!.start + allowanceSeconds * (1 + 2 * rounds) - shownAt,
          }}
          purses={flows.purses}
          paidFor="paid for moves, and prizes"
          flow={describeFlows(flows, bonds)}
        />
      )}
      <Sides replica={replica} assertions={assertions.slice(0, MOST_RIVALS)} rules={rules} now={shownAt} />
      <Section title="Move by move">
        <Timeline
          history={history}
          own={own}
          move={move}
          isLive={isLive}
          describe={(event, newest) => describeMove(event, newest, rules, answerers)}
        />
      </Section>
      {contest !== null && tournament !== undefined && (
        <Section title={`The bracket: ${plural(tournament.commitments.size, "side")}`} wide>
          <Bracket tournament={tournament} replica={replica} rules={rules} now={shownAt} />
        </Section>
      )}
      {stepped !== null && source !== null && <Step match={stepped} source={source} replica={replica} rules={rules} />}
    </>
  );
}
