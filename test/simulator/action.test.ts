import { expect } from "chai";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(__dirname, "..", "..");

interface Action {
  inputs: Record<string, { default?: string; required?: boolean }>;
  outputs: Record<string, { value: string }>;
  runs: { steps: { id?: string; run?: string; env?: Record<string, string> }[] };
}

const scenario = (lossesAtMost: number): string => `
name: CI
about: One lie against an honest party without money.
game: { kind: edges, heights: [2, 2], challengePeriodSeconds: 1000, stakesEther: [4, 1] }
honest: [{ strategy: honest, budgetEther: ${lossesAtMost === 0 ? 0 : 100} }]
adversaries: [{ strategy: liar }]
sweep: { grid: { adversaries.0.count: [1, 2] } }
thresholds: { lossesAtMost: ${lossesAtMost} }
`;

describe("the GitHub Action", function () {
  this.timeout(60_000);
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as Action;
  const folder = mkdtempSync(join(tmpdir(), "solvent-action-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the step as a runner's shell would, in a checkout that is not Solvent's. */
  const simulate = (inputs: Record<string, string>): SpawnSyncReturns<string> => {
    const { run, env } = action.runs.steps.find(({ id }) => id === "simulate")!;
    const values = Object.entries(env!).map(([name, expression]) => {
      const input = /inputs\.([\w-]+)/.exec(expression)![1];
      return [name, inputs[input] ?? action.inputs[input].default ?? ""];
    });
    const files = { GITHUB_STEP_SUMMARY: join(folder, "summary.md"), GITHUB_OUTPUT: join(folder, "output") };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const all = { ...process.env, ...Object.fromEntries(values), ...files, GITHUB_ACTION_PATH: ROOT };
    const options = { cwd: folder, env: all, encoding: "utf8" } as const;
    return spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run!], options);
  };

  it("plays a scenario, and leaves a page for the job, JUnit, report and the hash of the events", () => {
    writeFileSync(join(folder, "good.yaml"), scenario(2));
    const { status, stderr } = simulate({ scenario: "good.yaml", runs: "2", workers: "1", out: "results" });
    expect(status, stderr).to.equal(0);
    const page = readFileSync(join(folder, "summary.md"), "utf8");
    expect(page)
      .to.include("No threshold was missed.")
      .and.to.match(/^\| 2 \| 2 \| 0 \| \d+ \|/m);
    const output = readFileSync(join(folder, "output"), "utf8").trim().split("\n");
    const given = new Map(output.map((line) => line.split("=") as [string, string]));
    expect([...given.keys()]).to.have.members(Object.keys(action.outputs));
    const { eventsHash } = JSON.parse(readFileSync(join(folder, "results", "run.json"), "utf8")) as {
      eventsHash: string;
    };
    expect(given.get("events-hash")).to.equal(eventsHash);
    expect(readFileSync(join(folder, given.get("junit")!), "utf8")).to.include('failures="0"');
    expect(readFileSync(join(folder, given.get("report")!), "utf8")).to.include("<svg");
  });

  it("fails with a threshold that is missed, and shows by how much", () => {
    writeFileSync(join(folder, "bad.yaml"), scenario(0));
    expect(simulate({ scenario: "bad.yaml", workers: "1", out: "lost" }).status).to.equal(1);
    expect(readFileSync(join(folder, "summary.md"), "utf8")).to.include("- **lossesAtMost: 2 is above 0**");
    expect(readFileSync(join(folder, "lost", "junit.xml"), "utf8")).to.include('failures="1"');
  });

  it("fails with the path and remedy of a wrong file, and leaves no page", () => {
    writeFileSync(join(folder, "wrong.yaml"), "name: 3");
    const { status, stderr } = simulate({ scenario: "wrong.yaml" });
    expect(status).to.equal(2);
    expect(stderr).to.include("name: ");
    expect(readFileSync(join(folder, "summary.md"), "utf8")).to.equal("");
  });
});
