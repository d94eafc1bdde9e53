import { JsonRpcApiProvider, Network, type JsonRpcPayload, type JsonRpcResult } from "ethers";
import { SolventError } from "../../protocol/errors";

const RETRY_DELAYS_MS = [100, 400, 1_500];

export interface RpcOptions {
  timeoutMs?: number;
  /** Attempts after the first for failures of transport; answers with an error are never repeated. */
  retries?: number;
}

interface RpcReply {
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/**
 * JSON-RPC over HTTP to L1: one request per call (no batching), a timeout, retries of transport failures.
 * Uses only methods that Hardhat's node, anvil and public nodes share.
 */
export class L1Rpc {
  private ethersProvider?: Promise<JsonRpcApiProvider>;

  constructor(
    readonly url: string,
    private readonly options: RpcOptions = {},
  ) {}

  /** @throws SolventError `l1-unavailable` (retry) on transport failures, `l1-rpc` with the node's own error otherwise. */
  async send<T>(method: string, params: unknown[]): Promise<T> {
    const { result, error } = await this.exchange(method, params);
    if (error === undefined) return result as T;
    const { code, message, data } = error;
    throw new SolventError("l1-rpc", `L1 refused ${method}: ${message} (${code})`, { cause: { code, message, data } });
  }

  /** An ethers provider over this connection, for contract calls: no batching, no cache, no background polling until asked. */
  provider(): Promise<JsonRpcApiProvider> {
    this.ethersProvider ??= this.send<string>("eth_chainId", []).then(
      (chainId) => new SingleProvider(this, Network.from(BigInt(chainId))),
    );
    this.ethersProvider.catch(() => (this.ethersProvider = undefined));
    return this.ethersProvider;
  }

  /** The reply as it came. @throws SolventError `l1-unavailable`. */
  async exchange(method: string, params: unknown[]): Promise<RpcReply> {
    const retries = this.options.retries ?? 2;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.once(method, params);
      } catch (error) {
        if (attempt >= retries) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MS[Math.min(attempt, 2)]));
      }
    }
  }

  private async once(method: string, params: unknown[]): Promise<RpcReply> {
    try {
      const response = await fetch(this.url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.timeout(this.options.timeoutMs ?? 10_000),
      });
      const text = await response.text();
      if (!response.ok && !text.startsWith("{")) throw new Error(`HTTP ${response.status}`);
      return JSON.parse(text) as RpcReply;
    } catch (cause) {
      throw new SolventError(
        "l1-unavailable",
        `L1 at ${this.url} does not answer ${method}: ${describe(cause)}; is the node running and the URL right?`,
        { cause, retry: true },
      );
    }
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

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const inner = cause.cause instanceof Error ? cause.cause.message || (cause.cause as { code?: string }).code : "";
  return inner ? `${cause.message}: ${inner}` : cause.message;
}
