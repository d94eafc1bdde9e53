import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface L1Call {
  method: string;
  params: unknown[];
}

/** Stands between one actor and L1: notes every call, and may answer in L1's place. */
export class L1Proxy {
  readonly calls: L1Call[] = [];
  /** The result to give, or undefined to ask L1. */
  answer: (call: L1Call) => unknown = () => undefined;
  #server!: Server;

  constructor(private readonly l1Url: string) {}

  async start(): Promise<string> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        void this.#forward(Buffer.concat(chunks)).then(
          (body) => response.writeHead(200, { "content-type": "application/json" }).end(body),
          () => response.destroy(),
        );
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #forward(body: Buffer): Promise<string> {
    const call = JSON.parse(body.toString()) as L1Call & { id: number };
    this.calls.push(call);
    const result = this.answer(call);
    if (result !== undefined) return JSON.stringify({ jsonrpc: "2.0", id: call.id, result });
    const headers = { "content-type": "application/json" };
    return (await fetch(this.l1Url, { method: "POST", headers, body })).text();
  }
}
