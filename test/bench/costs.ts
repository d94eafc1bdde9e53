import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import pino from "pino";
import { getBytes, keccak256, toBeHex, Wallet } from "ethers";
import { DataServer } from "../../node/data/altda/server";
import { batchDataOf } from "../../node/data/registry";
import type { InboxCall } from "../../node/data/batchData";
import { L1Follower } from "../../node/l1/follower";
import { L1Rpc } from "../../node/l1/rpc";
import { L1Sender } from "../../node/l1/sender";
import { L1View } from "../../node/l1/view";
import { Store } from "../../node/store/store";
import { concatBytes, ZERO_HASH } from "../../protocol";
import { decodeBatch, encodeBody } from "../../protocol/batch";
import type { Hex } from "../../protocol/types";
import { OpenBatch, SEGMENT_LEVEL } from "../../sequencer/batch/openBatch";
import { KEYS, startAnvil, type Anvil } from "../node/support/anvil";
import { deployInbox, WINDOWS } from "../node/support/inbox";
import { Random } from "../vm/support/random";

const log = pino({ level: "silent" });
/** How many accounts the transfers of a batch are among; the last is posted. */
const CROWDS = [50, 100, 300];
const TRANSFERS_A_BLOCK = 50;
const CHAIN_ID = 42_161_001;
/** Least bytes that the OP Stack's fee function counts for a transaction. Source: its specification of Fjord, `minTransactionSize`. */
const OP_BYTES = 100;
/** Least share of the base fee that a blob's gas costs. Source: EIP-7918. */
const RESERVE = 16;
/** Gwei: base fee with tip, and of blob gas; null stands for the least that EIP-7918 allows. */
const PRICES: [gas: number, blobGas: number | null][] = [
  [0.5, null],
  [2, null],
  [2, 2],
  [20, null],
  [20, 20],
];
const MODES = {
  calldata: { source: "inbox/Inbox", more: [] },
  blobs: { source: "inbox/BlobInbox", more: [] },
  altda: { source: "inbox/AltdaInbox", more: Object.values(WINDOWS) },
} as const;

/** What L1 takes for one batch of a mode. */
interface Cost {
  gas: number;
  blobGas: number;
}

