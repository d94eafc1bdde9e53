import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { startDevnet, type ActorStatus, type RunningDevnet } from "../../../devnet";
import { devAccount } from "../../../devnet/accounts";
import { startFault } from "../../../devnet/scenes";
import { LoadClient, sleep } from "../rpc/client";
import { median } from "../stf/median";
import { Load } from "../sustained/load";
import { metric } from "../sustained/watch";

export const ACTORS = ["sequencer", "verifier", "challenger"] as const;
export const QUARTERS = [0, 1, 2, 3] as const;
const SAMPLE_MS = 10_000;
/** An actor hears the signal to collect its garbage before it is asked what it holds. */
const COLLECT_MS = 500;
/** What is held in the last quarter, by what was held in the second: by then every cache has what it may have. The chain's own index grows. */
const [MOST_GROWTH, SLACK_MIB] = [1.25, 16];
/** One in so many rounds; the first after the caches are warm. */
const EACH = { fault: 4, reorg: 3, revert: 5 };
const FAULTS = ["wrong-state", "wrong-preimage", "low-gas"];
const HEAP = ["nodejs_heap_size_used_bytes", "nodejs_external_memory_bytes"];
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

interface Sample {
  actor: string;
  /** JavaScript's heap in use after its garbage was collected, and what it holds outside of it; resident memory. */
  heapMiB: number;
  residentMiB: number;
}

/** A devnet whose actors, whenever they are started, collect their garbage when they are told to. */
export function startCollectable(dataDir: string): Promise<RunningDevnet> {
  const { NODE_OPTIONS } = process.env;
  const collect = `--require ${JSON.stringify(join(__dirname, "collect.cjs"))}`;
  if (NODE_OPTIONS?.includes(collect) !== true) process.env.NODE_OPTIONS = `${NODE_OPTIONS ?? ""} ${collect}`;
  return startDevnet({ logLevel: "info", dataDir });
}

/**
 * A devnet's long life: rounds of load, questions good and bad, and in some rounds a liar, a reorg of L1 or a snapshot that is gone back to;
 * an hour is travelled in each. What was seen is here also where it fails.
 */
export class Soak {
  readonly counts = { rounds: 0, faults: 0, reorgs: 0, reverts: 0, transactions: 0, questions: 0 };
  /** From a liar's start until its lie was refuted. */
  readonly verdictSeconds: number[] = [];
  private readonly samples: Sample[] = [];
  private readonly onL1: JsonRpcProvider;
  private started = 0;
  private hasEnded = false;

  /** @param devnet - `startCollectable`'s. @param seconds - it lasts for, and until the round under way is over. */
  constructor(
    private readonly devnet: RunningDevnet,
    private readonly seconds: number,
  ) {
    this.onL1 = new JsonRpcProvider(devnet.info.l1.url, undefined, OPTIONS);
  }

  /**
   * @returns which bars do not hold at the end: actors that do not run well, or that hold more and more memory.
   * @throws Error naming the round and the liar whose lie was not refuted; what an actor answers wrongly.
   */
  async run(): Promise<string[]> {
    this.started = Date.now();
    const sampling = this.sample().then(
      () => null,
      (error: Error) => {
        this.hasEnded = true;
        return error;
      },
    );
    const client = new LoadClient(this.devnet.info.l2.sequencer!, 16);
    try {
      for (; !this.isOver; this.counts.rounds++) await this.round(client);
      const failure = await sampling;
      if (failure !== null) throw failure;
      return this.flaws((await this.onL1.send("solvent_status", [])) as ActorStatus[]);
    } finally {
      this.hasEnded = true;
      client.close();
      await sampling;
      this.onL1.destroy();
    }
  }

  /** The least that was held in a quarter of the run, between disputes, and the median of resident memory, in MiB. */
  held(actor: string, quarter: number): { heapMiB: number; residentMiB: number } {
    const own = this.samples.filter((one) => one.actor === actor);
    const part = own.slice(Math.floor((own.length * quarter) / 4), Math.floor((own.length * (quarter + 1)) / 4));
    return {
      heapMiB: Math.min(...part.map(({ heapMiB }) => heapMiB)),
      residentMiB: median(part.map((one) => one.residentMiB)),
    };
  }

  private flaws(status: readonly ActorStatus[]): string[] {
    return ACTORS.flatMap((actor) => {
      const found = status.find(({ name }) => name === actor);
      const flaws = found?.isRunning === true && found.problem === null ? [] : [`${actor}: ${found?.problem}`];
      const [second, last] = [this.held(actor, 1), this.held(actor, 3)];
      for (const kind of ["heapMiB", "residentMiB"] as const)
        if (last[kind] > MOST_GROWTH * second[kind] + SLACK_MIB)
          flaws.push(`${actor}: ${kind} ${second[kind].toFixed(0)} to ${last[kind].toFixed(0)}`);
      return flaws;
    });
  }

  private get isOver(): boolean {
    return this.hasEnded || Date.now() - this.started > this.seconds * 1_000;
  }

  private async round(client: LoadClient): Promise<void> {
    const { devnet, onL1, counts } = this;
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
    if (isDue(EACH.fault)) await this.refute(FAULTS[counts.faults++ % FAULTS.length]);
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

  private async refute(fault: string): Promise<void> {
    const { devnet, counts } = this;
    const from = Date.now();
    const said: string[] = [];
    await startFault(devnet, fault, counts.rounds, (line) => said.push(line)).catch((cause: Error) => {
      const when = `${fault} in round ${counts.rounds}, ${Math.round((from - this.started) / 1_000)} s after the start`;
      throw new Error(`${when}: ${cause.message} (${said.join("; ")})`, { cause });
    });
    this.verdictSeconds.push((Date.now() - from) / 1_000);
  }

  private async sample(): Promise<void> {
    while (!this.isOver) {
      await sleep(SAMPLE_MS);
      for (const actor of ACTORS) process.kill(this.devnet.processes.pid(actor)!, "SIGUSR2");
      await sleep(COLLECT_MS);
      for (const actor of ACTORS) {
        const heapMiB = await Promise.all(HEAP.map((name) => metric(this.devnet, actor, name)));
        const residentBytes = await metric(this.devnet, actor, "process_resident_memory_bytes");
        this.samples.push({
          actor,
          heapMiB: heapMiB.reduce((sum, bytes) => sum + bytes / 2 ** 20, 0),
          residentMiB: residentBytes / 2 ** 20,
        });
      }
    }
  }
}

async function minedAll(client: LoadClient): Promise<void> {
  while (Number((await client.call<{ pending: string }>("txpool_status")).pending) > 0) await sleep(100);
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
