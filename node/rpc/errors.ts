/** JSON-RPC error codes in use; 3 is a revert with its data, as every client expects. */
export const RPC_CODES = {
  revert: 3,
  /** EIP-7966: taken into the pool, and in no block within the time given; waiting behind a nonce that is missing. `data` is the hash. */
  notYetMined: 4,
  nonceGap: 5,
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** geth's code for everything that the state or the pool refuses. */
  server: -32000,
  limitExceeded: -32005,
  /** geth's code for a request that asks for more than the node gives at once. */
  clientLimitExceeded: -38026,
} as const;

/** An error for the caller: code, message and data go over the wire as they are. */
export class RpcError extends Error {
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

/** -32602 for argument `index`, in geth's words. */
export function invalidArgument(index: number, reason: string): RpcError {
  return new RpcError(RPC_CODES.invalidParams, `invalid argument ${index}: ${reason}`);
}

export function serverError(message: string): RpcError {
  return new RpcError(RPC_CODES.server, message);
}
