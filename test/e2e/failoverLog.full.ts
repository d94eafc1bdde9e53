import { expect } from "chai";
import { requireNats } from "../support/nats";
import { Wire } from "../support/wire";
import { headOf, Pair, problemOf } from "./support/pair";
import { until } from "./support/system";

describe("e2e: two sequencers with one key whose log fails", function () {
  this.timeout(400_000);
  const pair = new Pair();
  before(function () {
    requireNats(this);
    return pair.start();
  });
  after(() => pair.stop());
  afterEach(() => pair.check());

  it("build nothing while the log is full, say so, and go on once there is room", async () => {
    const { name } = pair;
    await pair.withStreams(async (streams) =>
      streams.update(name, { max_msgs: (await streams.info(name)).state.messages }),
    );
    const full = await pair.leader();
    await until("it says so", () => /the log is full/.test(problemOf(full)));
    const stood = headOf(full);
    await pair.waitForL1(10);
    expect(headOf(full)).to.equal(stood);
    expect((await pair.role(full)).leads).to.equal(true);
    await pair.withStreams((streams) => streams.update(name, { max_msgs: -1 }));
    await pair.grows(full);
    expect(problemOf(full)).to.equal("");
  });

  it("promise nothing while the log is away, and go on where they were", async () => {
    const before = await pair.leader();
    await pair.nats.stop("SIGKILL");
    await until("it says so", () => /apt-get install nats-server/.test(problemOf(before)));
    const stood = headOf(before);
    await pair.waitForL1(10);
    expect(headOf(before)).to.equal(stood);
    await pair.nats.start();
    await pair.grows(await pair.leader());
  });

  it("show who was away the blocks that came meanwhile", async () => {
    const [id, away] = [...pair.running].find(([, sequencer]) => problemOf(sequencer) === "")!;
    pair.running.delete(id);
    await away.stop();
    const target = await pair.grows(await pair.leader());
    const back = await pair.startOne(id);
    await until("it has them too", () => headOf(back) >= target);
  });

  it("promise nothing from behind a partition, while the other goes on", async () => {
    const wire = new Wire(Number(new URL(pair.nats.url).port));
    const url = `nats://127.0.0.1:${await wire.open()}`;
    // The one that is cut off has to be the leader: the other is away until it is.
    const [[first, near], [second, far]] = [...pair.running];
    pair.running.clear();
    await near.stop();
    await far.stop();
    const cut = await pair.startOne(first, false, url);
    await pair.grows(await pair.leader());
    const other = await pair.startOne(second);
    await until("it follows", () => headOf(other) > 0 && headOf(other) >= headOf(cut) - 1);
    wire.cut();
    await until("it says so", () => problemOf(cut) !== "");
    const stood = headOf(cut);
    await until("the other goes on", () => headOf(other) > stood + 3);
    // What the other has posted meanwhile is on L1, which is not cut off.
    expect(headOf(cut)).to.be.at.most(Math.max(stood, cut.core.chain.safe.number));
    expect((await pair.role(cut)).leads).to.equal(false);
    wire.mend();
    await until("it follows", () => headOf(cut) > stood + 3);
    expect((await pair.role(other)).leads).to.equal(true);
    pair.running.delete(first);
    await cut.stop();
    wire.close();
    await pair.startOne(first);
  });

  it("take back nothing, though the leader is stopped again and again in the middle of its work", async () => {
    for (let round = 0; round < 12; round++) {
      const leader = await pair.leader();
      const [id] = [...pair.running].find(([, sequencer]) => sequencer === leader)!;
      await pair.waitForL1(1 + (round % 12));
      pair.running.delete(id);
      await leader.stop();
      await pair.startOne(id);
      pair.check();
    }
  });

  it("build nothing over a log that is lost, and begin another with what they promised where they are told to", async () => {
    const { name, running } = pair;
    await pair.withStreams((streams) => streams.delete(name));
    for (const sequencer of running.values())
      await until("it says so", () => /docs\/failover.md#a-log-that-is-lost/.test(problemOf(sequencer)));
    const [best, ...others] = [...running.keys()].sort((a, b) => headOf(running.get(b)!) - headOf(running.get(a)!));
    const promised = headOf(running.get(best)!);
    for (const sequencer of running.values()) await sequencer.stop();
    running.clear();
    await pair.grows(await pair.startOne(best, true));
    for (const id of others) {
      const follower = await pair.startOne(id, true);
      await until("it has what was promised", () => headOf(follower) > promised);
    }
  });
});
