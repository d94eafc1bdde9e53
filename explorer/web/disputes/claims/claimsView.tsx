import { useMemo } from "preact/hooks";
import { usedAgainst } from "../../../../games/claims/clock";
import type { ClaimsReplica } from "../../../../games/claims/replica";
import type { ClaimTree } from "../../../../games/claims/types";
import type { Hex } from "../../../../protocol/types";
import { duration, ether, plural } from "../../format";
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
import { useClaims } from "./follow";
import {
  blocksAbout,
  blocksOf,
  largest,
  lockedBy,
  placeOfTree,
  pursesOf,
  refutedIn,
  stepIn,
  treesAt,
  verdictOf,
  type ClaimsHistory,
  type Rules,
} from "./history";
import { proofOf } from "./proof";
import { Step } from "./Step";
import { Tree } from "./Tree";
import { describeContest, describeMove, sizeOf } from "./words";

export const claimsView: DisputeView = { List, Dispute };

/** Assertions of one place that are shown, at most; more are counted. */
const MOST_RIVALS = 60;
/** Trees of one place that are drawn, the largest first. */
const MOST_TREES = 8;

function List() {
  const claims = useClaims();
  return (
    <>
      <h1>Assertions and disputes</h1>
      <p class="quiet">
        Each assertion says what L2 is at a block and puts a bond on it. Who disagrees answers it with a claim about the
        middle, which can be answered in turn: attacked or defended, until L1 can execute one instruction itself. Each
        side has one clock on each path.
      </p>
      <Loaded query={claims}>
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

function Assertions({ replica, rules }: { replica: ClaimsReplica; rules: Rules }) {
  const now = useL1Seconds() ?? replica.nowSeconds;
  return (
    <AssertionList
      standings={[...replica.trees.values()].map((tree) => standingOf(replica, tree, rules))}
      clockOf={({ id }) => {
        const left = rules.maxClockSeconds - usedAgainst(replica.trees.get(id)!, 0, now);
        return left > 0 ? `${duration(left)} left` : "over";
      }}
      sidesOf={(place) => {
        const trees = treesAt(replica, place, rules.heights);
        return (
          <>
            <Sides trees={trees.slice(0, MOST_RIVALS)} rules={rules} now={now} />
            {trees.length > MOST_RIVALS && <p class="quiet">and {trees.length - MOST_RIVALS} more</p>}
          </>
        );
      }}
    />
  );
}

function standingOf(replica: ClaimsReplica, tree: ClaimTree, { heights }: Rules): Standing {
  const { id, index, parent, l2BlockNumber } = tree.assertion;
  return {
    ...{ id, index, l2BlockNumber, place: placeOfTree(tree, heights), account: tree.claims[0].claimant },
    parentIndex: replica.trees.get(parent)?.assertion.index ?? null,
    status: statusOf(tree),
    isContested: tree.claims.length > 1 || replica.childrenOf(parent).length > 1,
  };
}

function statusOf({ isConfirmed, claims: [{ payee, claimant }] }: ClaimTree): string {
  if (isConfirmed) return "confirmed";
  return payee !== null && payee !== claimant ? "slashed" : "open";
}

function Sides({ trees, rules, now }: { trees: readonly ClaimTree[]; rules: Rules; now: number }) {
  const { maxClockSeconds } = rules;
  return (
    <div class="sides">
      {trees.map((tree, i) => {
        const { assertion, claims } = tree;
        const [{ claimant, isResolved }] = claims;
        const used = Math.min(usedAgainst(tree, 0, now), maxClockSeconds);
        const locked = lockedBy(claimant, trees, rules);
        return (
          <AssertionSide key={assertion.id} side={i} account={claimant} status={statusOf(tree)} assertion={assertion}>
            {claims.length > 1 ? `${plural(claims.length - 1, "claim")} below it` : "nobody has answered it"}
            <br />
            {isResolved ? (
              "its clock is over"
            ) : (
              <label>
                clock for a first answer{" "}
                <meter min={0} max={maxClockSeconds} value={used} aria-label={`clock against ${claimant}`} />{" "}
                {used >= maxClockSeconds ? "is over" : `${duration(used)} of ${duration(maxClockSeconds)}`}
              </label>
            )}
            <br />
            {locked > 0n ? `${ether(locked)} locked` : "nothing locked any more"}
          </AssertionSide>
        );
      })}
    </div>
  );
}

function Dispute({ place }: { place: Place }) {
  return (
    <DisputePage query={useClaims()} place={place}>
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
  history: ClaimsHistory;
  rules: Rules;
  dispute: Hex;
  own: readonly number[];
  place: Place;
}) {
  const { move, isLive, count: shown, replica, at: shownAt } = useShownMove(history, own, place);
  const done = useMemo(() => own.slice(0, move).map((i) => history.moves[i]), [own.length, move, history]);
  // Drawn every second, for the clocks; what only moves change is worked out when there are some.
  const [trees, verdict] = useMemo(() => {
    const found = treesAt(replica, dispute, rules.heights);
    return [found, verdictOf(replica, found, done, rules.heights)] as const;
  }, [history, shown, dispute]);
  const busiest = largest(trees);
  const contest = describeContest(replica, trees, busiest, rules);
  const proven = stepIn(done);
  return (
    <>
      <h1>{contest === null ? "Assertion" : "Dispute"}</h1>
      <VerdictLine by={verdict.by}>{describeVerdict(verdict, contest, rules.maxClockSeconds, partyName)}</VerdictLine>
      {contest !== null && (
        <Answers replica={replica} trees={trees} moves={done} verdict={verdict} rules={rules} now={shownAt} />
      )}
      <Sides trees={trees.slice(0, MOST_RIVALS)} rules={rules} now={shownAt} />
      <Section title="Move by move">
        <Timeline
          history={history}
          own={own}
          move={move}
          isLive={isLive}
          describe={(event, newest) => describeMove(event, newest, rules)}
        />
      </Section>
      {[...trees]
        .filter(({ claims }) => claims.length > 1)
        .sort((a, b) => b.claims.length - a.claims.length)
        .slice(0, MOST_TREES)
        .map((tree) => (
          <Tree
            key={tree.assertion.id}
            {...{ tree, side: trees.indexOf(tree) % 2, rules, blocks: blocksAbout(replica, tree), now: shownAt }}
          />
        ))}
      {proven !== undefined && <Step move={proven} replica={replica} rules={rules} />}
    </>
  );
}

/** The dispute in short. */
function Answers({
  replica,
  trees,
  moves,
  verdict,
  rules,
  now,
}: {
  replica: ClaimsReplica;
  trees: readonly ClaimTree[];
  moves: Parameters<typeof pursesOf>[1];
  verdict: ReturnType<typeof verdictOf>;
  rules: Rules;
  now: number;
}) {
  const proven = stepIn(moves);
  const confirmed = trees.find(({ isConfirmed }) => isConfirmed);
  const { purses, passed } = pursesOf(replica, moves, rules);
  const answers = largest(trees).claims.length - 1;
  const last = trees[0].claims[0].stamp + 2 * rules.maxClockSeconds + answers * rules.extensionSeconds;
  return (
    <InShort
      verdict={verdict}
      refuted={refutedIn(replica, proven)}
      blocks={blocksOf(replica, trees, rules.heights)}
      latestBlock={Math.max(...trees.map(({ assertion }) => assertion.l2BlockNumber))}
      proof={proven === undefined ? null : proofOf(proven)}
      payDay={{
        confirmed: confirmed?.claims[0].claimant ?? null,
        end: (confirmed ?? trees[0]).assertion.l2BlockNumber,
        latestSeconds: last - now,
      }}
      purses={purses}
      paidFor="paid out of lost bonds"
      flow={
        passed === 0n
          ? "Nobody has lost a bond yet. The bond of a claim that falls goes to whoever countered it; nothing is burnt."
          : `${ether(passed)} of bonds went from claims that fell to whoever countered them; nothing is burnt.`
      }
    />
  );
}
