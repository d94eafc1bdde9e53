import { Agent, request } from "node:http";

/** JSON-RPC over kept-alive HTTP connections, as light as it can be: the load must not be what is measured. */
export class LoadClient {
  private readonly url: URL;
  private readonly agent: Agent;

  constructor(url: string, connections: number) {
    this.url = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** @throws Error with the node's answer where it is an error. */
  async call<T>(method: string, ...params: unknown[]): Promise<T> {
    const answer = await this.post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    const { result, error } = JSON.parse(answer) as { result: T; error?: unknown };
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  }

  post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.url;
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const call = request(
        { method: "POST", host: hostname, port, path: "/", headers, agent: this.agent },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("end", () => resolve(Buffer.concat(chunks).toString()));
          answer.on("error", reject);
        },
      );
      // A node may close a connection that was idle just when it is used again; nothing was sent then.
      call.on("error", (error: NodeJS.ErrnoException) => {
        if (call.reusedSocket && error.code === "ECONNRESET") this.post(body).then(resolve, reject);
        else reject(error);
      });
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
