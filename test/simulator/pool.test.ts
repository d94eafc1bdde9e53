import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobsOf, playJob } from "../../simulator/lab/pool/job";
import { InlinePool, type Pool, type Take } from "../../simulator/lab/pool/pool";
import { JobStore } from "../../simulator/lab/pool/store";
import { ThreadPool } from "../../simulator/lab/pool/threadPool";
import { Progress, duration } from "../../simulator/lab/progress";
import { runScenario } from "../../simulator/lab/run";
import { parseScenario } from "../../simulator/lab/scenario/read";
import { pointsOfSweep } from "../../simulator/lab/scenario/points";
import type { Job } from "../../simulator/lab/pool/job";

const ROOT = join(__dirname, "..", "..");
const FILES = ["events.ndjson", "junit.xml", "parties.csv", "run.json", "scenario.json", "summary.csv"];
const DATA = {
  name: "pools",
  game: { kind: "edges", heights: [2, 2, 1], challengePeriodSeconds: 1_000, stakesEther: [4, 2, 1] },
  honest: [{ strategy: "honest", latencySeconds: 12 }],
  adversaries: [{ strategy: "stall", count: 2, options: { patienceSeconds: 60 } }],
  sweep: { grid: { "adversaries.0.count": [1, 2, 3] } },
};
const SCENARIO = parseScenario(DATA);
const RUNS = { seed: 7, runs: 50 };

describe("pools of the simulator", function () {
  this.timeout(60_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-pool-"));
  const folder = (name: string): string => join(scratch, name);
  let expected: Map<string, string>;

  before(async () => {
    await runScenario(SCENARIO, { ...RUNS, out: folder("inline") });
    expected = filesOf(folder("inline"));
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  for (const threads of [1, 2, 3])
    it(`give the same bytes on ${threads} threads as on none`, async () => {
      await withPool(new ThreadPool(threads), (pool) => runScenario(SCENARIO, { ...RUNS, out: folder("t"), pool }));
      expect(filesOf(folder("t"))).to.deep.equal(expected);
    });

  it("lose nothing with a thread that is killed again and again", async () => {
    await withPool(new ThreadPool(2), async (pool) => {
      let kills = 0;
      const killing: Pool = {
        close: () => pool.close(),
        play: (jobs, take) =>
          pool.play(jobs, async (result) => {
            await take(result);
            // Whoever is in the middle of another job by now.
            if (kills++ < 4) await [...pool.threads][0]?.terminate();
          }),
      };
      await runScenario(SCENARIO, { ...RUNS, out: folder("killed"), pool: killing });
      expect(kills).to.be.above(3);
    });
    expect(filesOf(folder("killed"))).to.deep.equal(expected);
  });

  it("name the job that every thread fails at, and do not try for ever", async () => {
    const [job] = jobsOf(pointsOfSweep(SCENARIO, 0), { ...RUNS, hasEvents: true });
    const broken = { ...job, scenario: { ...job.scenario, game: { ...job.scenario.game, kind: "chess" } } } as never;
    const error = await withPool(new ThreadPool(1), (pool) => pool.play([broken], () => undefined)).catch(
      (caught: unknown) => caught,
    );
    expect(error).to.include({ code: "pool-failed" });
    expect(String(error)).to.contain(job.key);
  });

  it("go on where a run was stopped, playing nothing twice", async () => {
    const played: string[] = [];
    const inner = new InlinePool();
    const recording = (most: number): Pool => ({
      close: () => inner.close(),
      play: async (jobs: readonly Job[], take: Take) => {
        for (const job of jobs.slice(0, most)) {
          played.push(job.key);
          await take(playJob(job));
        }
        if (most < jobs.length) throw new Error("stopped");
      },
    });
    const out = folder("resumed");
    const stopped = await runScenario(SCENARIO, { ...RUNS, out, pool: recording(4) }).catch((error: Error) => error);
    expect(stopped).to.be.instanceOf(Error);
    await runScenario(SCENARIO, { ...RUNS, out, pool: recording(Infinity) });
    expect(new Set(played).size).to.equal(played.length);
    expect(filesOf(out)).to.deep.equal(expected);
    expect(existsSync(join(out, "jobs"))).to.equal(false);
  });

  for (const [signal, status] of [
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const)
    it(`go on after ${signal} to the command in the middle of a sweep, with the same bytes`, async () => {
      const file = folder("sweep.json");
      writeFileSync(file, JSON.stringify(DATA));
      const out = folder(signal);
      const runs = 600;
      const first = start(file, out, runs);
      await until(() => existsSync(join(out, "jobs")) && new JobStore(out).keys().size > 2);
      first.kill(signal);
      const [code] = (await once(first, "exit")) as [number | null];
      expect(code).to.equal(status);
      expect(existsSync(join(out, "summary.csv"))).to.equal(false);
      const [again] = (await once(start(file, out, runs), "exit")) as [number | null];
      expect(again).to.equal(0);
      await runScenario(SCENARIO, { seed: RUNS.seed, runs, out: folder("whole") });
      expect(filesOf(out)).to.deep.equal(filesOf(folder("whole")));
    });

  it("write no events where none are wanted, and the same table", async () => {
    const out = folder("quiet");
    await runScenario(SCENARIO, { ...RUNS, out, hasEvents: false });
    expect(existsSync(join(out, "events.ndjson"))).to.equal(false);
    expect(filesOf(out).get("summary.csv")).to.equal(expected.get("summary.csv"));
  });

  it("address a job by its content", () => {
    const at = pointsOfSweep(SCENARIO, 0);
    const keys = (seed: number, runs: number): string[] =>
      jobsOf(at, { seed, runs, hasEvents: true }).map(({ key }) => key);
    expect(keys(1, 50)).to.deep.equal(keys(1, 50));
    expect(keys(1, 50)[0]).to.equal(keys(1, 40)[0]);
    expect(new Set([...keys(1, 50), ...keys(2, 50)]).size).to.equal(6);
  });

  it("estimate the time left from what this run has played", () => {
    const progress = new Progress(1_000, 400, 0);
    expect(progress.line(0)).to.equal("400 of 1000 games (40 %), 0 a second, time left unknown");
    progress.add(100);
    expect(progress.line(10_000)).to.equal("500 of 1000 games (50 %), 10 a second, 50 s left");
    expect([7, 61, 3_720].map(duration)).to.deep.equal(["7 s", "1 min 01 s", "1 h 02 min"]);
  });

  function start(file: string, out: string, runs: number): ChildProcess {
    const words = ["run", file, "--seed", String(RUNS.seed), "--runs", String(runs), "--workers", "2", "--out", out];
    const args = ["--require", require.resolve("tsx/cjs"), join(ROOT, "scripts", "simulate.ts"), ...words];
    return spawn(process.execPath, args, { stdio: "ignore" });
  }
});

async function withPool<P extends Pool, T>(pool: P, use: (pool: P) => Promise<T>): Promise<T> {
  try {
    return await use(pool);
  } finally {
    await pool.close();
  }
}

function filesOf(out: string): Map<string, string> {
  const names = readdirSync(out).filter((name) => FILES.includes(name));
  return new Map(names.sort().map((name) => [name, readFileSync(join(out, name), "utf8")]));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}
