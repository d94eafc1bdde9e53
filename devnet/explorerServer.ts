import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer, type RawData } from "ws";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import type { DevAccount } from "./accounts";
import { StepReader } from "./stepReader";

/** Where `npm run build` puts the page. */
const FOLDER = join(__dirname, "..", "build", "explorer");
/** Where `npm run docs` puts the documentation. */
const DOCS = join(__dirname, "..", "build", "docs");
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};
/** Nothing is loaded from anywhere else, and nothing that a chain says can become a script. WebAssembly is for keccak. */
const POLICY = [
  ...["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'"],
  ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");
/** The documentation is of this repository alone; its pages carry scripts and styles of a line. Nothing is loaded from anywhere else. */
const DOCS_POLICY = [
  ...["default-src 'none'", "script-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'"],
  ...["img-src 'self' data:", "connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join("; ");
/** What an address of the page begins with; equal by test to `PAGES` of explorer/web/App.tsx, which has `docs` besides, for while those are not built. */
export const PAGES: ReadonlySet<string> = new Set([
  ...["blocks", "block", "tx", "address", "tokens", "batches", "batch", "messages"],
  ...["disputes", "dispute", "money", "journey", "play"],
]);
/** Bytes of a witness, at most: the data of a preimage is in it. */
const MOST_WITNESS_BYTES = 2_000_000;

/** What the page has to know. */
export interface ExplorerConfig {
  /** JSON-RPC of the node that it shows, of L1 and of the sequencer; WebSocket on the same ports. */
  rpc: string;
  l1: string | null;
  sequencer: string | null;
  /** Accounts whose keys everybody knows, for the journey's buttons; none but on a devnet. */
  accounts: DevAccount[];
  /** Which part of a devnet an account (in lower case) plays; none but on a devnet. */
  roles: Readonly<Record<Hex, string>>;
}

/** The JSON-RPC servers behind the page, by the path that leads to them. */
const UPSTREAMS: Readonly<Record<string, "rpc" | "l1" | "sequencer">> = {
  "/rpc/node": "rpc",
  "/rpc/l1": "l1",
  "/rpc/sequencer": "sequencer",
};

/**
 * Serves the page on this machine only: its files, `config.json`, JSON-RPC of the nodes behind it over WebSocket (so that the page asks nobody
 * but who served it), and `/step`, which puts the witness of a step into words.
 */
export class ExplorerServer {
  private readonly config: ExplorerConfig;
  private readonly folder: string;
  private readonly docs: string;
  private readonly steps = new StepReader();
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: 8_000_000 });
  private server: Server | null = null;

  /** @param folder - The built page. @param docs - The built documentation, served under /docs. */
  constructor(config: ExplorerConfig, folder = FOLDER, docs = DOCS) {
    this.config = config;
    this.folder = folder;
    this.docs = docs;
  }

  /** @returns the URL. @throws SolventError `port-taken`. */
  async start(port: number): Promise<string> {
    const server = createServer((request, response) => this.answer(request, response));
    server.on("upgrade", (request, socket, head) => this.upgrade(request, socket, head));
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
    const server = this.server;
    if (server === null) return;
    for (const client of this.sockets.clients) client.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("referrer-policy", "no-referrer");
    // The target as it came, up to its query: nothing that a client sends is parsed, so nothing of it can fail.
    const path = (request.url ?? "/").split(/[?#]/, 1)[0];
    if (path === "/step" && request.method === "POST") return void this.explainStep(request, response);
    if (path === "/config.json") return this.answerConfig(response);
    if (path === "/docs" || path.startsWith("/docs/")) return this.answerDocs(path, response);
    const files = filesIn(this.folder);
    const file = files.get(path);
    if (file !== undefined) {
      // The name of a built file is made from its contents.
      if (path.startsWith("/assets/")) response.setHeader("cache-control", "max-age=31536000, immutable");
      return send(response, 200, extname(file), readFileSync(file));
    }
    // Every state of the page has an address: what is no file is one of them.
    const index = files.get("/index.html");
    if (!isPage(path)) return send(response, 404, ".txt", "not found\n");
    if (index === undefined) return send(response, 404, ".txt", "the page is not built: npm run build -- explorer\n");
    send(response, 200, ".html", readFileSync(index));
  }

  private answerConfig(response: ServerResponse): void {
    send(response, 200, ".json", JSON.stringify({ ...this.config, hasDocs: this.hasDocs() }));
  }

  private answerDocs(path: string, response: ServerResponse): void {
    // Addresses within are relative to the folder.
    if (path === "/docs") return void response.writeHead(308, { location: "/docs/" }).end();
    const name = path.slice("/docs".length);
    const file = this.hasDocs() ? filesIn(this.docs).get(name === "/" ? "/index.html" : name) : undefined;
    response.setHeader("content-security-policy", DOCS_POLICY);
    if (file !== undefined) return send(response, 200, extname(file), readFileSync(file));
    const index = this.hasDocs() ? undefined : filesIn(this.folder).get("/index.html");
    if (index === undefined) return send(response, 404, ".txt", "not found\n");
    // Not built: the page itself says so there, and what to run.
    response.setHeader("content-security-policy", POLICY);
    send(response, name === "/" ? 200 : 404, ".html", readFileSync(index));
  }

  /** Whether the documentation is there as a whole: what its search needs is written last. */
  private hasDocs(): boolean {
    return existsSync(join(this.docs, "assets", "search.js"));
  }

  private async explainStep(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request) {
        size += (chunk as Buffer).length;
        if (size > MOST_WITNESS_BYTES) return send(response, 413, ".txt", "too long for a witness\n");
        chunks.push(chunk as Buffer);
      }
      send(response, 200, ".json", JSON.stringify(this.steps.explain(Buffer.concat(chunks))));
    } catch (error) {
      send(response, 422, ".txt", `${error instanceof Error ? error.message : String(error)}\n`);
    }
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    const path = request.url ?? "";
    const name = Object.hasOwn(UPSTREAMS, path) ? UPSTREAMS[path] : undefined;
    const url = name === undefined ? null : this.config[name];
    // Another site's script may open a socket to this machine, too: only the page itself is let through.
    const { origin, host } = request.headers;
    const isOwn = origin === undefined || origin === `http://${host}`;
    if (url === null || !isOwn) return void socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n");
    this.sockets.handleUpgrade(request, socket, head, (client) => connect(client, url));
  }
}

/** Files below a folder by their paths in it, each with a slash before it; looked up anew, because a build may end while the devnet runs. */
function filesIn(folder: string): Map<string, string> {
  const files = new Map<string, string>();
  if (!existsSync(folder)) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) {
      const file = join(entry.parentPath, entry.name);
      files.set(file.slice(folder.length).replaceAll("\\", "/"), file);
    }
  return files;
}

/** Passes messages on both ways; each side goes when the other does. */
function connect(client: WebSocket, url: string): void {
  const upstream = new WebSocket(url.replace(/^http/, "ws"), { maxPayload: 256_000_000 });
  const early: RawData[] = [];
  client.on("message", (data) => {
    if (upstream.readyState === WebSocket.OPEN) upstream.send(data, { binary: false });
    else early.push(data);
  });
  upstream.on("open", () => early.splice(0).forEach((data) => upstream.send(data, { binary: false })));
  upstream.on("message", (data) => client.send(data, { binary: false }));
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    one.on("error", () => one.terminate());
    one.on("close", () => other.terminate());
  }
}

/** An address of the page: one of its pages, or what one of them is to show. */
function isPage(path: string): boolean {
  const [, page, id, more] = path.split("/");
  const isKnown = page === "" ? id === undefined : PAGES.has(page);
  return isKnown && more === undefined && (id === undefined || /^[0-9a-zA-Z]{1,80}$/.test(id));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { "content-type": `${TYPES[type] ?? "text/plain"}; charset=utf-8` }).end(body);
}
