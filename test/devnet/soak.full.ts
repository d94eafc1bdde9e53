import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { startDevnet, type ActorStatus, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";
import { startFault } from "../../devnet/scenes";
import { LoadClient } from "../bench/rpc/client";
import { residentMiB } from "../bench/rpc/targets";
import { Load } from "../bench/sustained/load";

/** Seconds: `SOLVENT_SOAK=600 npx mocha test/devnet/soak.full.ts` is ten minutes of it. */
const SECONDS = Number(process.env.SOLVENT_SOAK ?? 3_600);
const ACTORS = ["sequencer", "verifier", "challenger"] as const;
/** What is held in the last quarter, by what was held in the second: by then every cache has what it may have. The chain's own index grows. */
const [MOST_GROWTH, SLACK_MIB] = [1.25, 16];
const SAMPLE_MS = 2_000;
/** One in so many rounds; the first after the caches are warm. */
const EACH = { fault: 4, reorg: 3, revert: 5 };
const FAULTS = ["wrong-state", "wrong-preimage", "low-gas"];
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

interface Sample {
  actor: string;
  at: number;
  /** JavaScript's heap in use, and what it holds outside of it; resident memory. */
  heapMiB: number;
  residentMiB: number;
}

describe("devnet: a long life", function () {
  this.timeout((SECONDS + 900) * 1_000);
  let folder: string;
  let devnet: RunningDevnet;
  let onL1: JsonRpcProvider;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-soak-"));
    devnet = await startDevnet({ logLevel: "info", dataDir: folder });
    onL1 = new JsonRpcProvider(devnet.info.l1.url, undefined, OPTIONS);
  });
  after(async function () {
    onL1?.destroy();
    await devnet[Symbol.asyncDispose]();
    // What a failure left is looked at.
    if (this.test?.parent?.tests.some(({ state }) => state === "failed") === true)
      console.log(`      logs are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  });

  it(`holds no more memory at the end of ${SECONDS} s of mixed load, liars, reorgs of L1, time travel and snapshots`, async () => {
    const started = Date.now();
    const isOver = (): boolean => Date.now() - started > SECONDS * 1_000;
    const samples: Sample[] = [];
    const sampling = sample(samples, () => isOver());
    const counts = { rounds: 0, faults: 0, reorgs: 0, reverts: 0, transactions: 0, questions: 0 };
    const client = new LoadClient(devnet.info.l2.sequencer!, 16);
    for (; !isOver(); counts.rounds++) {
      const isDue = (each: number): boolean => counts.rounds % each === each - 1;
      const mark = isDue(EACH.revert) ? ((await onL1.send("evm_snapshot", [])) as string) : null;
      // A liar's blocks have transactions of the same accounts, and what is reverted takes theirs back.
      const load = await newLoad(client);
      for (let i = 0; i < 5; i++) {
        await load.send({ calls: 2, transfers: 30 });
        counts.transactions += 32;
        counts.questions += await ask(devnet);
      }
      await caughtUp(client);
      if (isDue(EACH.fault)) {
        const fault = FAULTS[counts.faults++ % FAULTS.length];
        await startFault(devnet, fault, counts.rounds, () => {}).catch((cause: unknown) => {
          throw new Error(`${fault} in round ${counts.rounds} after ${Date.now() - started} ms`, { cause });
        });
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
    console.log(`      ${JSON.stringify(counts)}`);
    for (const actor of ACTORS) {
      const own = samples.filter((one) => one.actor === actor);
      const [second, last] = [quarter(own, 1), quarter(own, 3)];
      console.log(
        `      ${actor}, least heap and median resident MiB by quarter: ` +
          [0, 1, 2, 3]
            .map((i) => `${least(quarter(own, i)).toFixed(0)} ${middle(quarter(own, i)).toFixed(0)}`)
            .join(", "),
      );
      // The least of a quarter is what is left after garbage was collected.
      expect(least(last), `${actor}: heap`).to.be.below(MOST_GROWTH * least(second) + SLACK_MIB);
      expect(middle(last), `${actor}: resident`).to.be.below(MOST_GROWTH * middle(second) + SLACK_MIB);
    }
    console.log(`      l1: ${residentMiB(devnet.processes.pid("l1")!)?.toFixed(0)} MiB resident at the end`);
    const status = (await onL1.send("solvent_status", [])) as ActorStatus[];
    for (const name of ACTORS)
      expect(status.find((one) => one.name === name)).to.deep.include({ isRunning: true, problem: null });
  });

  async function newLoad(client: LoadClient): Promise<Load> {
    const load = new Load(client, BigInt(devnet.info.l2.chainId));
    await load.prepare();
    return load;
  }

  async function caughtUp(client: LoadClient): Promise<void> {
    while (Number((await client.call<{ pending: string }>("txpool_status")).pending) > 0) await pause(100);
  }

  async function sample(samples: Sample[], isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await pause(SAMPLE_MS);
      for (const actor of ACTORS) {
        const { metrics } = devnet.actors.get(actor)!.ready as unknown as { metrics: string };
        const text = await (await fetch(`${metrics}/metrics`)).text();
        const mib = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, "m").exec(text)![1]) / 2 ** 20;
        samples.push({
          ...{ actor, at: Date.now() },
          heapMiB: mib("nodejs_heap_size_used_bytes") + mib("nodejs_external_memory_bytes"),
          residentMiB: mib("process_resident_memory_bytes"),
        });
      }
    }
  }

  /** The i-th quarter of what was sampled. */
  function quarter(samples: readonly Sample[], i: number): Sample[] {
    return samples.slice(Math.floor((samples.length * i) / 4), Math.floor((samples.length * (i + 1)) / 4));
  }
});

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

function least(samples: readonly Sample[]): number {
  return Math.min(...samples.map(({ heapMiB }) => heapMiB));
}

function middle(samples: readonly Sample[]): number {
  const sorted = samples.map((one) => one.residentMiB).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
