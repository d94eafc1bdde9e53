import { expect } from "chai";
import WebSocket from "ws";
import { Dispatcher, RpcServer } from "../../../node/rpc";
import type { Work } from "../../../node/rpc/work";

const ECHO = '{"jsonrpc":"2.0","id":1,"method":"echo","params":["a"]}';

describe("rpc: server", () => {
  let server: RpcServer;
  let url: string;
  let closed = 0;
  let pieces = 0;

  before(async () => {
    const methods = {
      echo: (params: { values: readonly unknown[] }) => params.values,
      push: (_params: unknown, connection: import("../../../node/rpc/dispatch").RpcConnection | null) => {
        connection?.onClose(() => closed++);
        connection?.notify("pushed", [7]);
        return connection !== null;
      },
      slow: async (_params: unknown, _connection: unknown, work: Work) => {
        for (let i = 0; i < 60; i++) {
          for (const until = performance.now() + 5; performance.now() < until;);
          pieces++;
          await work.breathe();
        }
        return "done";
      },
      waits: () => new Promise((resolve) => setTimeout(() => resolve("late"), 200)),
      unspeakable: () => 5n, // JSON has no way to write it
    };
    server = new RpcServer(new Dispatcher(methods), { port: 0, bodyLimitBytes: 10_000 });
    url = await server.start();
  });
  after(() => server.stop());

  const post = (body: string, type = "application/json") =>
    fetch(url, { method: "POST", body, headers: { "content-type": type } });

  it("listens on the loopback address only", () => {
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("answers a POST whatever its content type", async () => {
    for (const type of ["application/json", "text/plain", "x/y"]) {
      const response = await post(ECHO, type);
      expect(response.status).to.equal(200);
      expect(response.headers.get("content-type")).to.contain("application/json");
      expect(await response.json()).to.deep.equal({ jsonrpc: "2.0", id: 1, result: ["a"] });
    }
  });

  it("lets a browser in", async () => {
    const preflight = await fetch(url, { method: "OPTIONS", headers: { origin: "http://localhost:3000" } });
    expect(preflight.status).to.equal(204);
    expect(preflight.headers.get("access-control-allow-origin")).to.equal("*");
    expect(preflight.headers.get("access-control-allow-headers")).to.contain("content-type");
    // R11: wallets send headers of their own.
    const asked = "content-type,x-metamask-origin,sentry-trace,traceparent,x-request-id";
    const headers = { origin: "http://localhost:3000", "access-control-request-headers": asked };
    const wallet = await fetch(url, { method: "OPTIONS", headers });
    expect(wallet.headers.get("access-control-allow-headers")).to.equal(asked);
  });

  it("refuses a body over the limit and lives on", async () => {
    expect((await post("x".repeat(20_000))).status).to.equal(413);
    expect((await post(ECHO)).status).to.equal(200);
  });

  it("answers a notification with no content", async () => {
    const response = await post('{"jsonrpc":"2.0","method":"echo"}');
    expect(response.status).to.equal(204);
  });

  it("speaks WebSocket on the same port, with notifications, in order", async () => {
    const socket = new WebSocket(url.replace("http", "ws"));
    const received: unknown[] = [];
    await new Promise((resolve) => socket.once("open", resolve));
    socket.on("message", (data) => received.push(JSON.parse(String(data))));
    socket.send('{"jsonrpc":"2.0","id":1,"method":"push"}');
    socket.send(ECHO.replace('"id":1', '"id":2'));
    while (received.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(received[0]).to.deep.equal({ jsonrpc: "2.0", method: "pushed", params: [7] });
    expect(received.slice(1).map((entry) => (entry as { id: number }).id)).to.deep.equal([1, 2]);
    socket.close();
    while (closed === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  const open = async (): Promise<{ socket: WebSocket; received: { id: number; error?: { code: number } }[] }> => {
    const socket = new WebSocket(url.replace("http", "ws"));
    const received: { id: number; error?: { code: number } }[] = [];
    socket.on("message", (data) => received.push(JSON.parse(String(data)) as { id: number }));
    await new Promise((resolve) => socket.once("open", resolve));
    return { socket, received };
  };
  const until = async (probe: () => boolean): Promise<void> => {
    while (!probe()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  for (const method of ["waits", "slow"])
    it(`R18 answers the quick calls on a WebSocket first, where one ${method}`, async () => {
      const { socket, received } = await open();
      socket.send(`{"jsonrpc":"2.0","id":1,"method":"${method}"}`);
      socket.send(ECHO.replace('"id":1', '"id":2'));
      socket.send(ECHO.replace('"id":1', '"id":3'));
      await until(() => received.length === 3);
      expect(received.map(({ id }) => id)).to.deep.equal([2, 3, 1]);
      socket.close();
    });

  it("R18 runs a bounded number of calls of one WebSocket at a time, and answers all", async () => {
    const { socket, received } = await open();
    for (let id = 0; id < 300; id++) socket.send(`{"jsonrpc":"2.0","id":${id},"method":"waits"}`);
    await until(() => received.length === 300);
    expect(new Set(received.map(({ id }) => id)).size).to.equal(300);
    socket.close();
  });

  it("N6 lives through an answer over WebSocket that cannot be written", async () => {
    const { socket, received } = await open();
    socket.send('{"jsonrpc":"2.0","id":1,"method":"unspeakable"}');
    await until(() => received.length === 1);
    expect(received[0].error?.code).to.equal(-32603);
    expect((await post(ECHO)).status).to.equal(200);
    socket.close();
  });

  it("N11 stops working for a client that hangs up, over HTTP and WebSocket", async () => {
    const batch = JSON.stringify(Array.from({ length: 20 }, (_, id) => ({ jsonrpc: "2.0", id, method: "slow" })));
    pieces = 0;
    await fetch(url, { method: "POST", body: batch, signal: AbortSignal.timeout(50) }).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = pieces;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pieces).to.equal(after);
    const { socket } = await open();
    socket.send(batch);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.terminate();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const last = pieces;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(pieces).to.equal(last);
  });

  it("says which port is taken", async () => {
    const port = Number(new URL(url).port);
    const second = new RpcServer(new Dispatcher({}), { port });
    const error = await second.start().then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).to.have.property("code", "rpc-port-taken");
    expect((error as Error).message).to.contain(String(port));
    await second.stop();
  });
});
