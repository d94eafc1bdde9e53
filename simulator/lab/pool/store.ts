import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job, JobResult } from "./job";

/**
 * Results of jobs that have been played, a file each under its key, in `DIR/jobs` until the sweep is complete. What is there is whole:
 * files are renamed into place. So a sweep that was stopped goes on where it was, however it was stopped.
 */
export class JobStore {
  private readonly folder: string;

  constructor(out: string) {
    this.folder = join(out, "jobs");
    mkdirSync(this.folder, { recursive: true });
  }

  /** Keys of all results that are there, of this sweep or of others in the same place. */
  keys(): Set<string> {
    return new Set(
      readdirSync(this.folder)
        .filter((name) => name.endsWith(".json"))
        .map((name) => name.slice(0, -".json".length)),
    );
  }

  put(result: JobResult): void {
    const path = this.path(result);
    if (existsSync(path)) return;
    writeFileSync(`${path}.part`, JSON.stringify(result));
    renameSync(`${path}.part`, path);
  }

  /** @throws if it is not there. */
  get(job: Pick<Job, "key">): JobResult {
    return JSON.parse(readFileSync(this.path(job), "utf8")) as JobResult;
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private path({ key }: Pick<Job, "key">): string {
    return join(this.folder, `${key}.json`);
  }
}
