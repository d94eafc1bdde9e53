import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface L1Call {
  method: string;
  params: unknown[];
}

/** What goes back: a status with a body, a connection that ends, or one that never answers. */
type Reply = { status?: number; body: string } | "cut" | "hang";
/** Stands in L1's place. @param ask - L1's own answer to a call, as text. */
type Mode = (call: L1Call, ask: (call: L1Call) => Promise<string>, random: () => number) => Promise<Reply> | Reply;

const failure = (code: number, message: string, status = 200): Reply => ({
  status,
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code, message } }),
});
const success = (result: unknown): Reply => ({ body: JSON.stringify({ jsonrpc: "2.0", id: 1, result }) });
const pick = <T>(values: readonly T[], random: () => number): T => values[Math.floor(random() * values.length)];
const LOG_METHODS = ["eth_getLogs", "eth_getBlockReceipts", "eth_getTransactionReceipt"];

/** Answers that were seen from nodes, providers and what stands before them. All but `honest` are wrong in some way. */
export const L1_MODES: Readonly<Record<string, Mode>> = {
  honest: async (call, ask) => ({ body: await ask(call) }),
  "no connection": () => "cut",
  "no answer": () => "hang",
  slow: async (call, ask, random) => {
    await new Promise((resolve) => setTimeout(resolve, 100 + random() * 300));
    return { body: await ask(call) };
  },
  "HTTP errors": (_call, _ask, random) => ({ status: pick([500, 502, 503, 504], random), body: "upstream failed" }),
  "rate limits": () => failure(-32_005, "too many requests", 429),
  "internal errors": () => failure(-32_603, "internal error"),
  HTML: () => ({ body: "<html><body>Just a moment...</body></html>" }),
  "truncated JSON": async (call, ask) => {
    const body = await ask(call);
    return { body: body.slice(0, body.length >> 1) };
  },
  "no JSON-RPC": (_call, _ask, random) => ({ body: pick(["null", "[]", '""', "7", "{}", '{"error":7}'], random) }),
  nulls: () => success(null),
  "wrong types": (_call, _ask, random) =>
    success(pick([42, "0x", "latest", {}, [], true, [null], [{}], { hash: "0x1" }, "0xzz"], random)),
  "missing fields": async (call, ask, random) => {
    const reply = JSON.parse(await ask(call)) as { result: unknown };
    const entry: unknown = Array.isArray(reply.result) ? reply.result[0] : reply.result;
    if (typeof entry === "object" && entry !== null)
      delete (entry as Record<string, unknown>)[pick(Object.keys(entry), random)];
    return { body: JSON.stringify(reply) };
  },
  "forged headers": async (call, ask) => {
    const body = await ask(call);
    return { body: body.replace(/"logsBloom":"0x[0-9a-f]+"/, `"logsBloom":"0x${"00".repeat(256)}"`) };
  },
  "stale heads": async (call, ask) => {
    const head = Number(
      (JSON.parse(await ask({ method: "eth_blockNumber", params: [] })) as { result: string }).result,
    );
    const old = "0x" + Math.max(0, head - 12).toString(16);
    return { body: await ask({ ...call, params: call.params.map((entry) => (entry === "latest" ? old : entry)) }) };
  },
  "no logs": async (call, ask) => (call.method === "eth_getLogs" ? success([]) : { body: await ask(call) }),
  "no logs and no receipts": async (call, ask) =>
    LOG_METHODS.includes(call.method) ? success([]) : { body: await ask(call) },
  "a log left out": async (call, ask) => {
    const reply = JSON.parse(await ask(call)) as { result: unknown };
    const lists = (Array.isArray(reply.result) ? reply.result : [reply.result]) as ({ logs?: unknown[] } | null)[];
    if (call.method === "eth_getLogs") lists.pop();
    else if (LOG_METHODS.includes(call.method)) for (const entry of lists) entry?.logs?.pop();
    return { body: JSON.stringify(reply) };
  },
  "too many results": async (call, ask) =>
    LOG_METHODS.includes(call.method)
      ? failure(-32_005, "query returned more than 10000 results")
      : { body: await ask(call) },
  "limited ranges": async (call, ask) => {
    const { fromBlock, toBlock } = (call.params[0] ?? {}) as { fromBlock?: string; toBlock?: string };
    const isLong = call.method === "eth_getLogs" && Number(toBlock) - Number(fromBlock) > 2;
    return isLong ? failure(-32_000, "block range is too wide") : { body: await ask(call) };
  },
  "slow for long ranges": async (call, ask) => {
    const { fromBlock, toBlock } = (call.params[0] ?? {}) as { fromBlock?: string; toBlock?: string };
    const isLong = call.method === "eth_getLogs" && Number(toBlock) - Number(fromBlock) > 2;
    return isLong ? "cut" : { body: await ask(call) };
  },
  pruned: async (call, ask) =>
    ["eth_call", "eth_getBalance", "eth_getTransactionCount"].includes(call.method)
      ? failure(-32_000, "missing trie node")
      : { body: await ask(call) },
  "some of everything": (call, ask, random) => {
    const names = Object.keys(L1_MODES).filter((name) => !["some of everything", "no answer"].includes(name));
    return L1_MODES[pick(names, random)](call, ask, random);
  },
};

/** Stands between actors and L1: notes every call, and may answer in L1's place. */
export class L1Proxy {
  readonly calls: L1Call[] = [];
  /** The result to give, or undefined to go by the mode. */
  answer: (call: L1Call) => unknown = () => undefined;
  private readonly waiting = new Set<ServerResponse>();
  private currentMode: Mode = L1_MODES.honest;
  private server!: Server;
  private port = 0;

  /** @param random - what modes with a choice go by. */
  constructor(
    private readonly l1Url: string,
    private readonly random: () => number = Math.random,
  ) {}

  /** Answers by that mode from now on; whoever waits for an answer that never comes loses the connection. */
  set mode(name: string) {
    this.currentMode = L1_MODES[name];
    for (const response of this.waiting) response.destroy();
    this.waiting.clear();
  }

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        void this.forward(Buffer.concat(chunks)).then(
          (reply) => {
            if (reply === "cut") return void response.destroy();
            if (reply === "hang") return void this.waiting.add(response);
            response.writeHead(reply.status ?? 200, { "content-type": "application/json" }).end(reply.body);
          },
          () => response.destroy(),
        );
      });
    });
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return this.url;
  }

  /** Where it stands once it has started. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async forward(body: Buffer): Promise<Reply> {
    const call = JSON.parse(body.toString()) as L1Call & { id: number };
    this.calls.push(call);
    const result = this.answer(call);
    if (result !== undefined) return { body: JSON.stringify({ jsonrpc: "2.0", id: call.id, result }) };
    const ask = async (asked: L1Call): Promise<string> => {
      const headers = { "content-type": "application/json" };
      return (await fetch(this.l1Url, { method: "POST", headers, body: JSON.stringify({ ...call, ...asked }) })).text();
    };
    return this.currentMode(call, ask, this.random);
  }
}
