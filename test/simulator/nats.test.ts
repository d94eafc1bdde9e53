import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pointsOfSweep } from "../../simulator/lab/scenario/points";
import { freePort } from "../../devnet/processes";
import { NatsServer, requireNats } from "../support/nats";
import { jobsOf, type Job } from "../../simulator/lab/pool/job";
import { NatsPool } from "../../simulator/lab/pool/natsPool";
import type { Pool } from "../../simulator/lab/pool/pool";
import { runScenario } from "../../simulator/lab/run";
import { parseScenario } from "../../simulator/lab/scenario/read";

const ROOT = join(__dirname, "..", "..");
const LEASE_SECONDS = 2;
const SCENARIO = parseScenario({
  name: "queue",
  game: { kind: "edges", heights: [2, 2, 1], challengePeriodSeconds: 1_000, stakesEther: [4, 2, 1] },
  honest: [{ strategy: "honest", latencySeconds: 12 }],
  adversaries: [{ strategy: "stall", count: 2, options: { patienceSeconds: 60 } }],
  sweep: { grid: { "adversaries.0.count": [1, 2, 3] } },
});
const RUNS = { seed: 7, runs: 100 };

describe("the pool over NATS JetStream", function () {
  this.timeout(120_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-nats-"));
  const nats = new NatsServer();
  const workers: ChildProcess[] = [];

  before(async function () {
    requireNats(this);
    await nats.start();
    await runScenario(SCENARIO, { ...RUNS, out: join(scratch, "inline") });
  });
  after(async () => {
    for (const child of workers) child.kill("SIGKILL");
    await nats.remove();
    rmSync(scratch, { recursive: true, force: true });
  });

  it("gives the same bytes as one thread, though a worker is killed with -9 in the middle", async () => {
    const pool = await connected();
    const victim = worker();
    let results = 0;
    const killing: Pool = {
      close: () => pool.close(),
      play: (jobs, take) =>
        pool.play(jobs, async (result) => {
          await take(result);
          if (++results !== 2) return;
          victim.kill("SIGKILL");
          await once(victim, "exit");
          worker();
        }),
    };
    const out = join(scratch, "killed");
    const { games } = await runScenario(SCENARIO, { ...RUNS, out, pool: killing });
    await pool.close();
    expect(games).to.equal(300);
    expect(results).to.equal(15);
    expect(victim.signalCode).to.equal("SIGKILL");
    for (const file of ["events.ndjson", "summary.csv", "parties.csv", "run.json"])
      expect(readFileSync(join(out, file), "utf8"), file).to.equal(readFileSync(join(scratch, "inline", file), "utf8"));
  });

  it("tells of a job that cannot be played, with the worker's reason", async () => {
    const pool = await connected();
    worker();
    const [job] = jobsOf(pointsOfSweep(SCENARIO, 0), { ...RUNS, hasEvents: true });
    const broken = {
      ...job,
      scenario: { ...job.scenario, game: { ...job.scenario.game, kind: "chess" } },
    } as never as Job;
    const error = await pool.play([broken], () => undefined).catch((caught: unknown) => caught);
    await pool.close();
    expect(error).to.include({ code: "pool-failed" });
    expect(String(error)).to.contain(job.key);
  });

  it("names what to start where no server answers", async () => {
    const error = await NatsPool.connect(`nats://127.0.0.1:${await freePort()}`).catch((caught: unknown) => caught);
    expect(error).to.include({ code: "pool-failed", retry: true });
    expect(String(error)).to.contain("nats-server -js");
  });

  /** The server may still be starting. */
  async function connected(): Promise<NatsPool> {
    for (;;) {
      const pool = await NatsPool.connect(nats.url, LEASE_SECONDS).catch(() => null);
      if (pool !== null) return pool;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  function worker(): ChildProcess {
    const words = ["worker", "--nats", nats.url, "--workers", "1"];
    const tsx = ["--require", require.resolve("tsx/cjs"), join(ROOT, "scripts", "simulate.ts")];
    const child = spawn(process.execPath, [...tsx, ...words], { stdio: "ignore" });
    workers.push(child);
    return child;
  }
});
