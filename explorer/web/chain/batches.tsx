import { quantity } from "../../../protocol/quantity";
import { l1, node, useQuery } from "../live";
import { count, moment, plural, range } from "../format";
import { Badge, Bytes, Facts, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import type { Place } from "../router";
import { knownAbis } from "./abi";
import { readBatchBytes, type BatchSegment } from "./batchBytes";
import { latestBatches } from "./Overview";
import type { BatchInfo, SyncStatus } from "./types";

const PAGE_ROWS = 25;

/** All batches, a page of them by `?before=N`. */
export function Batches({ place }: { place: Place }) {
  const before = place.query.has("before") ? Number(place.query.get("before")) : null;
  const batches = useQuery(
    `batches before ${before}`,
    async () => {
      const { batchCount } = await node.send<SyncStatus>("rollup_syncStatus");
      return latestBatches(Math.min(before ?? batchCount, batchCount), PAGE_ROWS);
    },
    ["l1"],
  );
  return (
    <>
      <h1>Batches on L1</h1>
      <Loaded query={batches}>
        {(list) => (
          <>
            <Table
              label="batches"
              head={["batch", "bytes", "L2 blocks", "messages so far", "L1 block", "L1 time", "L1 transaction", ""]}
              rows={list.map((batch) => [
                <Link href={`/batch/${batch.index}`}>{batch.index}</Link>,
                count(batch.sizeBytes),
                range(batch.firstBlock, batch.lastBlock),
                batch.delayedCount,
                count(batch.l1Number),
                moment(batch.l1Time),
                <Hash value={batch.l1TransactionHash} to="tx" />,
                batch.forced ? <Badge kind="open">forced</Badge> : "",
              ])}
            />
            <nav class="pages" aria-label="more batches">
              {before !== null && <Link href={`/batches?before=${before + PAGE_ROWS}`}>newer</Link>}
              {(list.at(-1)?.index ?? 0) > 0 && <Link href={`/batches?before=${list.at(-1)!.index}`}>older</Link>}
            </nav>
          </>
        )}
      </Loaded>
    </>
  );
}

/** One batch, down to its bytes. */
export function Batch({ place }: { place: Place }) {
  const index = Number(place.parts[1] ?? 0);
  const batch = useQuery(`batch ${index}`, () => node.send<BatchInfo | null>("rollup_getBatch", [quantity(index)]), [
    "l1",
  ]);
  return (
    <>
      <h1>Batch {index}</h1>
      <nav class="pages" aria-label="neighbours">
        {index > 0 && <Link href={`/batch/${index - 1}`}>batch {index - 1}</Link>}
        <Link href={`/batch/${index + 1}`}>batch {index + 1}</Link>
      </nav>
      <Loaded query={batch}>
        {(found) =>
          found === null ? (
            <p>L1 has no such batch yet.</p>
          ) : (
            <>
              <Facts
                rows={[
                  ["kind", found.forced ? "forced: nobody but the inbox made it" : "posted by the sequencer"],
                  ["L1 block", `${count(found.l1Number)}, ${moment(found.l1Time)}`],
                  ["L1 transaction", <Hash value={found.l1TransactionHash} to="tx" />],
                  ["record: commits to it and all before", <code class="long">{found.record}</code>],
                  ["messages so far", found.delayedCount],
                  [
                    "L2 blocks",
                    found.firstBlock === null ? (
                      "none"
                    ) : (
                      <>
                        <Link href={`/block/${found.firstBlock}`}>{found.firstBlock}</Link> to{" "}
                        <Link href={`/block/${found.lastBlock}`}>{found.lastBlock}</Link>
                      </>
                    ),
                  ],
                ]}
              />
              {!found.forced && <Contents batch={found} />}
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Contents({ batch }: { batch: BatchInfo }) {
  const segments = useQuery(`bytes of batch ${batch.index} ${batch.record}`, () => bytesOf(batch));
  if (l1 === null) return <p class="quiet">Bytes are L1’s: start the page with --l1 to see them.</p>;
  let block = batch.firstBlock;
  return (
    <Section title="Bytes">
      <Loaded query={segments}>
        {({ data, list }) => (
          <>
            <p>
              {plural((data.length - 2) / 2, "byte")} in {plural(list.length, "segment")}
            </p>
            <Bytes value={data} label="the whole batch in hex" />
            {list.map((segment) => {
              const first = block;
              if (block !== null) block += segment.blocks.length;
              return <Segment key={segment.offset} segment={segment} first={first} />;
            })}
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Segment({ segment, first }: { segment: BatchSegment; first: number | null }) {
  return (
    <>
      <h3>
        Segment at byte {segment.offset}
        {segment.isInColumns ? ", in columns" : ""}: {count(segment.compressed.length / 2 - 1)} bytes{" "}
        {segment.isInColumns ? "stand for" : "inflate to"} {count(segment.inflatedBytes)}
      </h3>
      {segment.fault !== null && <p class="failure">What follows is void: {segment.fault}.</p>}
      <Bytes value={segment.compressed} label="DEFLATE stream in hex" />
      <ul class="tree">
        {segment.blocks.map((block, i) => (
          <li key={i}>
            {first === null ? "block" : <Link href={`/block/${first + i}`}>block {first + i}</Link>}: time{" "}
            {moment(Number(block.timestamp))},{" "}
            {block.messageCount > 0n && `up to ${plural(Number(block.messageCount), "message")} from L1, `}
            {plural(block.transactions.length, "transaction")}
            <Bytes value={block.bytes} label="inflated block in hex" />
            <ul>
              {block.transactions.map(({ hash, bytes }) => (
                <li key={hash}>
                  <Hash value={hash} to="tx" /> {plural(bytes.length / 2 - 1, "byte")}
                  <Bytes value={bytes} label="transaction in hex" />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The bytes as L1's transaction has them. */
async function bytesOf(batch: BatchInfo): Promise<{ data: string; list: BatchSegment[] }> {
  const transaction = await l1!.send<{ input: string } | null>("eth_getTransactionByHash", [batch.l1TransactionHash]);
  if (transaction === null) throw new Error("L1’s node does not have the transaction of this batch any more");
  const inbox = (await knownAbis()).get("Inbox");
  const call = inbox?.parseTransaction({ data: transaction.input });
  const data = call?.args.toObject().data as string | undefined;
  if (data === undefined)
    throw new Error("the L1 transaction is no plain call of the inbox: its bytes stand in an inner call");
  return { data, list: await readBatchBytes(data) };
}
