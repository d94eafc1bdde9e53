import { SolventError } from "../../protocol/errors";
import { RPC_CODES, RpcError } from "./errors";
import { numericIds } from "./envelope";
import { Params } from "./params";
import { ClientGone, Work } from "./work";

/** What a method may know of the connection it came over; HTTP has none. */
export interface RpcConnection {
  /** Sends a notification to this client. */
  notify(method: string, params: unknown): void;
  /** Runs when the client leaves. */
  onClose(run: () => void): void;
}

/** @param work - for methods that take long: lets others have their turn. */
export type RpcMethod = (params: Params, connection: RpcConnection | null, work: Work) => unknown;
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

export interface DispatchLimits {
  /** Calls in one batch. */
  batchCalls: number;
  /** Bytes of one batch's answers together, and of one answer alone. */
  batchBytes: number;
  answerBytes: number;
  /** How long one request, batch or not, may keep the node's thread busy, turns of others included. */
  workMs: number;
}

export const DEFAULT_LIMITS: DispatchLimits = {
  ...{ batchCalls: 1000, batchBytes: 25_000_000, answerBytes: 250_000_000, workMs: 10_000 },
};

interface Failure {
  code: number;
  message: string;
  data?: unknown;
}

/** Answers JSON-RPC 2.0 texts from a table of methods. Owns the protocol's envelope; knows nothing of chains. */
export class Dispatcher {
  private readonly methods: Map<string, RpcMethod>;
  private readonly limits: DispatchLimits;
  private readonly onBug: (method: string, error: unknown) => void;

  /** @param onBug - told of every failure that is not the caller's; the caller gets -32603 without details. */
  constructor(
    methods: RpcMethods,
    onBug: (method: string, error: unknown) => void = () => {},
    limits: Partial<DispatchLimits> = {},
  ) {
    this.methods = new Map(Object.entries(methods));
    this.onBug = onBug;
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /**
   * @param signal - aborted when the client has gone: what is not begun is not done then.
   * @returns the text of the answer, or null where none is due (notifications only, a client that has gone). Never throws, whatever the text.
   */
  async handle(text: string, connection: RpcConnection | null = null, signal?: AbortSignal): Promise<string | null> {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return failed("null", { code: RPC_CODES.parse, message: "parse error: the body is not JSON" });
    }
    const ids = numericIds(text);
    const work = new Work(this.limits.workMs, signal);
    try {
      if (Array.isArray(body)) return await this.batch(body, ids, connection, work);
      return await this.call(body, ids.get(0), connection, work);
    } catch (error) {
      if (!(error instanceof ClientGone)) this.onBug("envelope", error);
      return null;
    }
  }

  private async batch(
    calls: unknown[],
    ids: ReadonlyMap<number, string>,
    connection: RpcConnection | null,
    work: Work,
  ): Promise<string | null> {
    const refuse = (code: number, message: string): string => failed("null", { code, message });
    const { batchCalls, batchBytes } = this.limits;
    if (calls.length === 0) return refuse(RPC_CODES.invalidRequest, "empty batch");
    if (calls.length > batchCalls)
      return refuse(RPC_CODES.limitExceeded, `batch too large: at most ${batchCalls} calls, send several batches`);
    const texts: string[] = [];
    let bytes = 0;
    for (const [place, call] of calls.entries()) {
      const text =
        bytes > batchBytes
          ? failed(idOf(call, ids.get(place)), {
              code: RPC_CODES.limitExceeded,
              message: "response too large: ask for less in one batch",
            })
          : await this.call(call, ids.get(place), connection, work);
      if (text === null) continue;
      bytes += text.length;
      texts.push(text);
    }
    return texts.length === 0 ? null : `[${texts.join(",")}]`;
  }

  private async call(
    call: unknown,
    numericId: string | undefined,
    connection: RpcConnection | null,
    work: Work,
  ): Promise<string | null> {
    const id = idOf(call, numericId);
    if (typeof call !== "object" || call === null || Array.isArray(call))
      return failed(id, {
        code: RPC_CODES.invalidRequest,
        message: "invalid request: expected an object with jsonrpc, id, method and params",
      });
    const { jsonrpc, method, params } = call as Record<string, unknown>;
    if (typeof method !== "string" || (jsonrpc !== undefined && jsonrpc !== "2.0"))
      return failed(id, {
        code: RPC_CODES.invalidRequest,
        message: 'invalid request: "jsonrpc" must be "2.0" and "method" a string',
      });
    const answer = await this.run(method, params, id, connection, work);
    return (call as { id?: unknown }).id === undefined ? null : answer;
  }

  private async run(
    method: string,
    params: unknown,
    id: string,
    connection: RpcConnection | null,
    work: Work,
  ): Promise<string> {
    const run = this.methods.get(method);
    const shown = method.slice(0, 200);
    if (run === undefined)
      return failed(id, {
        code: RPC_CODES.methodNotFound,
        message: `the method ${shown} does not exist/is not available`,
      });
    if (params !== undefined && params !== null && !Array.isArray(params))
      return failed(id, { code: RPC_CODES.invalidParams, message: "non-array args: parameters are positional" });
    try {
      await work.breathe();
      const result = await run(new Params(params ?? []), connection, work);
      return this.succeeded(id, result);
    } catch (error) {
      if (error instanceof ClientGone) throw error;
      if (error instanceof RpcError) return failed(id, error);
      if (error instanceof SolventError)
        return failed(id, { code: RPC_CODES.server, message: error.message, data: { code: error.code } });
      this.onBug(method, error);
      const message = "internal error: this is a bug of the node, its log has the details";
      return failed(id, { code: RPC_CODES.internal, message });
    }
  }

  private succeeded(id: string, result: unknown): string {
    let text: string | undefined;
    try {
      text = result === undefined ? "null" : JSON.stringify(result);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error; // longer than a string can be
    }
    if (text !== undefined && text.length <= this.limits.answerBytes)
      return `{"jsonrpc":"2.0","id":${id},"result":${text}}`;
    throw new RpcError(RPC_CODES.limitExceeded, "response too large: ask for less");
  }
}

/** The id as the answer shows it. @param numericId - its digits, where it is a number. */
function idOf(call: unknown, numericId: string | undefined): string {
  const id = typeof call === "object" && call !== null ? (call as { id?: unknown }).id : null;
  if (typeof id === "number") return numericId ?? JSON.stringify(id);
  return typeof id === "string" ? JSON.stringify(id) : "null";
}

function failed(id: string, { code, message, data }: Failure): string {
  const error = data === undefined ? { code, message } : { code, message, data };
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(error)}}`;
}
