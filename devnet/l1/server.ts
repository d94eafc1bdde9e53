import { createServer, type Server } from "node:http";
import { WebSocketServer, type WebSocket } from "ws";
import { SolventError } from "../../protocol/errors";
import type { L1Backend } from "./types";

interface Request {
  id?: unknown;
  method?: unknown;
  params?: unknown[];
}

/** Serves L1 as JSON-RPC over HTTP and over WebSocket (with subscriptions) on one port of this machine. */
export class L1Server {
  private readonly chain: L1Backend;
  private readonly server: Server;
  /** Who hears of a subscription. */
  private readonly listeners = new Map<string, WebSocket>();

  constructor(chain: L1Backend) {
    this.chain = chain;
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      response.setHeader("access-control-allow-origin", "*");
      const asked = request.headers["access-control-request-headers"];
      response.setHeader("access-control-allow-headers", asked ?? "content-type");
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        if (request.method !== "POST") return void response.writeHead(204).end();
        void this.answer(Buffer.concat(chunks).toString(), null).then((body) => {
          response.setHeader("content-type", "application/json");
          response.end(body);
        });
      });
    });
    this.server.keepAliveTimeout = 60_000;
    const sockets = new WebSocketServer({ server: this.server });
    sockets.on("error", () => {}); // the HTTP server reports a failed listen
    sockets.on("connection", (socket) => {
      socket.on("message", (data) => void this.answer(String(data), socket).then((body) => socket.send(body)));
      socket.on("error", () => socket.terminate());
      socket.on("close", () => this.forget(socket));
    });
    chain.on?.("message", ({ type, data }) => {
      if (type !== "eth_subscription") return;
      const { subscription } = data as { subscription: string };
      const notification = { jsonrpc: "2.0", method: "eth_subscription", params: data };
      this.listeners.get(subscription)?.send(JSON.stringify(notification));
    });
  }

  /** @throws SolventError `port-taken`. */
  start(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", (cause) =>
        reject(new SolventError("port-taken", `L1 cannot listen on port ${port}: choose another`, { cause })),
      );
      this.server.listen(port, "127.0.0.1", resolve);
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.listeners.values()) socket.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(text: string, socket: WebSocket | null): Promise<string> {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      return JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "parse error" } });
    }
    const call = (value: unknown): Promise<object> => this.call(value, socket);
    return JSON.stringify(Array.isArray(parsed) ? await Promise.all(parsed.map(call)) : await call(parsed));
  }

  private async call(value: unknown, socket: WebSocket | null): Promise<object> {
    const { id = null, method, params = [] } = (value ?? {}) as Request;
    const refuse = (code: number, message: string, data?: unknown): object => {
      return { jsonrpc: "2.0", id, error: { code, message, data } };
    };
    if (typeof method !== "string" || !Array.isArray(params)) return refuse(-32600, "invalid request");
    if (socket === null && method === "eth_subscribe") return refuse(-32601, "notifications not supported");
    try {
      const result = await this.chain.request(method, params);
      if (method === "eth_subscribe") this.listeners.set(result as string, socket!);
      return { jsonrpc: "2.0", id, result };
    } catch (error) {
      const { code, message, data } = error as { code?: number; message: string; data?: unknown };
      // In this process a revert has no code; clients know it by 3 and its data, as of any L1 node.
      return refuse(typeof code === "number" ? code : typeof data === "string" ? 3 : -32000, message, data);
    }
  }

  private forget(socket: WebSocket): void {
    for (const [id, listener] of this.listeners) {
      if (listener !== socket) continue;
      this.listeners.delete(id);
      void this.chain.request("eth_unsubscribe", [id]).catch(() => undefined);
    }
  }
}
