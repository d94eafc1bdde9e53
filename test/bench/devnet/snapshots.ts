import { devAccount } from "../../../devnet/accounts";
import { fromHex } from "../../../protocol";
import { LoadClient, sleep } from "../rpc/client";
import { startAnvil, startHardhat } from "../rpc/targets";
import { createAccount, signTransfer } from "../rpc/workload";
import { median } from "../stf/median";
import { startCommand } from "./command";

const BLOCKS = 1_000;
const REPETITIONS = 7;
const BAR_MS = 300;

interface Subject {
  name: string;
  client: LoadClient;
  stop(): Promise<void>;
}

interface Times {
  name: string;
  snapshots: number[];
  reverts: number[];
}

/** Snapshot and revert of everything on a chain of so many blocks, beside nodes that have one chain in one process. */
export async function measureSnapshots(): Promise<string> {
  const subjects: Subject[] = [];
  try {
    for (const create of [createDevnet, createHardhat, createAnvil]) subjects.push(await create());
    const times: Times[] = subjects.map(({ name }) => ({ name, snapshots: [], reverts: [] }));
    for (let i = 0; i < REPETITIONS; i++)
      for (const [k, { client }] of subjects.entries()) {
        const { snapshotMs, revertMs } = await goThereAndBack(client);
        times[k].snapshots.push(snapshotMs);
        times[k].reverts.push(revertMs);
      }
    const all = (values: number[]): string => `${median(values).toFixed(1)} | ${Math.max(...values).toFixed(1)}`;
    return [
      `\`evm_snapshot\`, a transfer in a block of its own, \`evm_revert\`, on ${BLOCKS.toLocaleString("en")} blocks; ${REPETITIONS} times in turns, ms (bar: ${BAR_MS}).`,
      "",
      "| what | snapshot, median | most | revert, median | most |",
      "|---|---|---|---|---|",
      ...times.map(({ name, snapshots, reverts }) => `| ${name} | ${all(snapshots)} | ${all(reverts)} |`),
    ].join("\n");
  } finally {
    for (const { client, stop } of subjects) {
      client.close();
      await stop();
    }
  }
}

async function goThereAndBack(client: LoadClient): Promise<{ snapshotMs: number; revertMs: number }> {
  const bank = createAccount(fromHex(devAccount(2).privateKey));
  const [id, snapshotMs] = await timed(client.call<string>("evm_snapshot"));
  const head = await client.call<string>("eth_blockNumber");
  const chainId = BigInt(await client.call<string>("eth_chainId"));
  const nonce = Number(await client.call<string>("eth_getTransactionCount", bank.address, "latest"));
  const hash = await client.call<string>(
    "eth_sendRawTransaction",
    signTransfer(bank, chainId, nonce, bank.address, 1n),
  );
  while ((await client.call("eth_getTransactionReceipt", hash)) === null) await sleep(20);
  const [isBack, revertMs] = await timed(client.call<boolean>("evm_revert", id));
  const now = await client.call<string>("eth_getTransactionReceipt", hash);
  if (!isBack || now !== null) throw new Error(`the revert to block ${Number(head)} left the transfer there`);
  return { snapshotMs, revertMs };
}

async function createDevnet(): Promise<Subject> {
  const { info, stop } = await startCommand(["--steady"]);
  const client = new LoadClient(info.l2.sequencer!, 1);
  await client.call("hardhat_mine", `0x${BLOCKS.toString(16)}`);
  await client.call("solvent_flush");
  return { name: "the whole devnet: L1, L2, pool, batches, game, challenger, verifier", client, stop };
}

async function createHardhat(): Promise<Subject> {
  return ofBlocks(await startHardhat());
}

async function createAnvil(): Promise<Subject> {
  return ofBlocks(await startAnvil());
}

async function ofBlocks({ name, url, stop }: { name: string; url: string; stop(): Promise<void> }): Promise<Subject> {
  const client = new LoadClient(url, 1);
  for (let i = 0; i < BLOCKS; i++) await client.call("evm_mine");
  return { name: `${name} alone`, client, stop };
}

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  return [await work, performance.now() - began];
}
