import { expect } from "chai";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { freePort } from "../../../devnet/processes";
import { decodeEntry, encodeEntry, type Entry } from "../../../sequencer/failover/entry";
import { NatsLog } from "../../../sequencer/failover/nats/log";
import { eventually } from "../../e2e/support/system";
import { NatsServer, requireNats } from "../../support/nats";

const NAME = "SOLVENT_TEST";
const TIMEOUT_MS = 1_000;
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe("the log between sequencer processes", function () {
  this.timeout(60_000);
  const nats = new NatsServer();
  const logs: NatsLog[] = [];
  before(async function () {
    requireNats(this);
    await nats.start();
  });
  after(async () => {
    for (const log of logs) await log.close();
    await nats.remove();
  });

  const open = (url = nats.url, name = NAME): NatsLog => {
    logs.push(NatsLog.open({ url: [url], name, replicas: 1, timeoutMs: TIMEOUT_MS }));
    return logs.at(-1)!;
  };
  const opened = async (name = NAME): Promise<NatsLog> => {
    const log = open(nats.url, name);
    await eventually("a connection", () => log.create().then(() => true));
    return log;
  };
  const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => "written",
      ({ code }: { code: string }) => code,
    );

  it("takes an entry only from who knows the last one, and refuses the same again", async () => {
    const [one, other] = [await opened(), await opened()];
    expect(await one.append(bytes("a"), 0)).to.equal(1);
    expect(await codeOf(other.append(bytes("b"), 0))).to.equal("failover-fenced");
    expect(await other.append(bytes("b"), 1)).to.equal(2);
    expect(await codeOf(one.append(bytes("c"), 1))).to.equal("failover-fenced");
    expect(await codeOf(other.append(bytes("b"), 1))).to.equal("failover-fenced");
    expect(await codeOf(one.append(bytes("c"), 3))).to.equal("failover-fenced");
    expect(Buffer.from((await one.read(2))!).toString()).to.equal("b");
    expect(await one.bounds()).to.deep.include({ first: 1, last: 2 });
  });

  it("of many that write at once behind the same entry takes one", async () => {
    const writers = await Promise.all(Array.from({ length: 8 }, () => opened("SOLVENT_RACE")));
    for (let last = 0; last < 20; last++) {
      const codes = await Promise.all(writers.map((log, i) => codeOf(log.append(bytes(`${i}`), last))));
      expect(codes.filter((code) => code === "written")).to.have.length(1);
    }
    expect((await writers[0].bounds())!.last).to.equal(20);
  });

  it("keeps entries and their numbers when old ones are forgotten and the server is killed", async () => {
    const log = await opened("SOLVENT_KILLED");
    for (let last = 0; last < 3; last++) await log.append(bytes(`${last}`), last);
    const before = (await log.bounds())!;
    await log.forget(2);
    await nats.stop("SIGKILL");
    expect(await codeOf(log.append(bytes("lost"), 3))).to.equal("failover-unavailable");
    await nats.start();
    const after = await eventually("the server answers", async () => (await log.bounds()) ?? false);
    expect(after).to.deep.equal({ ...before, first: 3 });
    expect(await log.read(1)).to.equal(null);
    expect(await log.append(bytes("next"), 3)).to.equal(4);
  });

  it("says that it is full, keeps what it has, and goes on once there is room", async () => {
    const log = await opened("SOLVENT_FULL");
    const connection = await connect({ servers: nats.url });
    const manager = await jetstreamManager(connection);
    await log.append(bytes("a"), 0);
    await manager.streams.update("SOLVENT_FULL", { max_msgs: 1 });
    expect(await codeOf(log.append(bytes("b"), 1))).to.equal("failover-full");
    expect(await log.bounds()).to.deep.include({ first: 1, last: 1 });
    await manager.streams.update("SOLVENT_FULL", { max_msgs: 2 });
    expect(await log.append(bytes("b"), 1)).to.equal(2);
    await connection.close();
  });

  it("names what to start and how to get it where no server answers", async () => {
    const error: unknown = await open(`nats://127.0.0.1:${await freePort()}`)
      .bounds()
      .catch((caught: unknown) => caught);
    expect(error).to.include({ code: "failover-unavailable", retry: true });
    expect(String(error)).to.contain("apt-get install nats-server").and.to.contain("nats-server -js");
  });

  it("decodes an entry as it was encoded", () => {
    const [hash, data] = [`0x${"11".repeat(32)}` as const, Uint8Array.from({ length: 300 }, (_, i) => i)];
    const place = { batch: 3, segment: 4, offset: 5 };
    const entries: Entry[] = [
      { kind: "term", id: "a", data: new Uint8Array() },
      {
        ...{ kind: "block", number: 7, blockHash: hash, parentHash: hash, place, delayed: 1, lastMessage: hash },
        ...{ promise: null, data },
      },
      {
        ...{ kind: "batch", index: 3, firstBlock: 1, lastBlock: 7, lastBlockHash: hash, delayedCount: 1 },
        ...{ lastMessage: hash, data },
      },
    ];
    for (const entry of entries) expect(decodeEntry(encodeEntry(entry))).to.deep.equal(entry);
  });
});
