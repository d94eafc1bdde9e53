import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { freePort } from "../../devnet/processes";

/** Passes a suite over where no Prometheus is installed; CI has one. */
export function requirePrometheus(suite: Context): void {
  if (spawnSync("prometheus", ["--version"]).status === 0) return;
  if (process.env.CI === "true") throw new Error("no Prometheus here; apt-get install prometheus");
  console.log("      skipped: no Prometheus here; apt-get install prometheus");
  suite.skip();
}

export interface Sample {
  metric: Record<string, string>;
  /** Time and number. */
  value: [number, string];
}

/** A Prometheus server of its own store. */
export class Prometheus {
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-prometheus-"));
  private child: ChildProcess | null = null;
  private url = "";

  /** @param targets - As its `file_sd_configs` reads them. */
  async start(targets: unknown): Promise<void> {
    const list = join(this.folder, "targets.json");
    const config = join(this.folder, "prometheus.json");
    writeFileSync(list, JSON.stringify(targets));
    const job = { job_name: "solvent", scrape_interval: "1s", file_sd_configs: [{ files: [list] }] };
    // YAML that is JSON as well.
    writeFileSync(config, JSON.stringify({ scrape_configs: [job] }));
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    this.child = spawn(
      "prometheus",
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(this.folder, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: "ignore" },
    );
    const isReady = (): Promise<boolean> =>
      fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** @throws Error where the expression is none. */
  async query(expression: string): Promise<Sample[]> {
    const answer = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, error, data } = (await answer.json()) as {
      status: string;
      error?: string;
      data: { result: Sample[] };
    };
    if (status !== "success") throw new Error(`${expression}: ${error}`);
    return data.result;
  }

  async stop(): Promise<void> {
    if (this.child !== null) {
      const gone = once(this.child, "exit");
      this.child.kill();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
