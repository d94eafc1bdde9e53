import { join } from "node:path";
import type { Job, ThreadData } from "./jobs";
import { StoreThreads } from "./storeThreads";

const USE = { module: join(__dirname, "worker"), mostWaiting: 1_000 };

/** Threads that run engine and program. */
export class EngineThreads extends StoreThreads<Job> {
  /** @param size - threads at most; each has an engine and a program of its own, 96 MiB of memory each, resident as it is used. */
  constructor(data: ThreadData, size: number) {
    super(data, size, USE);
  }
}
