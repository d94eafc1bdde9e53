import { useMemo } from "preact/hooks";
import type { Hex } from "../../../../protocol/types";
import type { GameReplica } from "../../../../games/edges/replica";
import { liveTime } from "../../../../games/edges/timers";
import type { AssertionInfo } from "../../../../games/types";
import { count, duration, ether } from "../../format";
import { useL1Seconds } from "../../live";
import { Loaded, partyName, Section } from "../../parts/parts";
import type { Place } from "../../router";
import { Timeline } from "../Timeline";
import { VerdictLine } from "../VerdictLine";
import { AssertionList, AssertionSide, type Standing } from "../AssertionList";
import { DisputePage, useShownMove } from "../DisputePage";
import type { DisputeView } from "../view";
import { describeVerdict } from "../words";
import { Answers } from "./Answers";
import { useEdges } from "./follow";
import { blocksOf, narrowing, sidesAt, verdictOf, type Contested, type EdgesHistory, type Side } from "./history";
import { Step } from "./Step";
import { describeContest, describeMove, placeName, sizeOf } from "./words";

export const edgesView: DisputeView = { List, Dispute };

/** Assertions of one place that the list shows, at most; more are counted. */
const MOST_RIVALS = 60;

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
              <Assertions replica={replica} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function Assertions({ replica }: { replica: GameReplica }) {
  const now = useL1Seconds() ?? replica.nowSeconds;
  const { challengePeriodSeconds } = replica.parameters;
  return (
    <AssertionList
      standings={[...replica.assertions.values()].map((assertion) => standingOf(replica, assertion))}
      clockOf={({ id, place }) => {
        const timer = liveTime(replica.edge(id)!, replica.mutual(place)!, now);
        if (timer >= challengePeriodSeconds) return "has earned enough";
        return `${duration(challengePeriodSeconds - timer)} left`;
      }}
      sidesOf={(place) => {
        const sides = sidesAt(replica, place, now);
        return (
          <>
            <Sides replica={replica} sides={sides.slice(0, MOST_RIVALS)} />
            {sides.length > MOST_RIVALS && <p class="quiet">and {sides.length - MOST_RIVALS} more</p>}
          </>
        );
      }}
    />
  );
}

function standingOf(replica: GameReplica, { id, index, parent, l2BlockNumber }: AssertionInfo): Standing {
  const { mutualId: place, staker: account, status } = replica.edge(id)!;
  const parentIndex = replica.assertions.get(parent)?.index ?? null;
  const isContested = replica.stakedAt(place).length > 1;
  return { id, place, index, parentIndex, l2BlockNumber, account, status, isContested };
}

function Sides({ replica, sides }: { replica: GameReplica; sides: readonly Side[] }) {
  const { challengePeriodSeconds } = replica.parameters;
  return (
    <div class="sides">
      {sides.map((side, i) => {
        const assertion = replica.assertions.get(side.assertion)!;
        return (
          <AssertionSide key={side.assertion} {...{ side: i, account: side.account, status: side.status, assertion }}>
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
            {side.locked > 0n ? `${ether(side.locked)} locked` : "nothing locked any more"}
          </AssertionSide>
        );
      })}
    </div>
  );
}

function Dispute({ place }: { place: Place }) {
  return (
    <DisputePage query={useEdges()} place={place}>
      {({ history }, dispute, own) => (
        <Replay key={dispute} history={history} dispute={dispute} own={own} place={place} />
      )}
    </DisputePage>
  );
}

/** A dispute at one of its moves. */
function Replay({
  history,
  dispute,
  own,
  place,
}: {
  history: EdgesHistory;
  dispute: Hex;
  own: readonly number[];
  place: Place;
}) {
  const { move, isLive, count: shown, replica, at: shownAt } = useShownMove(history, own, place);
  // Drawn every second, for the clocks; what only moves change is worked out when there are some.
  const [rows, verdict] = useMemo(
    () => [narrowing(replica, dispute), verdictOf(replica, dispute)] as const,
    [history, shown, dispute],
  );
  const sides = sidesAt(replica, dispute, shownAt);
  const { challengePeriodSeconds } = replica.parameters;
  const sentence = describeVerdict(verdict, describeContest(rows), challengePeriodSeconds, partyName);
  const done = own.slice(0, move).map((i) => history.moves[i]);
  const proven = done.find(({ event }) => event.kind === "StepProven");
  return (
    <>
      <h1>{sides.length > 1 ? "Dispute" : "Assertion"}</h1>
      <VerdictLine by={verdict.by}>{sentence}</VerdictLine>
      <Answers replica={replica} dispute={dispute} moves={done} rows={rows} verdict={verdict} now={shownAt} />
      <Sides replica={replica} sides={sides} />
      <Section title="Move by move">
        <Timeline history={history} own={own} move={move} isLive={isLive} describe={describeMove} />
      </Section>
      {rows.length > 0 && rows[0].rivals.length > 1 && (
        <Section title="How it narrows">
          <Narrowing
            rows={rows}
            heights={replica.parameters.heights}
            firstBlock={blocksOf(replica, rows.slice(0, 1))![0]}
          />
        </Section>
      )}
      {proven !== undefined && <Step history={history} move={proven} replica={replica} />}
    </>
  );
}

const LEVELS = [
  "Level 0: which block?",
  "Level 1: which stretch of the run?",
  "Level 2: which single instruction?",
] as const;

/** The game as a tree that narrows: a row a contested place; the bar says which part of its level is left. */
function Narrowing({
  rows,
  heights,
  firstBlock,
}: {
  rows: readonly Contested[];
  heights: readonly number[];
  /** L2 block that run 0 makes. */
  firstBlock: number;
}) {
  return (
    <>
      <p class="quiet">
        Each row is a place that the sides contest; its bar is what is left of the level. On the right the first digits
        of the hashes that they claim there, which contradict each other. Run 0 makes L2 block {count(firstBlock)}.
      </p>
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
    </>
  );
}
