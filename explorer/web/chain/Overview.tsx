import { quantity } from "../../../protocol/quantity";
import { node, useL1Seconds, useQuery } from "../live";
import { count, duration, range, units } from "../format";
import { Account, Badge, Hash, Link, Loaded, Party, Section, Table } from "../parts/parts";
import { latestBlocks, ageOf } from "./blocks";
import type { Assertion, Audit, BatchInfo, SyncStatus } from "./types";

const ROWS = 8;
/** Assertions that are looked through for disputes, and disputes that are shown: they fill the column beside the list. */
const LOOKED_THROUGH = 100;
const DISPUTES = 4;

/** The first page: the three heads, the money, the clocks, and what happened last. */
export function Overview() {
  const status = useQuery("status", () => node.send<SyncStatus>("rollup_syncStatus"), ["l1", "l2"]);
  return (
    <>
      <h1>The rollup now</h1>
      <Loaded query={status}>
        {(now) => (
          <>
            {now.unhealthy !== null && <p class="failure">{now.unhealthy}</p>}
            <ul class="tiles">
              <Tile
                name="unsafe head"
                value={count(now.unsafe.number)}
                note="sequenced"
                to={`/block/${now.unsafe.number}`}
              />
              <Tile
                name="safe head"
                value={count(now.safe.number)}
                note="derived from L1"
                to={`/block/${now.safe.number}`}
              />
              <Tile
                name="finalized head"
                value={count(now.finalized.number)}
                note="L1 cannot take it back"
                to={`/block/${now.finalized.number}`}
              />
              <Tile name="batches" value={count(now.batchCount)} note="on L1" to="/batches" />
              <Tile name="messages" value={count(now.delayedCount)} note="from L1, in order" to="/messages" />
              <Tile
                name="L1 block"
                value={now.l1Head === null ? "?" : count(now.l1Head.number)}
                note="as the node sees it"
              />
            </ul>
          </>
        )}
      </Loaded>
      <div class="columns">
        <div class="stack">
          <Money />
          <Disputes />
        </div>
        <Assertions />
        <Blocks />
        <Batches />
      </div>
    </>
  );
}

function Tile({ name, value, note, to }: { name: string; value: string; note: string; to?: string }) {
  return (
    <li>
      <span class="name">{name}</span>
      <strong>{to === undefined ? value : <Link href={to}>{value}</Link>}</strong>
      <span class="note">{note}</span>
    </li>
  );
}

function Money() {
  const audit = useQuery("audit", () => node.send<Audit>("rollup_getAudit"), ["l1"]);
  return (
    <Section title="Money">
      <Loaded query={audit}>
        {({ assets, alerts }) => (
          <>
            <Table
              label="books by asset"
              head={["asset", "escrow on L1", "supply on L2", "surplus"]}
              rows={assets.map(({ asset, escrow, supply, surplus }) => [
                asset === "ether" ? "ether" : <Account value={asset} />,
                units(escrow),
                units(supply),
                units(surplus),
              ])}
            />
            {alerts.map(({ text }) => (
              <p key={text} class="failure">
                {text}
              </p>
            ))}
            <p class="quiet">
              {alerts.length === 0 ? "Every unit that L2 owes is in escrow on L1. " : ""}
              <Link href="/money">All of it</Link>
            </p>
          </>
        )}
      </Loaded>
    </Section>
  );
}

const STATES = { "goes on": "open", decided: "good", "nobody won": "bad" } as const;

