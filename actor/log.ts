import pino, { type Logger } from "pino";

export type { Logger } from "pino";

/** Structured logs, one JSON object a line on standard error: standard output is for results. */
export function createLogger(actor: string, level = "info"): Logger {
  return pino({ base: { actor }, level, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
