import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import type { ActorStatus, RunningDevnet } from "../../../devnet";
import { devAccount } from "../../../devnet/accounts";
import { startFault } from "../../../devnet/scenes";
import { LoadClient, sleep } from "../rpc/client";
import { residentMiB } from "../rpc/targets";
import { median } from "../stf/median";
import { Load } from "../sustained/load";

export const ACTORS = ["sequencer", "verifier", "challenger"] as const;
export const QUARTERS = [0, 1, 2, 3] as const;
const SAMPLE_MS = 2_000;
/** One in so many rounds; the first after the caches are warm. */
const EACH = { fault: 4, reorg: 3, revert: 5 };
const FAULTS = ["wrong-state", "wrong-preimage", "low-gas"];
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

export interface Sample {
  actor: string;
  /** JavaScript's heap in use, and what it holds outside of it; resident memory. */
  heapMiB: number;
  residentMiB: number;
}

export interface Soaked {
  counts: { rounds: number; faults: number; reorgs: number; reverts: number; transactions: number; questions: number };
  /** From a liar's start until its lie was refuted. */
  verdictSeconds: number[];
  samples: Sample[];
  /** Resident at the end. */
  l1MiB: number;
  status: ActorStatus[];
}

/**
 * A devnet's long life: rounds of load, questions good and bad, and in some rounds a liar, a reorg of L1 or a snapshot that is gone back to;
 * an hour is travelled in each.
 * @param seconds - it lasts for, and until the round under way is over.
 * @throws Error naming the round and the liar whose lie was not refuted; what an actor answers wrongly.
 */
export async function soak(devnet: RunningDevnet, seconds: number): Promise<Soaked> {
  const started = Date.now();
  const isOver = (): boolean => Date.now() - started > seconds * 1_000;
  const onL1 = new JsonRpcProvider(devnet.info.l1.url, undefined, OPTIONS);
  const samples: Sample[] = [];
  const sampling = sample(devnet, samples, isOver);
  const counts = { rounds: 0, faults: 0, reorgs: 0, reverts: 0, transactions: 0, questions: 0 };
  const verdictSeconds: number[] = [];
  const client = new LoadClient(devnet.info.l2.sequencer!, 16);
  for (; !isOver(); counts.rounds++) {
    const isDue = (each: number): boolean => counts.rounds % each === each - 1;
    const mark = isDue(EACH.revert) ? ((await onL1.send("evm_snapshot", [])) as string) : null;
    // A liar's blocks have transactions of the same accounts, and what is reverted takes theirs back.
    const load = new Load(client, BigInt(devnet.info.l2.chainId));
    await load.prepare();
    for (let i = 0; i < 5; i++) {
      await load.send({ calls: 2, transfers: 30 });
      counts.transactions += 32;
      counts.questions += await ask(devnet);
    }
    await minedAll(client);
    if (isDue(EACH.fault)) {
      const fault = FAULTS[counts.faults++ % FAULTS.length];
      const from = Date.now();
      await startFault(devnet, fault, counts.rounds, () => {}).catch((cause: unknown) => {
        throw new Error(`${fault} in round ${counts.rounds} after ${Date.now() - started} ms`, { cause });
      });
      verdictSeconds.push((Date.now() - from) / 1_000);
    }
    if (isDue(EACH.reorg)) {
      await onL1.send("solvent_l1", ["reorg", 2]);
      counts.reorgs++;
    }
    await onL1.send("solvent_advanceTime", [3_600]);
    if (mark !== null) {
      expect(await onL1.send("evm_revert", [mark])).to.equal(true);
      counts.reverts++;
    }
  }
  await sampling;
  client.close();
  const status = (await onL1.send("solvent_status", [])) as ActorStatus[];
  onL1.destroy();
  return { counts, verdictSeconds, samples, l1MiB: residentMiB(devnet.processes.pid("l1")!), status };
}

/** The least heap in a quarter of the run, which is what is left after garbage was collected, and the median of resident memory, in MiB. */
export function held({ samples }: Soaked, actor: string, quarter: number): { heapMiB: number; residentMiB: number } {
  const own = samples.filter((one) => one.actor === actor);
  const part = own.slice(Math.floor((own.length * quarter) / 4), Math.floor((own.length * (quarter + 1)) / 4));
  return {
    heapMiB: Math.min(...part.map(({ heapMiB }) => heapMiB)),
    residentMiB: median(part.map((one) => one.residentMiB)),
  };
}

async function minedAll(client: LoadClient): Promise<void> {
  while (Number((await client.call<{ pending: string }>("txpool_status")).pending) > 0) await sleep(100);
}

async function sample(devnet: RunningDevnet, samples: Sample[], isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(SAMPLE_MS);
    for (const actor of ACTORS) {
      const { metrics } = devnet.actors.get(actor)!.ready as unknown as { metrics: string };
      const text = await (await fetch(`${metrics}/metrics`)).text();
      const mib = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)![1]) / 2 ** 20;
      samples.push({
        actor,
        heapMiB: mib("nodejs_heap_size_used_bytes") + mib("nodejs_external_memory_bytes"),
        residentMiB: mib("process_resident_memory_bytes"),
      });
    }
  }
}

/** All kinds of questions, good and bad, to sequencer and verifier. @returns how many. */
async function ask({ info }: RunningDevnet): Promise<number> {
  const account = devAccount(3).address;
  const clients = [info.l2.sequencer!, info.l2.verifier!].map((url) => new LoadClient(url, 4));
  const asked: [string, ...unknown[]][] = [
    ["eth_getLogs", { fromBlock: "0x0", toBlock: "latest" }],
    ["eth_getBlockByNumber", "latest", true],
    ["eth_getBlockReceipts", "latest"],
    ["eth_call", { to: account, from: account, value: "0x1" }, "latest"],
    ["eth_estimateGas", { to: account, from: account, value: "0x1" }],
    ["eth_getProof", account, ["0x0"], "latest"],
    ["eth_feeHistory", "0x20", "latest", [10, 90]],
    ["eth_simulateV1", { blockStateCalls: [{ calls: [{ from: account, to: account }] }] }, "latest"],
    ["debug_traceBlockByNumber", "latest", { tracer: "callTracer" }],
    ["txpool_content"],
  ];
  const bad = ["{", JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_nothing" }), `[${"1,".repeat(50)}1]`];
  for (const client of clients) {
    await Promise.all(asked.map(([method, ...params]) => client.call(method, ...params)));
    for (const body of bad) expect(await client.post(body)).to.contain("error");
    client.close();
  }
  return clients.length * (asked.length + bad.length);
}
