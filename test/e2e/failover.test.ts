import { expect } from "chai";
import { encodeEntry } from "../../sequencer/failover/entry";
import { NatsLog } from "../../sequencer/failover/nats/log";
import { requireNats } from "../support/nats";
import { headOf, Pair } from "./support/pair";
import { eventually, until } from "./support/system";

describe("e2e: two sequencers with one key over a fenced log", function () {
  this.timeout(400_000);
  const pair = new Pair();
  before(function () {
    requireNats(this);
    return pair.start();
  });
  after(() => pair.stop());
  afterEach(() => pair.check());

  it("has a follower show the leader's blocks, and hand on what it is given", async () => {
    const [one, two] = [...pair.running.values()];
    expect(await pair.role(one)).to.include({ leads: true, leader: "one" });
    const hash = await pair.transact(two);
    const placeAt = ({ core }: typeof one) => core.chain.place(hash);
    await until("it is in a block at both", () => placeAt(one) !== undefined && placeAt(two) !== undefined);
    expect(placeAt(two)!.block.hash).to.equal(placeAt(one)!.block.hash);
    expect(await pair.role(two)).to.include({ leads: false, leader: "one", waiting: 0 });
  });

  it("shows no block that the log refuses because another has written meanwhile, and follows", async () => {
    const before = await pair.leader();
    const { fenced } = await pair.role(before);
    const foreign = NatsLog.open({ url: [pair.nats.url], name: pair.name, replicas: 1, timeoutMs: 1_000 });
    await eventually("an entry of somebody else", async () => {
      const { last } = (await foreign.bounds())!;
      return (await foreign.append(encodeEntry({ kind: "term", id: "foreign", data: new Uint8Array() }), last)) > 0;
    });
    await foreign.close();
    await eventually("its next write is refused", async () => (await pair.role(before)).fenced > fenced);
    await pair.grows(await pair.leader());
    await until("both have the same", () => new Set([...pair.running.values()].map(headOf)).size === 1);
  });

  it("has another lead where the leader ends, which goes on with its batches and posts none twice", async () => {
    const before = await pair.leader();
    const [id] = [...pair.running].find(([, sequencer]) => sequencer === before)!;
    await pair.transact(before);
    pair.running.delete(id);
    await before.stop();
    const next = await pair.leader();
    const target = await pair.grows(next);
    await until("all of it lands on L1", () => next.core.chain.safe.number >= target);
    await eventually("each transaction of their key was a batch that L1 took", async () => {
      const { batches, transactions } = await pair.posted();
      return transactions === batches;
    });
  });
});
