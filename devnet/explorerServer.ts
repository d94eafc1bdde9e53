import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Deployment } from "../deployment";
import { SolventError } from "../protocol/errors";

const FOLDER = join(__dirname, "..", "explorer");
const FILES: Record<string, string> = {
  "/": "index.html",
  "/explorer.js": "explorer.js",
  "/explorer.css": "explorer.css",
};
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** What the page has to know: where JSON-RPC is. */
export interface ExplorerConfig {
  l1: string;
  rpc: string;
  sequencer: string | null;
  deployment: Deployment;
}

/** Serves the explorer's three files, and where its RPC is, on this machine only. */
export class ExplorerServer {
  private server: Server | null = null;

  constructor(private readonly config: ExplorerConfig) {}

  /** @returns the URL. @throws SolventError `port-taken`. */
  async start(port: number): Promise<string> {
    const { l1, rpc, sequencer, deployment } = this.config;
    const config = JSON.stringify({ l1, rpc, sequencer, addresses: deployment.addresses });
    const server = createServer((request, response) => {
      // The target as it came, up to its query: nothing that a client sends is parsed, so nothing of it can fail.
      const path = (request.url ?? "/").split(/[?#]/, 1)[0];
      const file = Object.hasOwn(FILES, path) ? FILES[path] : undefined;
      if (path === "/config.json") response.writeHead(200, { "content-type": "application/json" }).end(config);
      else if (file === undefined) response.writeHead(404).end();
      else if (!existsSync(join(FOLDER, file))) response.writeHead(404).end("not built: npm run build\n");
      else {
        response.writeHead(200, { "content-type": `${TYPES[extname(file)]}; charset=utf-8` });
        response.end(readFileSync(join(FOLDER, file)));
      }
    });
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void =>
        reject(new SolventError("port-taken", `the explorer cannot listen on port ${port}: choose another`, { cause }));
      server.once("error", refuse);
      server.listen(port, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
