import { JsonRpcApiProvider, Network, type JsonRpcPayload, type JsonRpcResult } from "ethers";
import { SolventError } from "../../protocol/errors";
import { CheckedLogs, type LogFilter } from "./checkedLogs";
import type { RpcBlock } from "./header";
import { postJson } from "./post";
import { hasShape } from "./shapes";

const RETRY_DELAYS_MS = [100, 400, 1_500];

export interface RpcOptions {
  timeoutMs?: number;
  /** Attempts after the first for failures of transport; answers with an error are never repeated. */
  retries?: number;
}

interface RpcFailure {
  code: number;
  message: string;
  data?: unknown;
}

interface RpcReply {
  result?: unknown;
  error?: RpcFailure;
}

/**
 * JSON-RPC over HTTP to L1: one request per call (no batching), a timeout, retries of transport failures. Of several URLs one is asked
 * until it fails or somebody doubts it (`elsewhere`). Uses only methods that Hardhat's node, anvil and public nodes share.
 */
export class L1Rpc {
  private ethersProvider?: Promise<JsonRpcApiProvider>;
  private readonly urls: readonly string[];
  private at = 0;
  private readonly logs = new CheckedLogs(
    (method, params) => this.ask(method, params),
    (method, params) => this.askOther(method, params),
  );

  constructor(
    urls: string | readonly string[],
    private readonly options: RpcOptions = {},
  ) {
    this.urls = typeof urls === "string" ? [urls] : urls;
  }

  /** The node that is asked at the moment. */
  get url(): string {
    return this.urls[this.at];
  }

  /** Asks the next node from now on: this one's answers cannot all be right. */
  elsewhere(): void {
    this.at = (this.at + 1) % this.urls.length;
  }

  /**
   * Blocks are checked against their hash, logs as `CheckedLogs` does it.
   * @throws SolventError `l1-unavailable`, `l1-malformed`, `l1-moved`, `l1-inconsistent` (all worth a retry) where no answer comes that can
   * be right, `l1-rpc` with the node's own error otherwise.
   */
  async send<T>(method: string, params: readonly unknown[]): Promise<T> {
    if (method === "eth_getLogs") return (await this.logs.get(params[0] as LogFilter)) as T;
    const result = await this.ask<T>(method, params);
    const isBlock = method === "eth_getBlockByNumber" || method === "eth_getBlockByHash";
    if (isBlock && result !== null && params[0] !== "pending") this.logs.note(result as RpcBlock);
    return result;
  }

  /** One call, answered as L1 answers it. */
  private async ask<T>(method: string, params: readonly unknown[]): Promise<T> {
    return resultOf<T>(method, await this.exchange(method, params));
  }

  /** The same of another node, once; where there is none or it fails, of the same node again. */
  private async askOther<T>(method: string, params: readonly unknown[]): Promise<T> {
    if (this.urls.length === 1) return this.ask(method, params);
    const other = this.urls[(this.at + 1) % this.urls.length];
    return this.once(other, method, params).then(
      (reply) => resultOf<T>(method, reply),
      () => this.ask<T>(method, params),
    );
  }

  /** An ethers provider over this connection, for contract calls: no batching, no cache, no background polling until asked. */
  provider(): Promise<JsonRpcApiProvider> {
    this.ethersProvider ??= this.send<string>("eth_chainId", []).then(
      (chainId) => new SingleProvider(this, Network.from(BigInt(chainId))),
    );
    this.ethersProvider.catch(() => (this.ethersProvider = undefined));
    return this.ethersProvider;
  }

  /** The reply as it came, if it has the form of one. @throws SolventError `l1-unavailable`, `l1-malformed`. */
  async exchange(method: string, params: readonly unknown[]): Promise<RpcReply> {
    const retries = this.options.retries ?? 2;
    for (let attempt = 0; ; attempt++) {
      const { at } = this;
      try {
        return await this.once(this.url, method, params);
      } catch (error) {
        if (attempt >= retries + this.urls.length - 1) throw error;
        if (this.at === at) this.elsewhere();
        // Others are asked at once, the same one after a while.
        if (attempt + 1 >= this.urls.length)
          await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MS[Math.min(attempt, 2)]));
      }
    }
  }

  private async once(url: string, method: string, params: readonly unknown[]): Promise<RpcReply> {
    let reply: unknown;
    try {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const { status, text } = await postJson(url, body, this.options.timeoutMs ?? 10_000);
      if ((status < 200 || status > 299) && !text.startsWith("{")) throw new Error(`HTTP ${status}`);
      reply = JSON.parse(text);
    } catch (cause) {
      throw new SolventError(
        "l1-unavailable",
        `L1 at ${url} does not answer ${method}: ${describe(cause)}; is the node running and the URL right?`,
        { cause, retry: true },
      );
    }
    const { result, error } = (reply ?? {}) as Partial<Record<"result" | "error", unknown>>;
    if (isRpcFailure(error)) return { error };
    if ((error === undefined || error === null) && result !== undefined && hasShape(method, params, result))
      return { result };
    const shown = JSON.stringify(reply)?.slice(0, 120);
    throw new SolventError("l1-malformed", `L1 at ${url} answered ${method} with what is no answer: ${shown}`, {
      retry: true,
    });
  }

  async close(): Promise<void> {
    const provider = await this.ethersProvider?.catch(() => undefined);
    provider?.destroy();
  }
}

class SingleProvider extends JsonRpcApiProvider {
  constructor(
    private readonly rpc: L1Rpc,
    network: Network,
  ) {
    super(network, { staticNetwork: network, batchMaxCount: 1, cacheTimeout: -1, polling: true });
    this._start();
  }

  async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const requests = Array.isArray(payload) ? payload : [payload];
    return Promise.all(
      requests.map(async ({ id, method, params }) => {
        const reply = await this.rpc.exchange(method, params as unknown[]);
        return { ...reply, id } as JsonRpcResult;
      }),
    );
  }
}

function resultOf<T>(method: string, { result, error }: RpcReply): T {
  if (error === undefined) return result as T;
  const { code, message, data } = error;
  const text = `L1 refused ${method}: ${message} (${code})`;
  throw new SolventError("l1-rpc", text, { cause: { code, message, data }, retry: true });
}

function isRpcFailure(error: unknown): error is RpcFailure {
  if (typeof error !== "object" || error === null) return false;
  const { code, message } = error as Partial<RpcFailure>;
  return typeof message === "string" && typeof code === "number";
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? cause.cause.message || (cause.cause as { code?: string }).code : "";
  return inner ? `${cause.message}: ${inner}` : cause.message;
}
