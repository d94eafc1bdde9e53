import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startDevnet, type ActorStatus, type RunningDevnet } from "../../devnet";
import { targetsOf } from "../../devnet/manage";
import { Prometheus, requirePrometheus, type Sample } from "../support/prometheus";

const ROOT = join(__dirname, "..", "..");
const DASHBOARDS = ["actor/dashboard.json", "verifier/audit/dashboard.json"];
/** Nothing to show before it has happened. */
const PATIENCE_SECONDS = 60;

interface Panel {
  id: number;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource: { uid: string };
  targets: { refId: string; expr: string }[];
}
interface Dashboard {
  uid: string;
  templating: { list: { name: string; type: string }[] };
  panels: Panel[];
}

const read = (file: string): Dashboard => JSON.parse(readFileSync(join(ROOT, file), "utf8")) as Dashboard;

describe("devnet: dashboards", function () {
  this.timeout(240_000);
  const prometheus = new Prometheus();
  let devnet: RunningDevnet | undefined;
  let actors: ActorStatus[];

  before(async function () {
    requirePrometheus(this);
    devnet = await startDevnet({ l1IntervalMs: 100, blockTimeMs: 100, batchAgeMs: 500 });
    const provider = new JsonRpcProvider(devnet.info.l1.url, undefined, { staticNetwork: true });
    actors = (await provider.send("solvent_status", [])) as ActorStatus[];
    provider.destroy();
    await prometheus.start(targetsOf(actors));
  });
  after(async () => {
    await prometheus.stop();
    await devnet?.stop();
  });

  /** The samples of an expression, when there are some. */
  async function samples(expression: string): Promise<Sample[]> {
    const end = Date.now() + PATIENCE_SECONDS * 1_000;
    for (;;) {
      const found = await prometheus.query(expression);
      if (found.length > 0 || Date.now() > end) return found;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  for (const file of DASHBOARDS)
    it(`shows something in each panel of ${file}, as a real Prometheus answers`, async () => {
      for (const { title, targets } of read(file).panels)
        for (const { expr } of targets) expect(await samples(expr), `${title}: ${expr}`).to.not.have.length(0);
    });

  it("reads every actor that has metrics, by its name", async () => {
    const named = actors.filter(({ metrics }) => metrics !== null).map(({ name }) => name);
    expect(named).to.include.members(["sequencer", "verifier", "challenger"]);
    for (const name of named) {
      const [sample] = await samples(`solvent_healthy{actor="${name}"}`);
      expect(sample, name).to.not.equal(undefined);
    }
  });

  it("counts assertions as the chain has them, and a challenger's purse", async () => {
    const [agreed] = await samples('solvent_games_agreement{status="agree_defender_ahead"} > 0');
    expect(agreed.metric).to.include({
      completion: "in_progress",
      result_correctness: "correct",
      root_agreement: "agree",
    });
    expect(await prometheus.query('solvent_games_agreement{root_agreement="disagree"} > 0')).to.have.length(0);
    expect(await samples('solvent_honest_actor_claims{state="pending"} > 0')).to.have.length(1);
    const [ready] = await samples("solvent_bond_collateral_available > solvent_bond_collateral_required");
    expect(Number(ready.value[1])).to.be.greaterThan(0);
  });
});

describe("dashboards", () => {
  it("are files that Grafana takes: one source to choose, panels beside each other, each with a place of its own", () => {
    const uids = new Set<string>();
    for (const file of DASHBOARDS) {
      const { uid, templating, panels } = read(file);
      uids.add(uid);
      const [source] = templating.list;
      expect(source).to.include({ type: "datasource" });
      const taken = new Set<string>();
      expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length);
      for (const { title, gridPos, datasource, targets } of panels) {
        expect(datasource.uid, title).to.equal(`\${${source.name}}`);
        expect(new Set(targets.map(({ refId }) => refId)).size, title).to.equal(targets.length);
        expect(gridPos.x + gridPos.w, title).to.be.at.most(24);
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(taken.has(`${x},${y}`), title).to.equal(false);
            taken.add(`${x},${y}`);
          }
      }
    }
    expect(uids.size).to.equal(DASHBOARDS.length);
  });
});
