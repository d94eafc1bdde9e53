import { SolventError } from "../../../protocol/errors";

/** What a recording may hold, roughly, so that no transaction's trace can exhaust the node's memory. */
const MAX_BYTES = 64 << 20;

/** Counts what a recording holds. */
export class TraceBudget {
  private left = MAX_BYTES;

  /** @throws SolventError `trace-too-long`. */
  spend(bytes: number): void {
    this.left -= bytes;
    if (this.left < 0)
      throw new SolventError(
        "trace-too-long",
        `the trace is over ${MAX_BYTES >> 20} MiB: ask for less of it (limit, disableStack, disableStorage, no memory), or for callTracer with onlyTopCall`,
      );
  }
}
