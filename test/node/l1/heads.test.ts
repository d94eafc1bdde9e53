import { expect } from "chai";
import { WebSocketServer, type WebSocket } from "ws";
import { HeadFeed } from "../../../node/l1/heads";

const SUBSCRIBED = JSON.stringify({ jsonrpc: "2.0", id: 1, result: "0x1" });
const HEAD = JSON.stringify({
  jsonrpc: "2.0",
  method: "eth_subscription",
  params: { subscription: "0x1", result: {} },
});

/** When a node is worth a question. The other side is a WebSocket of this test, which tells what each case needs. */
describe("l1: feed of new heads", function () {
  this.timeout(20_000);
  let server: WebSocketServer;
  let feed: HeadFeed;
  let answer: string;
  let socket: WebSocket | null;

  beforeEach(async () => {
    [answer, socket] = [SUBSCRIBED, null];
    server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    server.on("connection", (client) => {
      socket = client;
      client.on("message", () => client.send(answer));
    });
    await new Promise((resolve) => server.once("listening", resolve));
  });

  afterEach(async () => {
    feed.close();
    socket?.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  const open = (): void => {
    feed = new HeadFeed(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    const end = Date.now() + 10_000;
    while (!isTrue() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isTrue()).to.equal(true);
  };
  /** Until the subscription's answer has come: only then a question that was taken is not due again. */
  const untilLive = (): Promise<void> => until(() => (feed.take(), !feed.isDue));

  it("asks before anything is known, then at each head, and again where the question failed", async () => {
    open();
    expect(feed.isDue).to.equal(true);
    await untilLive();
    socket!.send(HEAD);
    await until(() => feed.isDue);
    feed.take();
    expect(feed.isDue).to.equal(false);
    feed.giveBack();
    expect(feed.isDue).to.equal(true);
  });

  it("asks all the same after two seconds of silence, and not before", async () => {
    open();
    await untilLive();
    const taken = Date.now();
    await until(() => feed.isDue);
    expect(Date.now() - taken).to.be.within(1_900, 4_000);
  });

  it("leaves the caller's interval as it is where there is no subscription, and where the line breaks", async () => {
    answer = JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -32601, message: "notifications not supported" } });
    open();
    await until(() => socket !== null);
    await new Promise((resolve) => setTimeout(resolve, 100));
    feed.take();
    expect(feed.isDue).to.equal(true);
    answer = SUBSCRIBED;
    socket!.terminate();
    await untilLive();
    socket!.terminate();
    await until(() => (feed.take(), feed.isDue));
  });
});