/** Who contradicts whom, newest first, and who lied: as L1 decided it, or, before it has, as this node's own chain says. */
function Disputes() {
  const found = useQuery(
    "overview of disputes",
    async () => disputesIn(await node.send<Assertion[]>("rollup_getAssertions", [quantity(LOOKED_THROUGH)])),
    ["l1"],
  );
  return (
    <Section title="Disputes">
      <Loaded query={found}>
        {(list) => (
          <>
            <Table
              label="latest disputes"
              wraps
              head={["dispute", "state", "who lied", "who was right"]}
              rows={list
                .slice(0, DISPUTES)
                .map(({ place, l2Block, state, liars, honest }) => [
                  <Link href={`/dispute/${place}`}>up to L2 block {count(l2Block)}</Link>,
                  <Badge kind={STATES[state]}>{state}</Badge>,
                  <Accounts list={liars} />,
                  <Accounts list={honest} />,
                ])}
              empty="Nobody has contested an assertion yet."
            />
            {list.slice(0, DISPUTES).some(({ state }) => state === "goes on") && (
              <p class="quiet">Of what goes on, as this node’s own chain has it: L1 decides.</p>
            )}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Accounts({ list }: { list: readonly string[] }) {
  return (
    <>
      {list.map((account) => (
        <span key={account}>
          <Account value={account} />{" "}
        </span>
      ))}
    </>
  );
}

interface Contested {
  place: string;
  l2Block: number;
  state: "goes on" | "decided" | "nobody won";
  liars: string[];
  honest: string[];
}

/** @param assertions - Newest first. */
function disputesIn(assertions: readonly Assertion[]): Contested[] {
  const places = new Map<string, Assertion[]>();
  for (const one of assertions) places.set(one.mutualId, [...(places.get(one.mutualId) ?? []), one]);
  return [...places.entries()]
    .filter(([, all]) => all.some(({ isRivalled }) => isRivalled))
    .map(([place, all]) => ({ place, l2Block: all[0].l2BlockNumber, ...standingOf(all) }));
}

/** @param all - The assertions of one place. */
function standingOf(all: readonly Assertion[]): Omit<Contested, "place" | "l2Block"> {
  const stakersOf = (list: readonly Assertion[]): string[] => [...new Set(list.map(({ staker }) => staker))];
  const isLost = all.every(({ status }) => status === "slashed");
  // The truth left an answer out, too.
  if (isLost && all.some(({ onChain }) => onChain)) return { state: "nobody won", liars: [], honest: [] };
  const isDecided = isLost || all.some(({ status }) => status === "confirmed");
  const isRight = ({ status, onChain }: Assertion): boolean => (isDecided ? status === "confirmed" : onChain);
  return {
    state: isDecided ? "decided" : "goes on",
    liars: stakersOf(all.filter((one) => !isRight(one))),
    honest: stakersOf(all.filter(isRight)),
  };
}

function Assertions() {
  const assertions = useQuery(
    "assertions",
    () => node.send<Assertion[]>("rollup_getAssertions", [quantity(LOOKED_THROUGH)]),
    ["l1"],
  );
  return (
    <Section title="Assertions">
      <Loaded query={assertions}>
        {(list) => (
          <Table
            label="latest assertions"
            head={["no.", "L2 block", "state", "clock", "staker"]}
            rows={list
              .slice(0, ROWS)
              .map((assertion) => [
                <Link href={`/dispute/${assertion.mutualId}`}>{assertion.index}</Link>,
                <Link href={`/block/${assertion.l2BlockNumber}`}>{count(assertion.l2BlockNumber)}</Link>,
                <AssertionState assertion={assertion} />,
                <Clock
                  assertion={assertion}
                  isOnLie={list.some(({ id, onChain }) => id === assertion.parent && !onChain)}
                />,
                <Party value={assertion.staker} />,
              ])}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** What is left until an assertion can be confirmed; it runs only while nobody contests it. @param isOnLie - Whether what it builds on is false. */
function Clock({ assertion, isOnLie }: { assertion: Assertion; isOnLie: boolean }) {
  const { status, timer, challengePeriod, isRivalled, created } = assertion;
  const now = useL1Seconds();
  if (status !== "open") return <>done</>;
  if (isOnLie) return <>builds on a lie</>;
  const earned = isRivalled || now === null ? timer : Math.max(timer, now - created);
  if (earned >= challengePeriod) return <>ready</>;
  return <>{isRivalled ? `stopped at ${duration(earned)}` : `${duration(challengePeriod - earned)} left`}</>;
}

export function AssertionState({ assertion: { status, isRivalled, onChain } }: { assertion: Assertion }) {
  const kind =
    status === "confirmed" ? "good" : status === "slashed" || !onChain ? "bad" : isRivalled ? "open" : "plain";
  if (!onChain && status === "open") return <Badge kind={kind}>not this node’s chain</Badge>;
  const word = status === "open" && isRivalled ? "in dispute" : status;
  return <Badge kind={kind}>{onChain || status === "slashed" ? word : `${word}, not this node’s chain`}</Badge>;
}

function Blocks() {
  const blocks = useQuery("blocks", () => latestBlocks(null, ROWS), ["l2"]);
  const now = useL1Seconds();
  return (
    <Section title="Blocks">
      <Loaded query={blocks}>
        {({ list }) => (
          <Table
            label="latest blocks"
            head={["block", "age", "transactions", "gas"]}
            rows={list.map((block) => [
              <Link href={`/block/${Number(block.number)}`}>{count(Number(block.number))}</Link>,
              Number(block.number) === 0 ? "genesis" : ageOf(block.timestamp, now),
              block.transactions.length,
              count(Number(block.gasUsed)),
            ])}
          />
        )}
      </Loaded>
    </Section>
  );
}

function Batches() {
  const batches = useQuery(
    "latest batches",
    async () => latestBatches((await node.send<SyncStatus>("rollup_syncStatus")).batchCount, ROWS),
    ["l1"],
  );
  return (
    <Section title="Batches on L1">
      <Loaded query={batches}>
        {(list) => (
          <Table
            label="latest batches"
            head={["batch", "bytes", "L2 blocks", "L1 transaction"]}
            rows={list.map((batch) => [
              <Link href={`/batch/${batch.index}`}>{batch.index}</Link>,
              count(batch.sizeBytes),
              range(batch.firstBlock, batch.lastBlock),
              <Hash value={batch.l1TransactionHash} to="tx" />,
            ])}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** The batches below `before`, newest first. */
export async function latestBatches(before: number, most: number): Promise<BatchInfo[]> {
  const indices = Array.from({ length: most }, (_, i) => before - 1 - i).filter((index) => index >= 0);
  const found = await Promise.all(
    indices.map((index) => node.send<BatchInfo | null>("rollup_getBatch", [quantity(index)])),
  );
  return found.filter((batch) => batch !== null);
}
