import type { ErrorCode } from "./errorCodes";

/**
 * A failure of operation (RPC down, disk full, key missing, bad configuration), never a verdict about data.
 * `code` is stable and meant for programs; the message says how to mend it; `retry` says whether trying again may help.
 */
export class SolventError extends Error {
  readonly code: ErrorCode;
  readonly retry: boolean;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retry?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SolventError";
    this.code = code;
    this.retry = options.retry ?? false;
  }
}

/** Whether an error carries this stable code. */
export function isErrorCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof SolventError && error.code === code;
}

/** A bug: the process must not go on. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}
