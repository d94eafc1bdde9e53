import { quantity } from "../../../protocol/quantity";
import { l1, node, useQuery } from "../live";
import { count, duration, moment, plural, units } from "../format";
import { Account, Badge, Facts, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import type { Place } from "../router";
import type { RpcBlock, RpcTransaction, SyncStatus } from "./types";

const PAGE_ROWS = 25;

/** Blocks with their transactions, newest first. @param before - The first one not shown; null for the head. */
export async function latestBlocks(before: number | null, most: number): Promise<{ list: RpcBlock[]; head: number }> {
  const head = Number(await node.send<string>("eth_blockNumber"));
  const first = before === null ? head : Math.min(before - 1, head);
  const numbers = Array.from({ length: most }, (_, i) => first - i).filter((number) => number >= 0);
  const list = await Promise.all(
    numbers.map((number) => node.send<RpcBlock | null>("eth_getBlockByNumber", [quantity(number), true])),
  );
  return { list: list.filter((block) => block !== null), head };
}

/** How long ago by L1's clock, which a devnet may have put forward; by this machine's where there is no L1. */
export function ageOf(timestamp: string, l1Seconds: number | null): string {
  // A devnet's clock may be far from this computer's, which counts only where no L1 is known.
  if (l1Seconds === null && l1 !== null) return "…";
  return `${duration((l1Seconds ?? Date.now() / 1_000) - Number(timestamp))} ago`;
}

/** All blocks, a page of them by `?before=N`. */
export function Blocks({ place }: { place: Place }) {
  const before = place.query.has("before") ? Number(place.query.get("before")) : null;
  const blocks = useQuery(`blocks before ${before}`, () => latestBlocks(before, PAGE_ROWS), ["l2"]);
  const status = useQuery("status", () => node.send<SyncStatus>("rollup_syncStatus"), ["l1", "l2"]);
  return (
    <>
      <h1>Blocks</h1>
      <Loaded query={blocks}>
        {({ list, head }) => (
          <>
            <Table
              label="blocks"
              head={["block", "head", "time", "hash", "transactions", "gas", "base fee (gwei)"]}
              rows={list.map((block) => [
                <Link href={`/block/${Number(block.number)}`}>{count(Number(block.number))}</Link>,
                <Head number={Number(block.number)} status={status.data} />,
                moment(block.timestamp),
                <Hash value={block.hash} to="block" />,
                block.transactions.length,
                count(Number(block.gasUsed)),
                units(block.baseFeePerGas, 9),
              ])}
            />
            <Pages first={Number(list[0]?.number ?? 0)} last={Number(list.at(-1)?.number ?? 0)} head={head} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Pages({ first, last, head }: { first: number; last: number; head: number }) {
  return (
    <nav class="pages" aria-label="more blocks">
      {first < head && (
        <Link href={first + PAGE_ROWS > head ? "/blocks" : `/blocks?before=${first + PAGE_ROWS + 1}`}>newer</Link>
      )}
      {last > 0 && <Link href={`/blocks?before=${last}`}>older</Link>}
    </nav>
  );
}

function Head({ number, status }: { number: number; status: SyncStatus | undefined }) {
  if (status === undefined) return <></>;
  if (number <= status.finalized.number) return <Badge kind="good">finalized</Badge>;
  return number <= status.safe.number ? <Badge kind="plain">safe</Badge> : <Badge kind="open">unsafe</Badge>;
}

/** One block, by number, hash or tag. */
export function Block({ place }: { place: Place }) {
  const id = place.parts[1] ?? "latest";
  const block = useQuery(`block ${id}`, () => blockBy(id), ["l2"]);
  const status = useQuery("status", () => node.send<SyncStatus>("rollup_syncStatus"), ["l1", "l2"]);
  return (
    <>
      <h1>Block {id.startsWith("0x") ? "by hash" : id}</h1>
      <Loaded query={block}>
        {(found) =>
          found === null ? (
            <p>
              There is no such block, or none yet. <Link href="/blocks">The newest blocks</Link>
            </p>
          ) : (
            <BlockFacts block={found} status={status.data} />
          )
        }
      </Loaded>
    </>
  );
}

function BlockFacts({ block, status }: { block: RpcBlock; status: SyncStatus | undefined }) {
  const number = Number(block.number);
  const cursor = cursorOf(block.extraData);
  return (
    <>
      <Facts
        rows={[
          ["number", count(number)],
          ["head", <Head number={number} status={status} />],
          ["time", moment(block.timestamp)],
          ["hash", <code class="long">{block.hash}</code>],
          ["parent", <Hash value={block.parentHash} to="block" />],
          ["state root", <code class="long">{block.stateRoot}</code>],
          ["gas", `${count(Number(block.gasUsed))} of ${count(Number(block.gasLimit))}`],
          ["base fee", `${units(block.baseFeePerGas, 9)} gwei`],
          ["fee recipient", <Account value={block.miner} />],
          cursor === null
            ? null
            : [
                "the next block reads on from",
                <>
                  <Link href={`/batch/${cursor.batch}`}>batch {cursor.batch}</Link>, message {cursor.delayed}
                </>,
              ],
        ]}
      />
      <nav class="pages" aria-label="neighbours">
        {number > 0 && <Link href={`/block/${number - 1}`}>block {number - 1}</Link>}
        <Link href={`/block/${number + 1}`}>block {number + 1}</Link>
      </nav>
      <Section
        title={block.transactions.length === 0 ? "Transactions" : plural(block.transactions.length, "transaction")}
      >
        <TransactionTable list={block.transactions} />
      </Section>
    </>
  );
}

/** Transactions in rows. */
export function TransactionTable({ list }: { list: readonly RpcTransaction[] }) {
  return (
    <Table
      label="transactions"
      head={["transaction", "block", "from", "to", "ether", "kind"]}
      rows={list.map(({ hash, blockNumber, from, to, value, type, input }) => [
        <Hash value={hash} to="tx" />,
        <Link href={`/block/${Number(blockNumber)}`}>{count(Number(blockNumber))}</Link>,
        <Account value={from} />,
        <Account value={to} />,
        units(value),
        type === "0x7e" ? "from L1" : input === "0x" ? "transfer" : to === null ? "creation" : "call",
      ])}
      empty="no transactions"
    />
  );
}

async function blockBy(id: string): Promise<RpcBlock | null> {
  if (/^0x[0-9a-f]{64}$/.test(id)) return node.send("eth_getBlockByHash", [id, true]);
  if (/^\d+$/.test(id)) return node.send("eth_getBlockByNumber", [quantity(BigInt(id)), true]);
  if (/^(latest|safe|finalized|earliest)$/.test(id)) return node.send("eth_getBlockByNumber", [id, true]);
  return null;
}

/** The cursor in a header. @see docs/spec/01-interfaces.md#header */
function cursorOf(extraData: string): { batch: number; delayed: number } | null {
  if (extraData.length !== 52) return null;
  return { batch: Number(`0x${extraData.slice(4, 20)}`), delayed: Number(`0x${extraData.slice(36, 52)}`) };
}
