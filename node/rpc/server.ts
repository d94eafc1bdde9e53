import Fastify, { type FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { SolventError } from "../../protocol/errors";
import type { Dispatcher, RpcConnection } from "./dispatch";

export interface RpcServerOptions {
  /** 127.0.0.1 by default: nothing is served to other machines unless asked for. */
  host?: string;
  /** 0 takes any free port. */
  port: number;
  /** Largest request in bytes; 5 MiB by default. */
  bodyLimitBytes?: number;
  /** Value of access-control-allow-origin; `*` by default. */
  corsOrigin?: string;
}

/** Takes over a connection that asks for another protocol. */
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Calls and batches that run for one WebSocket at a time. */
const MOST_RUNNING = 64;
/** Bytes that may wait for a client that does not read. */
const MOST_UNREAD_BYTES = 64 << 20;

/** JSON-RPC over HTTP POST and over WebSocket on the same port. */
export class RpcServer {
  private readonly app: FastifyInstance;
  private readonly sockets: WebSocketServer;
  private readonly options: Required<RpcServerOptions>;
  /** By path; all other paths speak JSON-RPC. */
  private readonly upgrades = new Map<string, Upgrade>();

  constructor(dispatcher: Dispatcher, options: RpcServerOptions) {
    this.options = { host: "127.0.0.1", bodyLimitBytes: 5 * 1024 * 1024, corsOrigin: "*", ...options };
    this.app = createApp(dispatcher, this.options);
    this.sockets = createSockets(dispatcher, this.options.bodyLimitBytes);
    this.app.server.on("upgrade", (request, socket, head) => {
      const [path] = (request.url ?? "/").split("?");
      const upgrade = this.upgrades.get(path) ?? this.speak;
      upgrade(request, socket, head);
    });
  }

  /** Gives connections that ask for a path to somebody else, on the same port. */
  route(path: string, upgrade: Upgrade): void {
    this.upgrades.set(path, upgrade);
  }

  /** @returns the URL. @throws SolventError `rpc-port-taken` when the port is in use. */
  async start(): Promise<string> {
    try {
      await this.app.listen({ host: this.options.host, port: this.options.port });
    } catch (cause) {
      const { host, port } = this.options;
      throw new SolventError("rpc-port-taken", `cannot listen on ${host}:${port}: choose another port`, { cause });
    }
    return this.url;
  }

  get url(): string {
    const { address, port } = this.app.server.address() as AddressInfo;
    return `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  }

  private readonly speak: Upgrade = (request, socket, head) => {
    this.sockets.handleUpgrade(request, socket, head, (client) => this.sockets.emit("connection", client, request));
  };

  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    this.sockets.close();
    await this.app.close();
  }
}

function createApp(dispatcher: Dispatcher, options: Required<RpcServerOptions>): FastifyInstance {
  const app = Fastify({ bodyLimit: options.bodyLimitBytes, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", (request, reply, done) => {
    // Wallets and tracing libraries send headers of their own: any is allowed, as by geth, by saying those asked for.
    const asked = request.headers["access-control-request-headers"] ?? "content-type, authorization";
    reply.header("access-control-allow-origin", options.corsOrigin);
    reply.header("access-control-allow-headers", asked);
    reply.header("access-control-allow-methods", "POST, GET, OPTIONS");
    done();
  });
  app.options("/*", (_request, reply) => reply.code(204).send());
  app.get("/", (_request, reply) => reply.send("Solvent JSON-RPC: POST here, or open a WebSocket.\n"));
  app.post("/*", async (request, reply) => {
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const answer = await dispatcher.handle(typeof request.body === "string" ? request.body : "", null, gone.signal);
    reply.header("content-type", "application/json");
    return answer === null ? reply.code(204).send() : reply.send(answer);
  });
  return app;
}

function createSockets(dispatcher: Dispatcher, maxPayload: number): WebSocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload });
  sockets.on("connection", (socket) => {
    const connection = new SocketConnection(socket);
    const gone = new AbortController();
    // Each call is answered when it is done: a slow one holds nobody else up. What comes in beyond a number waits in the socket.
    let running = 0;
    socket.on("message", (data) => {
      if (++running >= MOST_RUNNING) socket.pause();
      void dispatcher.handle(String(data), connection, gone.signal).then((answer) => {
        if (answer !== null) connection.send(answer);
        if (--running < MOST_RUNNING && socket.isPaused) socket.resume();
      });
    });
    socket.on("close", () => gone.abort());
    socket.on("error", () => socket.terminate());
    socket.on("close", () => connection.close());
  });
  return sockets;
}

class SocketConnection implements RpcConnection {
  private readonly socket: WebSocket;
  private readonly closing: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  notify(method: string, params: unknown): void {
    this.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
  }

  /** A client that does not read what it asked for is let go: what waits for it is memory. */
  send(text: string): void {
    const socket = this.socket;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MOST_UNREAD_BYTES) socket.terminate();
    else socket.send(text);
  }

  onClose(run: () => void): void {
    this.closing.push(run);
  }

  close(): void {
    for (const run of this.closing.splice(0)) run();
  }
}
