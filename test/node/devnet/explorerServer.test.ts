import { expect } from "chai";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket, WebSocketServer } from "ws";
import { ExplorerServer, PAGES } from "../../../devnet/explorerServer";

describe("explorer's server", () => {
  const folder = mkdtempSync(join(tmpdir(), "solvent-page-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<p>the page</p>");
  writeFileSync(join(folder, "assets", "a.css"), "p {}");
  const docs = mkdtempSync(join(tmpdir(), "solvent-docs-"));
  mkdirSync(join(docs, "assets"));
  writeFileSync(join(docs, "index.html"), "<p>the documentation</p>");
  writeFileSync(join(docs, "assets", "search.js"), "search");
  let upstream: WebSocketServer;
  let server: ExplorerServer;
  let port: number;
  before(async () => {
    upstream = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    upstream.on("connection", (socket) => socket.on("message", (data) => socket.send(`heard ${String(data)}`)));
    await new Promise((resolve) => upstream.on("listening", resolve));
    const rpc = `http://127.0.0.1:${(upstream.address() as { port: number }).port}`;
    server = new ExplorerServer({ l1: null, rpc, sequencer: null, accounts: [], roles: {} }, folder, docs);
    port = Number(new URL(await server.start(0)).port);
  });
  after(async () => {
    await server.stop();
    for (const client of upstream.clients) client.terminate();
    upstream.close();
    rmSync(folder, { recursive: true });
    rmSync(docs, { recursive: true, force: true });
  });

  const get = (path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const asked = request({ port, host: "127.0.0.1", path, method: "GET" }, (response) => {
        let body = "";
        response.on("data", (part: Buffer) => (body += part.toString()));
        response.on("end", () => resolve({ status: response.statusCode!, body }));
      });
      asked.on("error", reject).end();
    });

  const targets = [
    ...["//", "///", "//x:y", "//@", "/\\", "http://[", "http://[::1", "*", "/%", "/%zz", "/%2e%2e/package.json"],
    ...["/../package.json", "/..%2f..%2fpackage.json", "/constructor", "/__proto__", "/toString", "/hasOwnProperty"],
    ...[
      "/README.md",
      "/index.html/..",
      "/assets/a.css/",
      "/assets/a.css%00",
      "//config.json",
      "?",
      "#",
      "x",
      "/block/",
    ],
    ...["/docs/nothing", "/docs/../package.json", "/docs/%2e%2e/package.json", "/docs/assets", "/docsindex.html"],
    ...["/block/1/2", "/block/<b>", "/nothing", "/step", "/rpc/node"],
  ];
  for (const target of targets)
    it(`N5 answers "${target}" with an error and lives on`, async () => {
      expect((await get(target)).status).to.be.oneOf([400, 404]);
      expect((await get("/config.json")).status).to.equal(200);
    });

  it("serves the documentation under /docs, and the page where it is not built", async () => {
    expect(await get("/docs/")).to.deep.equal({ status: 200, body: "<p>the documentation</p>" });
    expect(await get("/docs/assets/search.js?x")).to.deep.equal({ status: 200, body: "search" });
    expect((await get("/docs")).status).to.equal(308);
    rmSync(docs, { recursive: true });
    expect(await get("/docs/")).to.deep.equal({ status: 200, body: "<p>the page</p>" });
    expect(await get("/docs/a.html")).to.deep.equal({ status: 404, body: "<p>the page</p>" });
  });

  it("N5 lives through bytes that are no request", async () => {
    for (const bytes of ["\r\n\r\n", "GET\r\n\r\n", "\x00\xff".repeat(100), "GET / HTTP/9.9\r\n\r\n"])
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(bytes, "latin1"));
        socket
          .on("close", () => resolve())
          .on("error", () => undefined)
          .resume();
      });
    expect((await get("/")).status).to.equal(200);
  });

  it("N5 serves its own files, whatever the query, and where JSON-RPC is", async () => {
    expect((await get("/?x=//")).body).to.equal(readFileSync(join(folder, "index.html"), "utf8"));
    expect((await get("/assets/a.css?v=1")).body).to.equal("p {}");
    expect(JSON.parse((await get("/config.json")).body)).to.deep.include({ l1: null, sequencer: null });
  });

  it("serves the page at each of its addresses, equal to those that the page knows", async () => {
    const source = readFileSync("explorer/web/App.tsx", "utf8");
    const known = [...source.matchAll(/^ {2}(\w+): \{ title: /gm)].map(([, name]) => name);
    expect(known).to.have.members([...PAGES, "docs"]);
    for (const page of PAGES) expect((await get(`/${page}/12?present`)).body).to.equal("<p>the page</p>");
  });

  it("forbids every other source, and scripts that are not its own", async () => {
    const { headers } = await fetch(`http://127.0.0.1:${port}/`);
    expect(headers.get("content-security-policy")).to.match(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval';/,
    );
    expect(headers.get("content-security-policy")).to.contain("connect-src 'self'");
  });

  /** What a socket hears first, or `refused`. */
  const talk = (path: string, origin?: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { origin });
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data) => {
        resolve(String(data));
        socket.terminate();
      });
      socket.on("error", () => resolve("refused"));
      socket.on("close", () => resolve("closed"));
    });

  it("passes JSON-RPC on to the node for its own page only", async () => {
    expect(await talk("/rpc/node")).to.equal("heard hello");
    expect(await talk("/rpc/node", `http://127.0.0.1:${port}`)).to.equal("heard hello");
    for (const [path, origin] of [["/rpc/node", "http://evil.example"], ["/rpc/l1"], ["/rpc/x"], ["/constructor"]])
      expect(await talk(path, origin), path).to.equal("refused");
  });

  it("refuses a witness that is none, and one that is too long", async () => {
    const post = async (size: number): Promise<number> =>
      (await fetch(`http://127.0.0.1:${port}/step`, { method: "POST", body: new Uint8Array(size) })).status;
    expect(await post(127)).to.equal(422);
    expect(await post(2_000_001)).to.equal(413);
  });
});
