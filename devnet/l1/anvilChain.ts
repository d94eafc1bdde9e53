import WebSocket from "ws";
import { L1Rpc } from "../../node/l1/rpc";
import type { L1Backend } from "./types";

type Listener = (message: { type: string; data: unknown }) => void;

/** Calls of subscriptions need a socket of their own. */
const OVER_SOCKET = /^eth_(un)?subscribe$/;

/** An anvil that runs on this machine: calls over HTTP, subscriptions over one WebSocket. After a revert its clock does not fall behind. */
export class AnvilChain implements L1Backend {
  private readonly url: string;
  private readonly rpc: L1Rpc;
  private readonly listeners: Listener[] = [];
  private socket: Promise<WebSocket> | null = null;
  private readonly asked = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  private questions = 0;

  constructor(url: string) {
    this.url = url;
    this.rpc = new L1Rpc(url, { retries: 0, timeoutMs: 60_000 });
  }

  on(_event: "message", listener: Listener): void {
    this.listeners.push(listener);
  }

  async request(method: string, params: unknown[]): Promise<unknown> {
    if (OVER_SOCKET.test(method)) return this.overSocket(method, params);
    const result = await this.ask(method, params);
    if (/^(evm|anvil)_revert$/.test(method) && result === true) await this.afterRevert();
    return result;
  }

  async close(): Promise<void> {
    (await this.socket?.catch(() => null))?.terminate();
    await this.rpc.close();
  }

  private async ask(method: string, params: unknown[]): Promise<unknown> {
    const { result, error } = await this.rpc.exchange(method, params);
    if (error !== undefined) throw Object.assign(new Error(error.message), error);
    return result;
  }

  /** What waited in anvil's pool is of the time that was taken back, and its clock went back to the snapshot's. */
  private async afterRevert(): Promise<void> {
    await this.ask("anvil_dropAllTransactions", []);
    const { timestamp } = (await this.ask("eth_getBlockByNumber", ["latest", false])) as { timestamp: string };
    const wall = Math.floor(Date.now() / 1_000);
    if (wall > Number(timestamp)) await this.ask("evm_setNextBlockTimestamp", [wall]);
  }

  private async overSocket(method: string, params: unknown[]): Promise<unknown> {
    const socket = await (this.socket ??= this.connect());
    const id = this.questions++;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  private connect(): Promise<WebSocket> {
    const socket = new WebSocket(this.url.replace(/^http/, "ws"));
    socket.on("message", (data: Buffer) => this.hear(JSON.parse(data.toString()) as SocketMessage));
    socket.on("close", () => (this.socket = null));
    return new Promise((resolve, reject) => {
      socket.once("open", () => resolve(socket));
      socket.once("error", reject);
    });
  }

  private hear({ id, result, error, params }: SocketMessage): void {
    if (id === undefined) return this.listeners.forEach((tell) => tell({ type: "eth_subscription", data: params }));
    const asked = this.asked.get(id);
    this.asked.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(Object.assign(new Error(error.message), error));
  }
}

interface SocketMessage {
  id?: number;
  result?: unknown;
  error?: { code: number; message: string };
  params?: unknown;
}
