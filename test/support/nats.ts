import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";
import { freePort } from "../../devnet/processes";

export function hasNats(): boolean {
  return spawnSync("nats-server", ["--version"]).status === 0;
}

/** Passes a suite over where no nats-server is installed; CI has one. */
export function requireNats(suite: Context): void {
  if (hasNats()) return;
  if (process.env.CI === "true") throw new Error("no nats-server here; apt-get install nats-server");
  console.log("      skipped: no nats-server here; apt-get install nats-server");
  suite.skip();
}

/** A NATS server with JetStream, whose store stays when it is stopped. */
export class NatsServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-nats-"));
  private child: ChildProcess | null = null;
  private port = 0;

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, on the same port and store each time. */
  async start(): Promise<void> {
    if (this.port === 0) this.port = await freePort();
    const args = ["-js", "-sd", this.folder, "-a", "127.0.0.1", "-p", String(this.port)];
    this.child = spawn("nats-server", args, { stdio: "ignore" });
    while (!(await this.isUp())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private isUp(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, "127.0.0.1");
      const settle = (isUp: boolean): void => {
        socket.destroy();
        resolve(isUp);
      };
      socket.once("connect", () => settle(true));
      socket.once("error", () => settle(false));
    });
  }
}
