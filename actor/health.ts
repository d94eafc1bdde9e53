import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Registry } from "prom-client";
import { SolventError } from "../protocol/errors";

/** Why an actor cannot do its work right now, by topic (`l1`, `program`, `store`); empty when it is well. */
export class Health {
  private readonly problems = new Map<string, string>();

  report(topic: string, problem: string | null): void {
    if (problem === null) this.problems.delete(topic);
    else this.problems.set(topic, problem);
  }

  has(topic: string): boolean {
    return this.problems.has(topic);
  }

  /** All problems in one line, or null. */
  summary(): string | null {
    if (this.problems.size === 0) return null;
    return [...this.problems].map(([topic, problem]) => `${topic}: ${problem}`).join("; ");
  }

  toJSON(): { healthy: boolean; problems: Record<string, string> } {
    return { healthy: this.problems.size === 0, problems: Object.fromEntries(this.problems) };
  }
}

/** Serves `/metrics` (Prometheus text) and `/healthz` (200 or 503 with the problems as JSON). */
export class HealthServer {
  private server?: Server;

  constructor(
    private readonly health: Health,
    private readonly registry: Registry,
  ) {}

  /** @param port - 0 takes any free one. @returns the URL. @throws SolventError `metrics-port-taken`. */
  async start(host: string, port: number): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url === "/healthz") {
        const state = this.health.toJSON();
        response.writeHead(state.healthy ? 200 : 503, { "content-type": "application/json" });
        response.end(JSON.stringify(state) + "\n");
      } else if (request.url === "/metrics") {
        this.registry.metrics().then(
          (text) => response.writeHead(200, { "content-type": this.registry.contentType }).end(text),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
      } else response.writeHead(404).end();
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(
          new SolventError("metrics-port-taken", `cannot listen on ${host}:${port}: choose another port`, { cause }),
        );
      server.once("error", refuse);
      server.listen(port, host, () => resolve());
    });
    const address = server.address() as AddressInfo;
    return `http://${host}:${address.port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
