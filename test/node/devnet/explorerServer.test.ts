import { expect } from "chai";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import type { Deployment } from "../../../deployment";
import { ExplorerServer } from "../../../devnet/explorerServer";

describe("explorer's server", () => {
  const deployment = { addresses: { inbox: "0x01" } } as unknown as Deployment;
  const server = new ExplorerServer({ l1: "http://l1", rpc: "http://l2", sequencer: null, deployment });
  let port: number;
  before(async () => void (port = Number(new URL(await server.start(0)).port)));
  after(() => server.stop());

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
    ...["/README.md", "/index.html/..", "/explorer.js/", "/explorer.css%00", "//config.json", "?", "#", "x"],
  ];
  for (const target of targets)
    it(`N5 answers "${target}" with an error and lives on`, async () => {
      expect((await get(target)).status).to.be.oneOf([400, 404]);
      expect((await get("/config.json")).status).to.equal(200);
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
    expect((await get("/?x=//")).body).to.equal(readFileSync("explorer/index.html", "utf8"));
    expect((await get("/explorer.css?v=1")).status).to.equal(200);
    expect(JSON.parse((await get("/config.json")).body)).to.deep.include({ l1: "http://l1", sequencer: null });
  });
});
