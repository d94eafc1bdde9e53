import { devAccount } from "../../devnet/accounts";
import { Devnet, L2_CHAIN_ID } from "../../devnet/devnet";
import { fromHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { measureFanOut } from "./feed/fanOut";
import { Heads } from "./feed/heads";
import { LoadClient, sleep } from "./rpc/client";
import { processorSeconds } from "./rpc/targets";
import { createAccount, fund, signAll, type Account } from "./rpc/workload";
import { median } from "./stf/median";

/** Of the replicas the last two stand behind others: one hop, and two. */
const REPLICAS = 8;
const HOPS = [0, 0, 0, 0, 0, 0, 1, 2];
const SENDERS = 50;
const TRANSFERS = 1_000;
const BLOCKS = 10;
const CHAIN_ID = BigInt(L2_CHAIN_ID);
const LONGEST_WAIT_MS = 120_000;

/** Milliseconds from the sequencer's head to the same one of a replica, and what it cost. */
interface Measured {
  /** By replica, by block. */
  lags: number[][];
  /** Bytes of one block as the sequencer sent it to one reader. */
  blockBytes: number;
  /** Bytes that the sequencer sent, a block. */
  sentBytes: number;
  /** Processor milliseconds a block. */
  sequencerMs: number;
  replicaMs: number;
}

/** A sequencer and eight replicas, each a process, and blocks of a thousand transfers: by the feed, and asked for. */
export async function bench(): Promise<string> {
  const told = await measure(true);
  const asked = await measure(false);
  const direct = told.lags.filter((_, i) => HOPS[i] === 0);
  const each = await measureFanOut(told.blockBytes);
  return [
    `One sequencer and ${REPLICAS} replicas, each a process of its own on this machine, ${BLOCKS} blocks of ${TRANSFERS.toLocaleString("en")} transfers. Lag: from the moment`,
    "at which a subscriber of the sequencer hears of the head until one of the replica does, execution included.",
    "",
    "| blocks come | replicas | lag, median, ms | worst, ms |",
    "|---|---|---|---|",
    row("by the feed of the sequencer", direct),
    ...[1, 2].map((hops) =>
      row(
        `by ${hops} replica${hops > 1 ? "s" : ""} in between`,
        told.lags.filter((_, i) => HOPS[i] === hops),
      ),
    ),
    row("asked for, each 500 ms", asked.lags),
    "",
    `A block of them is a message of ${told.blockBytes.toLocaleString("en")} bytes (${(told.blockBytes / TRANSFERS).toFixed(0)} a transfer) for each reader; the sequencer sent ${told.sentBytes.toLocaleString("en")} bytes a block to six.`,
    `Processor of a block: ${told.sequencerMs.toFixed(0)} ms at the sequencer (pool, building, checking the batch, signing; ${asked.sequencerMs.toFixed(0)} ms where it was asked), ${told.replicaMs.toFixed(0)} ms at a replica (${asked.replicaMs.toFixed(0)} ms where it asked).`,
    `Giving such a message to one more reader takes ${each.toFixed(2)} ms of processor, its reading included (200 readers over the loopback).`,
  ].join("\n");
}

function row(how: string, lags: number[][]): string {
  const all = lags.flat();
  return `| ${how} | ${lags.length} | ${median(all).toFixed(0)} | ${Math.max(...all).toFixed(0)} |`;
}

/** @param isTold - by the feed; else each replica asks. */
async function measure(isTold: boolean): Promise<Measured> {
  const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
  const without = ["verifier", "challenger"];
  const devnet = new Devnet({ ...ports, without, l1IntervalMs: 1_000, batchAgeMs: 12_000, logLevel: "warn" });
  const clients: { close(): void }[] = [];
  try {
    const { l2 } = await devnet.start();
    const urls = await startReplicas(devnet, isTold);
    const client = new LoadClient(l2.sequencer!, SENDERS + 1);
    const heads = await Promise.all([l2.sequencer!, ...urls].map((url) => Heads.open(url)));
    clients.push(client, ...heads);
    return await play(devnet, client, heads, isTold);
  } finally {
    for (const one of clients) one.close();
    await devnet.stop();
  }
}

async function startReplicas(devnet: Devnet, isTold: boolean): Promise<string[]> {
  const urls: string[] = [];
  for (const [i, hops] of HOPS.entries()) {
    const behind = hops === 0 ? "sequencer" : `${urls[i - 1].replace(/^http/, "ws")}/feed`;
    const feed = { source: isTold ? behind : "none" };
    urls.push(await devnet.startVerifier(`replica-${i + 1}`, 0, { feed, sequencerPollMs: 500 }));
  }
  return urls;
}

async function play(devnet: Devnet, client: LoadClient, heads: Heads[], isTold: boolean): Promise<Measured> {
  const senders = Array.from({ length: SENDERS }, () => createAccount());
  await fund(client, CHAIN_ID, createAccount(fromHex(devAccount(0).privateKey)), senders);
  await client.call("devnet_setBlocks", "manual");
  const pids = HOPS.map((_, i) => devnet.processes.pid(`replica-${i + 1}`)!);
  const measured: Measured = { lags: HOPS.map(() => []), blockBytes: 0, sentBytes: 0, sequencerMs: 0, replicaMs: 0 };
  for (let block = 0; block < BLOCKS; block++) {
    await submit(client, senders, block);
    const before = { processor: processorOf(devnet, pids), sent: await sentBytes(devnet) };
    const hash = await buildBlock(client);
    const lags = await Promise.all(heads.slice(1).map((one) => lagOf(hash, heads[0], one)));
    lags.forEach((lag, i) => measured.lags[i].push(lag));
    const after = { processor: processorOf(devnet, pids), sent: await sentBytes(devnet) };
    measured.sequencerMs += (after.processor.sequencer - before.processor.sequencer) / BLOCKS;
    measured.replicaMs += (after.processor.replicas - before.processor.replicas) / BLOCKS / HOPS.length;
    measured.sentBytes += (after.sent - before.sent) / BLOCKS;
  }
  measured.sentBytes = Math.round(measured.sentBytes);
  measured.blockBytes = Math.round(measured.sentBytes / HOPS.filter((hops) => isTold && hops === 0).length);
  return measured;
}

async function submit(client: LoadClient, senders: Account[], block: number): Promise<void> {
  const each = TRANSFERS / SENDERS;
  const requests = signAll(CHAIN_ID, senders, block * each, each);
  const send = async (own: string[]): Promise<void> => {
    for (const request of own) await client.post(request);
  };
  await Promise.all(requests.map(send));
  // What the pool took is one block's.
  const { pending } = await client.call<{ pending: string }>("txpool_status");
  if (Number(pending) !== TRANSFERS) throw new Error(`${Number(pending)} transactions wait, not ${TRANSFERS}`);
}

/** @returns its hash; it holds all that waited. */
async function buildBlock(client: LoadClient): Promise<Hex> {
  for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await sleep(50)) {
    const number = await client.call<number | null>("devnet_buildBlock", null);
    if (number === null) continue;
    const tag = `0x${number.toString(16)}`;
    const { hash, transactions } = await client.call<{ hash: Hex; transactions: Hex[] }>(
      "eth_getBlockByNumber",
      tag,
      false,
    );
    if (transactions.length === TRANSFERS) return hash;
    throw new Error(`a block of ${transactions.length} transactions, not ${TRANSFERS}`);
  }
  throw new Error("the sequencer builds no block");
}

async function lagOf(hash: Hex, sequencer: Heads, replica: Heads): Promise<number> {
  for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await sleep(5)) {
    const [first, then] = [sequencer.at(hash), replica.at(hash)];
    if (first !== undefined && then !== undefined) return then - first;
  }
  throw new Error(`a replica has no block ${hash}`);
}

/** Milliseconds that processes have used so far. */
function processorOf(devnet: Devnet, pids: number[]): { sequencer: number; replicas: number } {
  const of = (pid: number): number => 1_000 * (processorSeconds(pid) ?? NaN);
  return { sequencer: of(devnet.processes.pid("sequencer")!), replicas: pids.reduce((sum, pid) => sum + of(pid), 0) };
}

async function sentBytes(devnet: Devnet): Promise<number> {
  const { metrics } = devnet.actors.get("sequencer")!.ready as unknown as { metrics: string };
  const text = await (await fetch(`${metrics}/metrics`)).text();
  return Number(/^solvent_feed_sent_bytes_total (\d+)/m.exec(text)?.[1]);
}