/** What a transfer between known accounts costs on L1 in each data mode: real batches on the real contracts. */
export async function bench(): Promise<string> {
  const batches: FullBatch[] = [];
  for (const accounts of CROWDS) batches.push(await fullBatch(accounts));
  const { data } = batches.at(-1)!;
  const anvil = await startAnvil();
  if (anvil === null) throw new Error("no anvil: npm install brings it for this platform");
  const folder = mkdtempSync(join(tmpdir(), "solvent-costs-"));
  try {
    const costs = new Map<keyof typeof MODES, Cost>();
    for (const mode of ["calldata", "blobs", "altda"] as const) costs.set(mode, await post(anvil, folder, mode, data));
    return report(batches, costs);
  } finally {
    await anvil.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface FullBatch {
  accounts: number;
  transfers: number;
  data: Uint8Array;
  /** Bytes of the same segments in rows. */
  inRows: number;
}

/** A batch as full as the sequencer makes it, of transfers among so many accounts. */
async function fullBatch(accounts: number): Promise<FullBatch> {
  const random = new Random(77);
  const wallets = Array.from({ length: accounts }, (_, i) => new Wallet(keccak256(toBeHex(i + 1, 32))));
  const nonces = wallets.map(() => 0);
  const batch = new OpenBatch(0);
  for (let block = 0; ; block++) {
    const transactions: Uint8Array[] = [];
    for (let i = 0; i < TRANSFERS_A_BLOCK; i++) {
      const [from, to] = [random.below(accounts), random.below(accounts)];
      const fees = { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000_000n };
      const fields = { type: 2, chainId: CHAIN_ID, nonce: nonces[from]++, gasLimit: 21_000n, ...fees };
      const value = BigInt(1 + random.below(1_000_000)) * 10n ** 12n;
      transactions.push(getBytes(await wallets[from].signTransaction({ ...fields, to: wallets[to].address, value })));
    }
    const body = encodeBody({ timestamp: BigInt(block), messageCount: 0n, transactions });
    if (batch.append(body, batch.place(body.length))) continue;
    const data = batch.encode();
    return { accounts, transfers: block * TRANSFERS_A_BLOCK, data, inRows: bytesInRows(data) };
  }
}

function bytesInRows(batch: Uint8Array): number {
  const segments = new Map<number, Uint8Array[]>();
  for (const block of decodeBatch(batch))
    segments.set(block.segment, [...(segments.get(block.segment) ?? []), encodeBody(block)]);
  const streams = [...segments.values()].map((rows) => deflateRawSync(concatBytes(...rows), { level: SEGMENT_LEVEL }));
  return streams.reduce((sum, { length }) => sum + 4 + length, 0);
}

/** Posts the batch twice, and does what is due for it: the first one writes to slots that no later one does. */
async function post(anvil: Anvil, folder: string, mode: keyof typeof MODES, data: Uint8Array): Promise<Cost> {
  const { source, more } = MODES[mode];
  const rpc = new L1Rpc(anvil.url, { timeoutMs: 120_000, retries: 0 });
  const test = await deployInbox(rpc, KEYS, () => anvil.mine(), 60, source, more);
  const store = await Store.open(join(folder, mode), "bench");
  const server = mode === "altda" ? await DataServer.start(join(folder, "server")) : null;
  const inbox = test.address as Hex;
  const dataUrls = server === null ? [anvil.url] : [server.url];
  const place = { rpc, inbox, nodes: store.nodes, startBlock: test.deployedAt, dataUrls };
  const batches = await batchDataOf(place)();
  const options = { inbox, startBlock: test.deployedAt, logRange: 50, finality: 5 };
  const bytesOf = batches.read.bind(batches);
  const follower = new L1Follower(rpc, await L1View.load(store), store.nodes, { ...options, bytesOf }, log);
  const sender = await L1Sender.create(rpc, KEYS[0], store, { stuckBlocks: 3, maxFeePerGas: 10n ** 12n }, log);
  const total: Cost = { gas: 0, blobGas: 0 };
  const send = async (key: string, call: InboxCall): Promise<void> => {
    await sender.submit({ key, to: inbox, ...call });
    await anvil.mine();
    await sender.poll();
    const { status, minedHash } = sender.find(key)!;
    if (status !== "mined") throw new Error(`${key} of ${mode} is ${status}`);
    const receipt = await rpc.send<{ gasUsed: string; blobGasUsed?: string }>("eth_getTransactionReceipt", [minedHash]);
    total.gas += Number(receipt.gasUsed);
    total.blobGas += Number(receipt.blobGasUsed ?? 0);
  };
  for (let index = 0; index < 2; index++) {
    [total.gas, total.blobGas] = [0, 0];
    await follower.poll();
    const { record } = await batches.end(follower.view);
    await batches.publish(data);
    const call = { index, previousRecord: record, delayedCount: 0, lastMessage: ZERO_HASH, data };
    await send(`batch ${index}`, batches.call(call));
    await rpc.send("evm_increaseTime", [WINDOWS.challenge + 1]);
    await anvil.mine();
    await follower.poll();
    for (const { key, call: due } of (await batches.duties?.look())?.due ?? []) await send(`${key} ${index}`, due);
  }
  await server?.stop();
  await store.close();
  await rpc.close();
  return total;
}

function report(batches: readonly FullBatch[], costs: ReadonlyMap<string, Cost>): string {
  const { accounts, transfers, data } = batches.at(-1)!;
  const forms = batches.map((batch) => {
    const [rows, columns] = [batch.inRows, batch.data.length].map((bytes) => (bytes / batch.transfers).toFixed(1));
    return `| ${batch.accounts} | ${batch.transfers} | ${rows} | ${columns} |`;
  });
  const each = (value: number): string => (value / transfers).toFixed(1);
  const rows = [...costs].map(
    ([mode, { gas, blobGas }]) => `| ${mode} | ${gas} | ${blobGas} | ${each(gas)} | ${each(blobGas)} |`,
  );
  const prices = PRICES.map(([gas, blobGas]) => {
    const blobPrice = blobGas ?? gas / RESERVE;
    const gwei = [...costs.values()].map((cost) => (cost.gas * gas + cost.blobGas * blobPrice) / transfers);
    const blob = blobGas === null ? `${blobPrice} (the least)` : String(blobPrice);
    return `| ${gas} | ${blob} | ${gwei.map((one) => one.toFixed(1)).join(" | ")} |`;
  });
  return [
    `Bytes of a transfer in a full batch, 64 of them its signature; an account's first mention in a segment takes 20 more. The OP Stack's fee function counts ${OP_BYTES} at least for a transaction.`,
    "",
    "| accounts | transfers in the batch | bytes a transfer in rows | as posted, in columns |",
    "|---|---|---|---|",
    ...forms,
    "",
    `The last batch, ${data.length} bytes of transfers among ${accounts} accounts, posted on the real contracts, anvil as L1; off L1 (altda) with what lets the batch count. Proving and confirming it is not in it.`,
    "",
    "| mode | gas a batch | blob gas a batch | gas a transfer | blob gas a transfer |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    `Gwei a transfer by prices on L1, base fee with tip. No price of today is known to this command: each row is one that L1 may have; a blob's gas is never below a sixteenth of the base fee (EIP-7918).`,
    "",
    `| gwei a gas | gwei a blob gas | ${[...costs.keys()].join(" | ")} |`,
    `|---|---|${[...costs.keys()].map(() => "---|").join("")}`,
    ...prices,
  ].join("\n");
}
