import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { Registry } from "prom-client";
import { WebSocket } from "ws";
import { FeedServer } from "../../../node/feed/server";

const MOST_READERS = 3;

/** The server of a feed behind a real port, and readers over real sockets. */
describe("feed: what a node gives its readers", function () {
  this.timeout(60_000);
  let registry: Registry;
  let feed: FeedServer;
  let http: Server;
  const sockets: (WebSocket | Socket)[] = [];

  beforeEach(async () => {
    registry = new Registry();
    feed = new FeedServer(MOST_READERS, registry);
    http = createServer();
    http.on("upgrade", feed.upgrade);
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0))
      if (socket instanceof WebSocket) socket.terminate();
      else socket.destroy();
    feed.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const port = (): number => (http.address() as AddressInfo).port;
  const metric = async (name: string): Promise<number> => (await registry.getSingleMetric(name)!.get()).values[0].value;

  /** @returns what it has read so far. */
  async function read(query = ""): Promise<Buffer[]> {
    const got: Buffer[] = [];
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/feed${query}`);
    sockets.push(socket);
    socket.on("message", (data: Buffer) => got.push(data));
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    return got;
  }

  async function until(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 30_000; !(await isTrue()); await new Promise((resolve) => setTimeout(resolve, 10)))
      if (Date.now() > end) throw new Error(`timed out: ${what}`);
  }

  const numbers = (got: Buffer[]): number[] => got.map((message) => message[0]);

  it("gives what is kept from the height that a reader names, then each as it comes, but for what left the chain", async () => {
    for (const number of [1, 2, 3, 4]) feed.publish(number, Uint8Array.of(number));
    const [all, some, wrong] = [await read(), await read("?from=3"), await read("?from=-1")];
    feed.publish(5, Uint8Array.of(5));
    await until("all have it", () => [all, some, wrong].every((got) => got.at(-1)?.[0] === 5));
    expect([all, some, wrong].map(numbers)).to.deep.equal([
      [1, 2, 3, 4, 5],
      [3, 4, 5],
      [1, 2, 3, 4, 5],
    ]);
    feed.forget(3);
    feed.publish(3, Uint8Array.of(33));
    (sockets.shift() as WebSocket).terminate();
    await until("there is room", async () => (await metric("solvent_feed_readers")) < MOST_READERS);
    const late = await read();
    await until("it has all", () => late.length === 3);
    expect(numbers(late)).to.deep.equal([1, 2, 33]);
  });

  it("takes no more readers than it may, and none that talks", async () => {
    await Promise.all([read(), read(), read()]);
    const refusal = await read().then(
      () => null,
      (error: Error) => error.message,
    );
    expect(refusal).to.contain("503");
    // One that breaks the line while it is refused harms nobody.
    const broken = connect(port(), "127.0.0.1");
    await new Promise((resolve) => broken.once("connect", resolve));
    broken.write(upgradeRequest());
    broken.resetAndDestroy();
    (sockets[0] as WebSocket).send("a word");
    await until("it is let go", async () => (await metric("solvent_feed_readers")) === 2);
  });

  it("waits for no reader: one that does not read is let go, and what waits for it is bounded", async () => {
    const good = await read();
    const silent = connect(port(), "127.0.0.1");
    sockets.push(silent);
    silent.write(upgradeRequest());
    silent.pause();
    await until("both read", async () => (await metric("solvent_feed_readers")) === 2);
    const message = randomBytes(150_000);
    let [sent, slowest] = [0, 0];
    await until("it is let go", async () => {
      const started = performance.now();
      feed.publish(sent, message);
      slowest = Math.max(slowest, performance.now() - started);
      sent++;
      return (await metric("solvent_feed_readers_lost_total")) === 1;
    });
    // What the kernel takes in for it comes on top of the bound.
    expect(sent * message.length).to.be.below(64 << 20);
    expect(slowest, "ms of the longest call").to.be.below(1_000);
    await until("the other has all", () => good.length === sent);
  });
});

function upgradeRequest(): string {
  const key = randomBytes(16).toString("base64");
  const lines = ["GET /feed HTTP/1.1", "Host: feed", "Connection: Upgrade", "Upgrade: websocket"];
  return [...lines, "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${key}`, "", ""].join("\r\n");
}
