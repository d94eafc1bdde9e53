import type { ComponentChildren } from "preact";
import type { AssertionInfo } from "../../../games/types";
import type { Hex } from "../../../protocol/types";
import { count } from "../format";
import { Account, Badge, Hash, Link, Section, Table } from "../parts/parts";

/** An assertion in the list of all, in words that every game has. */
export interface Standing {
  id: Hex;
  /** The same for all that contradict each other; a dispute's page is named by it. */
  place: Hex;
  index: number;
  /** Number of the assertion that it builds on; null after genesis. */
  parentIndex: number | null;
  l2BlockNumber: number;
  account: Hex;
  status: string;
  /** Whether somebody disagrees. */
  isContested: boolean;
}

/** Disputes that are shown at once, and rows of what nobody contests; newest first. */
const MOST_PLACES = 50;
const MOST_ROWS = 100;

/** What is or was in dispute side by side, newest first; the rest of the chain, on which nobody disagrees, in rows. */
export function AssertionList({
  standings,
  clockOf,
  sidesOf,
}: {
  /** Oldest first. */
  standings: readonly Standing[];
  /** What the clock of an assertion says that nobody contests. */
  clockOf: (standing: Standing) => ComponentChildren;
  /** The assertions of one place side by side. */
  sidesOf: (place: Hex) => ComponentChildren;
}) {
  const places = new Map<Hex, Standing[]>();
  for (const one of standings) places.set(one.place, [...(places.get(one.place) ?? []), one]);
  const newest = [...places.entries()].reverse();
  const disputed = newest.filter(([, all]) => all.some(({ isContested }) => isContested));
  const lost = fallen(standings);
  const quiet = newest.filter(([, all]) => !all.some(({ isContested }) => isContested));
  return (
    <>
      {disputed.length === 0 && <p>Nobody has contested an assertion yet.</p>}
      <ol class="assertions">
        {disputed.slice(0, MOST_PLACES).map(([place, all]) => (
          <li key={place}>
            <section>
              <h2>
                <Link href={`/dispute/${place}`}>
                  Dispute of {all.length} assertion{all.length === 1 ? "" : "s"}
                </Link>{" "}
                <span class="quiet">after {parentName(all[0])}</span>
              </h2>
              {sidesOf(place)}
            </section>
          </li>
        ))}
      </ol>
      {disputed.length > MOST_PLACES && <p class="quiet">and {count(disputed.length - MOST_PLACES)} older ones</p>}
      <Section title="Uncontested">
        <Table
          label="uncontested assertions"
          head={["assertion", "state", "clock", "claims L2 block", "staker", "after"]}
          rows={quiet
            .slice(0, MOST_ROWS)
            .map(([place, [one]]) => [
              <Link href={`/dispute/${place}`}>Assertion {one.index}</Link>,
              <AssertionState status={lost.has(one.index) ? "fallen" : one.status} />,
              lost.has(one.index) ? "" : clockOf(one),
              <Link href={`/block/${one.l2BlockNumber}`}>{count(one.l2BlockNumber)}</Link>,
              <Account value={one.account} />,
              parentName(one),
            ])}
        />
        {quiet.length > MOST_ROWS && <p class="quiet">and {count(quiet.length - MOST_ROWS)} older ones</p>}
      </Section>
    </>
  );
}

/** States that end badly, in words. */
const LOST: Readonly<Record<string, string>> = {
  slashed: "slashed: it was false",
  frozen: "frozen: nobody is left",
  fallen: "falls with what it builds on",
};

function AssertionState({ status }: { status: string }) {
  const kind = status === "confirmed" ? "good" : Object.hasOwn(LOST, status) ? "bad" : "open";
  return <Badge kind={kind}>{LOST[status] ?? status}</Badge>;
}

/** Assertions that can never be confirmed because one below them is lost, by their number. */
function fallen(standings: readonly Standing[]): Set<number> {
  const lost = new Set<number>();
  const fall = new Set<number>();
  // A parent is older than its children.
  for (const { index, parentIndex, status } of standings) {
    const isOnLost = parentIndex !== null && lost.has(parentIndex);
    if (isOnLost && status === "open") fall.add(index);
    if (isOnLost || status === "slashed" || status === "frozen") lost.add(index);
  }
  return fall;
}

function parentName({ parentIndex }: Standing): string {
  return parentIndex === null ? "genesis" : `assertion ${parentIndex}`;
}

/** An assertion beside those that contradict it. @param side - Its number among them. @param children - Its clock and what it has locked. */
export function AssertionSide({
  side,
  account,
  status,
  assertion,
  children,
}: {
  side: number;
  account: Hex;
  status: string;
  assertion: AssertionInfo;
  children: ComponentChildren;
}) {
  return (
    <div class={`s${side % 2}`}>
      <Account value={account} /> <AssertionState status={status} />
      <br />
      claims block {count(assertion.l2BlockNumber)} has output <Hash value={assertion.outputRoot} />
      <br />
      {children}
    </div>
  );
}
