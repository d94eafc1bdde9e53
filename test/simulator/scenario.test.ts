import { expect } from "chai";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCsv } from "../../simulator/lab/report/table";
import { runScenario } from "../../simulator/lab/run";
import { BadScenario, parseScenario, readScenario, scenarioJsonSchema } from "../../simulator/lab/scenario/read";
import { pointsOf } from "../../simulator/lab/scenario/points";
import type { Scenario } from "../../simulator/lab/scenario/schema";
import { STRATEGIES } from "../../simulator/lab/strategies";

const FOLDER = join(__dirname, "..", "..", "simulator", "scenarios");

const good = (): Record<string, unknown> & {
  game: Record<string, unknown>;
  adversaries: Record<string, unknown>[];
} => ({
  name: "small",
  game: {
    kind: "tournament",
    heights: [2, 2],
    allowanceSeconds: 10_000,
    responseSeconds: 60,
    buildSeconds: 60,
    bondsEther: [1, 1],
  },
  honest: [{ strategy: "honest", latencySeconds: 12 }],
  adversaries: [{ strategy: "liar", count: 2 }],
  runs: 2,
});

function problemsOf(data: unknown): readonly string[] {
  try {
    parseScenario(data);
    return [];
  } catch (error) {
    if (error instanceof BadScenario) return error.problems;
    throw error;
  }
}

