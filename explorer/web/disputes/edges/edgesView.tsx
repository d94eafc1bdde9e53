import { useMemo } from "preact/hooks";
import type { Hex } from "../../../../protocol/types";
import type { GameReplica } from "../../../../games/edges/replica";
import { liveTime } from "../../../../games/edges/timers";
import { count, duration, units } from "../../format";
import { useL1Seconds } from "../../live";
import { Account, Badge, Hash, Link, Loaded, Section, Table } from "../../parts/parts";
import type { Place } from "../../router";
import type { DisputeView } from "../view";
import { Answers } from "./Answers";
import { useEdges } from "./follow";
import { narrowing, sidesAt, verdictOf, type Contested, type EdgesHistory, type Side } from "./history";
import { Step } from "./Step";
import { Timeline } from "./Timeline";
import { describeVerdict, placeName, sizeOf } from "./words";

export const edgesView: DisputeView = { name: "edges", List, Dispute };

/** Assertions of one place that the list shows, at most; more are counted. */
const MOST_RIVALS = 60;
/** Disputes that are shown at once, and rows of what nobody contests; newest first. */
const MOST_PLACES = 50;
const MOST_ROWS = 100;

function List() {
  const edges = useEdges();
  return (
    <>
      <h1>Assertions and disputes</h1>
      <p class="quiet">
        Each assertion says what L2 is at a block and stakes ether on it. Two at one place contradict each other: that
        is a dispute, and it narrows until L1 can execute one instruction itself.
      </p>
      <Loaded query={edges}>
        {({ history }) => {
          const replica = history.at(history.moves.length);
          return (
            <>
              <p>{sizeOf(replica)}</p>
              <AssertionTree replica={replica} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

/** What is or was in dispute side by side, newest first; the rest of the chain, on which nobody disagrees, in rows. */
function AssertionTree({ replica }: { replica: GameReplica }) {
  const places = new Map<Hex, Hex[]>();
  for (const { id } of replica.assertions.values()) {
    const { mutualId } = replica.edge(id)!;
    places.set(mutualId, [...(places.get(mutualId) ?? []), id]);
  }
  const newest = [...places.entries()].reverse();
  const disputed = newest.filter(([, ids]) => ids.length > 1);
  const quiet = newest.filter(([, ids]) => ids.length === 1);
  return (
    <>
      {disputed.length === 0 && <p>Nobody has contested an assertion yet.</p>}
      <ol class="assertions">
        {disputed.slice(0, MOST_PLACES).map(([mutualId, ids]) => (
          <DisputedPlace key={mutualId} replica={replica} mutualId={mutualId} ids={ids} />
        ))}
      </ol>
      {disputed.length > MOST_PLACES && <p class="quiet">and {count(disputed.length - MOST_PLACES)} older ones</p>}
      <Section title="Uncontested">
        <Uncontested replica={replica} places={quiet.slice(0, MOST_ROWS)} />
        {quiet.length > MOST_ROWS && <p class="quiet">and {count(quiet.length - MOST_ROWS)} older ones</p>}
      </Section>
    </>
  );
}

function Uncontested({ replica, places }: { replica: GameReplica; places: readonly [mutualId: Hex, ids: Hex[]][] }) {
  const now = useL1Seconds();
  const { challengePeriodSeconds } = replica.parameters;
  return (
    <Table
      label="uncontested assertions"
      head={["assertion", "after", "claims L2 block", "staker", "clock", "state"]}
      rows={places.map(([mutualId, [id]]) => {
        const assertion = replica.assertions.get(id)!;
        const edge = replica.edge(id)!;
        const timer = liveTime(edge, replica.mutual(mutualId)!, now ?? replica.nowSeconds);
        const parent = replica.assertions.get(assertion.parent);
        return [
          <Link href={`/dispute/${mutualId}`}>Assertion {assertion.index}</Link>,
          parent === undefined ? "genesis" : `assertion ${parent.index}`,
          <Link href={`/block/${assertion.l2BlockNumber}`}>{count(assertion.l2BlockNumber)}</Link>,
          <Account value={edge.staker} />,
          timer >= challengePeriodSeconds ? "has earned enough" : `${duration(challengePeriodSeconds - timer)} left`,
          <State status={edge.status} />,
        ];
      })}
    />
  );
}

function DisputedPlace({ replica, mutualId, ids }: { replica: GameReplica; mutualId: Hex; ids: Hex[] }) {
  const now = useL1Seconds();
  const sides = sidesAt(replica, mutualId, now ?? replica.nowSeconds);
  const parent = replica.assertions.get(replica.assertions.get(ids[0])!.parent);
  return (
    <li>
      <section>
        <h2>
          <Link href={`/dispute/${mutualId}`}>Dispute of {ids.length} assertions</Link>{" "}
          <span class="quiet">after {parent === undefined ? "genesis" : `assertion ${parent.index}`}</span>
        </h2>
        <Sides replica={replica} sides={sides.slice(0, MOST_RIVALS)} />
        {ids.length > MOST_RIVALS && <p class="quiet">and {ids.length - MOST_RIVALS} more</p>}
      </section>
    </li>
  );
}

function Sides({ replica, sides }: { replica: GameReplica; sides: readonly Side[] }) {
  const { challengePeriodSeconds } = replica.parameters;
  return (
    <div class="sides">
      {sides.map((side, i) => {
        const assertion = replica.assertions.get(side.assertion)!;
        return (
          <div key={side.assertion} class={`s${i % 2}`}>
            <Account value={side.account} /> <State status={side.status} />
            <br />
            claims block {count(assertion.l2BlockNumber)} has output <Hash value={assertion.outputRoot} />
            <br />
            <label>
              clock{" "}
              <meter
                min={0}
                max={challengePeriodSeconds}
                value={Math.min(side.timer, challengePeriodSeconds)}
                aria-label={`clock of ${side.account}`}
              />{" "}
              {side.timer >= challengePeriodSeconds
                ? "has earned enough"
                : `${duration(side.timer)} of ${duration(challengePeriodSeconds)}`}
            </label>
            <br />
            {side.locked > 0n ? `${units(side.locked)} ether locked` : "nothing locked any more"}
          </div>
        );
      })}
    </div>
  );
}

function State({ status }: { status: string }) {
  const kind = status === "confirmed" ? "good" : status === "slashed" ? "bad" : "open";
  return <Badge kind={kind}>{status === "slashed" ? "slashed: it was false" : status}</Badge>;
}

function Dispute({ place }: { place: Place }) {
  const edges = useEdges();
  const id = (place.parts[1] ?? "") as Hex;
  return (
    <Loaded query={edges}>
      {({ history }) => {
        const own = history.movesOf(id);
        return own.length === 0 ? (
          <>
            <h1>Dispute</h1>
            <p>L1 knows no assertion at this place, or none yet.</p>
          </>
        ) : (
          <Replay key={id} history={history} dispute={id} own={own} place={place} />
        );
      }}
    </Loaded>
  );
}

/** A dispute at one of its moves: `?move=N`, from 1; without it the newest, live. */
function Replay({
  history,
  dispute,
  own,
  place,
}: {
  history: EdgesHistory;
  dispute: Hex;
  own: number[];
  place: Place;
}) {
  const now = useL1Seconds();
  const asked = Number(place.query.get("move") ?? own.length);
  const move = Number.isInteger(asked) ? Math.min(Math.max(asked, 1), own.length) : own.length;
  const isLive = !place.query.has("move");
  const replica = history.at(isLive ? history.moves.length : own[move - 1] + 1);
  // Drawn every second, for the clocks; what only moves change is worked out when there are some.
  const [rows, verdict] = useMemo(
    () => [narrowing(replica, dispute), verdictOf(replica, dispute)] as const,
    [history, isLive ? history.moves.length : own[move - 1], dispute],
  );
  const shownAt = isLive ? (now ?? replica.nowSeconds) : replica.nowSeconds;
  const sides = sidesAt(replica, dispute, shownAt);
  const { challengePeriodSeconds } = replica.parameters;
  const sentence = describeVerdict(verdict, rows, challengePeriodSeconds);
  const done = own.slice(0, move).map((i) => history.moves[i]);
  const proven = done.find(({ event }) => event.kind === "StepProven");
  return (
    <>
      <h1>{sides.length > 1 ? "Dispute" : "Assertion"}</h1>
      <p class="verdict" role="status">
        {sentence}
      </p>
      <Answers replica={replica} dispute={dispute} moves={done} rows={rows} verdict={verdict} now={shownAt} />
      <Sides replica={replica} sides={sides} />
      <Section title="Move by move">
        <Timeline history={history} own={own} move={move} isLive={isLive} />
      </Section>
      {rows.length > 0 && rows[0].rivals.length > 1 && (
        <Section title="How it narrows">
          <Narrowing rows={rows} heights={history.parameters.heights} />
        </Section>
      )}
      {proven !== undefined && <Step history={history} move={proven} replica={replica} />}
    </>
  );
}

const LEVELS = [
  "Level 0: which block?",
  "Level 1: which part of the run?",
  "Level 2: which single instruction?",
] as const;

/** The game as a tree that narrows: a row a contested place; the bar says which part of its level is left. */
function Narrowing({ rows, heights }: { rows: readonly Contested[]; heights: readonly number[] }) {
  return (
    <ol class="narrow">
      {rows.map((row, i) => {
        const isFirst = i === 0 || rows[i - 1].level !== row.level;
        const width = 100 * 2 ** (row.height - heights[row.level]);
        const left = width * row.index;
        return (
          <li key={row.mutualId} class={i === rows.length - 1 ? "fresh" : undefined}>
            <span>
              {isFirst && <span class="level">{LEVELS[row.level]}</span>}
              {placeName(row)}
            </span>
            <svg viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">
              <rect class="whole" x="0" y="5" width="100" height="4" />
              <rect class="kept" x={Math.min(left, 99.4)} y="0" width={Math.max(width, 0.6)} height="14" />
            </svg>
            <span>
              {row.rivals.map((rival, side) => (
                <span key={rival.id}>
                  {side > 0 ? " ≠ " : ""}
                  <code title={`${rival.root}, claimed by ${rival.sides.join(", ")}`}>{rival.root.slice(2, 8)}</code>
                  {rival.status === "open" ? "" : ` ${rival.status}`}
                </span>
              ))}
              {row.rivals.length === 1 && " waits for an answer"}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
