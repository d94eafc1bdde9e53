import { SolventError } from "../../protocol/errors";
import { RPC_CODES, RpcError } from "./errors";
import { Params } from "./params";

/** What a method may know of the connection it came over; HTTP has none. */
export interface RpcConnection {
  /** Sends a notification to this client. */
  notify(method: string, params: unknown): void;
  /** Runs when the client leaves. */
  onClose(run: () => void): void;
}

export type RpcMethod = (params: Params, connection: RpcConnection | null) => unknown;
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

export interface DispatchLimits {
  /** Calls in one batch. */
  batchCalls: number;
  /** Bytes of one batch's answers together. */
  batchBytes: number;
}

export const DEFAULT_LIMITS: DispatchLimits = { batchCalls: 1000, batchBytes: 25_000_000 };

/** How long a batch may run before others get their turn. */
const TURN_MS = 20;

type Response = {
  jsonrpc: "2.0";
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
};

/** Answers JSON-RPC 2.0 texts from a table of methods. Owns the protocol's envelope; knows nothing of chains. */
export class Dispatcher {
  readonly #methods: Map<string, RpcMethod>;
  readonly #limits: DispatchLimits;
  readonly #onBug: (method: string, error: unknown) => void;

  /** @param onBug - told of every failure that is not the caller's; the caller gets -32603 without details. */
  constructor(
    methods: RpcMethods,
    onBug: (method: string, error: unknown) => void = () => {},
    limits: DispatchLimits = DEFAULT_LIMITS,
  ) {
    this.#methods = new Map(Object.entries(methods));
    this.#onBug = onBug;
    this.#limits = limits;
  }

  /** @returns the text of the answer, or null where none is due (notifications only). Never throws, whatever the text. */
  async handle(text: string, connection: RpcConnection | null = null): Promise<string | null> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return JSON.stringify(failure(null, RPC_CODES.parse, "parse error: the body is not JSON"));
    }
    if (!Array.isArray(body)) {
      const response = await this.#call(body, connection);
      return response === null ? null : JSON.stringify(response);
    }
    return this.#batch(body, connection);
  }

  async #batch(calls: unknown[], connection: RpcConnection | null): Promise<string | null> {
    if (calls.length === 0) return JSON.stringify(failure(null, RPC_CODES.invalidRequest, "empty batch"));
    if (calls.length > this.#limits.batchCalls)
      return JSON.stringify(
        failure(
          null,
          RPC_CODES.limitExceeded,
          `batch too large: at most ${this.#limits.batchCalls} calls, send several batches`,
        ),
      );
    const texts: string[] = [];
    let bytes = 0;
    let turn = performance.now();
    for (const call of calls) {
      // A long batch must not keep the node from its other duties: methods run to their end, so the turns are taken here.
      if (performance.now() - turn > TURN_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = performance.now();
      }
      const response =
        bytes > this.#limits.batchBytes
          ? failure(idOf(call), RPC_CODES.limitExceeded, "response too large: ask for less in one batch")
          : await this.#call(call, connection);
      if (response === null) continue;
      const text = JSON.stringify(response);
      bytes += text.length;
      texts.push(text);
    }
    return texts.length === 0 ? null : `[${texts.join(",")}]`;
  }

  async #call(call: unknown, connection: RpcConnection | null): Promise<Response | null> {
    if (typeof call !== "object" || call === null || Array.isArray(call))
      return failure(
        null,
        RPC_CODES.invalidRequest,
        "invalid request: expected an object with jsonrpc, id, method and params",
      );
    const { jsonrpc, method, params, id } = call as Record<string, unknown>;
    if (typeof method !== "string" || (jsonrpc !== undefined && jsonrpc !== "2.0"))
      return failure(
        idOf(call),
        RPC_CODES.invalidRequest,
        'invalid request: "jsonrpc" must be "2.0" and "method" a string',
      );
    const isNotification = id === undefined;
    const response = await this.#run(method, params, idOf(call), connection);
    return isNotification ? null : response;
  }

  async #run(method: string, params: unknown, id: unknown, connection: RpcConnection | null): Promise<Response> {
    const run = this.#methods.get(method);
    if (run === undefined)
      return failure(
        id,
        RPC_CODES.methodNotFound,
        `the method ${method.slice(0, 200)} does not exist/is not available`,
      );
    if (params !== undefined && params !== null && !Array.isArray(params))
      return failure(id, RPC_CODES.invalidParams, "non-array args: parameters are positional");
    try {
      const result = await run(new Params(params ?? []), connection);
      return { jsonrpc: "2.0", id, result: result === undefined ? null : result };
    } catch (error) {
      if (error instanceof RpcError) return failure(id, error.code, error.message, error.data);
      if (error instanceof SolventError) return failure(id, RPC_CODES.server, error.message, { code: error.code });
      this.#onBug(method, error);
      return failure(id, RPC_CODES.internal, "internal error: this is a bug of the node, its log has the details");
    }
  }
}

function idOf(call: unknown): unknown {
  const id = typeof call === "object" && call !== null ? (call as { id?: unknown }).id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function failure(id: unknown, code: number, message: string, data?: unknown): Response {
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } };
}
