import { WebSocket } from "ws";
import type { Hex } from "../../../protocol/types";

/** When a node told each head, by its hash, in milliseconds of this process's clock. */
export class Heads {
  private readonly seen = new Map<Hex, number>();

  private constructor(private readonly socket: WebSocket) {}

  /** @param url - of the node's JSON-RPC. */
  static async open(url: string): Promise<Heads> {
    const socket = new WebSocket(url.replace(/^http/, "ws"));
    const heads = new Heads(socket);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    const subscribed = new Promise((resolve) => socket.once("message", resolve));
    socket.on("message", (data: Buffer) => heads.hear(data));
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] }));
    await subscribed;
    return heads;
  }

  at(hash: Hex): number | undefined {
    return this.seen.get(hash);
  }

  close(): void {
    this.socket.terminate();
  }

  private hear(data: Buffer): void {
    const at = performance.now();
    const { params } = JSON.parse(data.toString()) as { params?: { result: { hash: Hex } } };
    if (params !== undefined) this.seen.set(params.result.hash, at);
  }
}