describe("scenario files", () => {
  const scratch = mkdtempSync(join(tmpdir(), "solvent-lab-"));
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("are read with all that they leave open", () => {
    const scenario = parseScenario(good());
    expect(scenario.l1).to.deep.equal({ blockSeconds: 12, baseFee: { kind: "constant", gwei: 10 }, order: "random" });
    expect(scenario.adversaries[0].count).to.equal(2);
  });

  const bad: Record<string, [change: (data: ReturnType<typeof good>) => void, path: string, remedy: RegExp]> = {
    "an unknown key": [(data) => (data.game.hight = 3), "game", /unknown key "hight"; remove it/],
    "a wrong type": [(data) => (data.runs = "many"), "runs", /correct it/],
    "an impossible value": [(data) => (data.game.allowanceSeconds = -1), "game.allowanceSeconds", /correct it/],
    "a game that there is not": [(data) => (data.game.kind = "chess"), "game.kind", /correct it/],
    "an unknown strategy": [
      (data) => (data.adversaries[0].strategy = "lair"),
      "adversaries.0.strategy",
      /there are honest, liar/,
    ],
    "an option that a strategy has not": [
      (data) => (data.adversaries[0].options = { lies: 1 }),
      "adversaries.0.options.lies",
      /it has none/,
    ],
    "an unknown mutant": [(data) => (data.game.rules = "none"), "game.rules", /there are clocks before 2026-09/],
    "bonds for other levels": [(data) => (data.game.bondsEther = [1]), "game", /2 heights need as many/],
    "a random range upside down": [
      (data) => (data.sweep = { random: { points: 1, ranges: { runs: { least: 3, most: 1 } } } }),
      "sweep.random.ranges.runs",
      /swap them/,
    ],
    "a search for nobody": [(data) => (data.search = {}), "search", /no adversary plays "search"/],
    "a logarithmic range from zero": [
      (data) => (data.sweep = { random: { points: 1, ranges: { runs: { least: 0, most: 1, scale: "log" } } } }),
      "sweep.random.ranges.runs.least",
      /begins above 0/,
    ],
    "a latency upside down": [
      (data) => (data.honest = [{ strategy: "honest", latencySeconds: [9, 3] }]),
      "honest.0.latencySeconds",
      /least comes first/,
    ],
  };
  for (const [what, [change, path, remedy]] of Object.entries(bad))
    it(`are refused with path and remedy for ${what}`, () => {
      const data = good();
      change(data);
      const problems = problemsOf(data);
      expect(problems).to.have.length(1);
      expect(problems[0].startsWith(`${path}:`), problems[0]).to.equal(true);
      expect(problems[0]).to.match(remedy);
    });

  for (const path of ["game.depth", "adversaries.7.count", "honest.0.latencySeconds.most", "__proto__.count"])
    it(`refuse a sweep over a path that leads nowhere: ${path}`, async () => {
      const scenario = parseScenario({ ...good(), sweep: { grid: { [path]: [1, 2] } } });
      const failed = await runScenario(scenario, { seed: 1, runs: 1, out: scratch }).then(
        () => null,
        (error: Error) => error,
      );
      expect(failed).to.be.instanceOf(BadScenario);
    });

  it("draw the points of a random sweep from its ranges, the same each time", () => {
    const count = { least: 1, most: 64, scale: "log" };
    const ranges = { "adversaries.0.count": count, "game.allowanceSeconds": { least: 100, most: 200 } };
    const points = (seed: number): unknown =>
      pointsOf(parseScenario({ ...good(), sweep: { random: { points: 50, seed, ranges } } }));
    const drawn = points(1) as Record<string, number>[];
    expect(drawn).to.have.length(50);
    for (const point of drawn) {
      expect(point["adversaries.0.count"]).to.be.within(1, 64);
      expect(point["game.allowanceSeconds"]).to.be.within(100, 200);
    }
    // Each order of magnitude as often: about half are below the geometric mean.
    expect(drawn.filter((point) => point["adversaries.0.count"] <= 8).length).to.be.within(15, 35);
    expect(points(1)).to.deep.equal(drawn);
    expect(points(2)).to.not.deep.equal(drawn);
  });

  it("list in an error every strategy that there is", () => {
    const data = good();
    data.adversaries[0].strategy = "?";
    for (const name of STRATEGIES.keys()) expect(problemsOf(data)[0]).to.contain(name);
  });

  it("have the schema that is published beside them", () => {
    const published = JSON.parse(readFileSync(join(FOLDER, "..", "scenario.schema.json"), "utf8")) as unknown;
    expect(published).to.deep.equal(JSON.parse(JSON.stringify(scenarioJsonSchema())));
  });

  it("give the same bytes for the same seed, and others for another", async () => {
    const scenario = parseScenario({ ...good(), sweep: { grid: { "adversaries.0.count": [1, 3] } } });
    const [one, again, other] = [join(scratch, "one"), join(scratch, "again"), join(scratch, "other")];
    const first = await runScenario(scenario, { seed: 5, runs: 3, out: one });
    expect(await runScenario(scenario, { seed: 5, runs: 3, out: again })).to.deep.equal(first);
    for (const file of readdirSync(one))
      expect(readFileSync(join(again, file))).to.deep.equal(readFileSync(join(one, file)));
    expect((await runScenario(scenario, { seed: 6, runs: 3, out: other })).eventsHash).to.not.equal(first.eventsHash);
    const [header, ...rows] = readFileSync(join(one, "summary.csv"), "utf8").trim().split("\n");
    expect(header.startsWith("adversaries.0.count,point,seed,outcome")).to.equal(true);
    expect(rows).to.have.length(6);
  });

  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".yaml")))
    it(`come ready, and end as they say: ${file}`, async () => {
      const scenario = readScenario(join(FOLDER, file));
      const { losses, games, missed } = await runScenario(scenario, {
        seed: scenario.seed,
        runs: 2,
        out: join(scratch, file),
      });
      expect(missed).to.deep.equal([]);
      if (file.includes("before-2026-09")) expect(losses).to.equal(games);
      else if (!file.includes("ruin")) expect(losses).to.equal(0);
    });

  for (const file of readdirSync(join(FOLDER, "r19")))
    it(`hold what is asked of a model of honest survival: ${file}`, async function () {
      this.timeout(60_000);
      const scenario = readScenario(join(FOLDER, "r19", file));
      const { seed, runs } = scenario;
      expect((await runScenario(scenario, { seed, runs, out: join(scratch, file) })).missed).to.deep.equal([]);
    });

  it("miss a threshold that asks for losses where there are none, and say so", async () => {
    const scenario = parseScenario({ ...good(), adversaries: [], thresholds: { lossesAtLeast: 1 } });
    const { missed } = await runScenario(scenario, { seed: 1, runs: 1, out: join(scratch, "none") });
    expect(missed).to.deep.equal(["lossesAtLeast: 0 is below 1"]);
  });

  it("play in each run the worst game that a search finds, the same on every worker", async () => {
    const found = readScenario(join(FOLDER, "r19", "search.yaml"));
    const rows = async (scenario: Scenario, name: string): Promise<string[][]> => {
      await runScenario(scenario, { seed: 1, runs: 1, out: join(scratch, name) });
      return parseCsv(readFileSync(join(scratch, name, "summary.csv"), "utf8"));
    };
    const [header, worst] = await rows(found, "found");
    const [, plain] = await rows({ ...found, search: undefined }, "plain");
    const at = header.indexOf("confirmable_seconds");
    expect(Number(worst[at])).to.be.above(Number(plain[at]));
    expect((await rows(found, "again"))[1]).to.deep.equal(worst);
  });
});
