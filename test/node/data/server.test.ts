import { expect } from "chai";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { DataServers } from "../../../node/data/altda/client";
import { encodeCommitment } from "../../../node/data/altda/commitment";
import { DataServer } from "../../../node/data/altda/server";
import { chunksHash, toHex } from "../../../protocol";
import { isErrorCode } from "../../../protocol/errors";

describe("data servers", () => {
  let folder: string;
  let server: DataServer;
  const others: Server[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-data-"));
    server = await DataServer.start(folder);
  });
  afterEach(async () => {
    await server.stop();
    for (const other of others.splice(0)) other.close();
    rmSync(folder, { recursive: true });
  });

  /** A server that answers as it likes. */
  async function liar(answer: RequestListener): Promise<string> {
    const other = createServer(answer);
    others.push(other);
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  }

  const put = (path: string, body: Uint8Array) =>
    fetch(`${server.url}${path}`, { method: "PUT", body: Buffer.from(body) });
  const commitmentOf = (data: Uint8Array) => encodeCommitment(chunksHash(data));

  for (const size of [0, 1, 4_096, 4_097, 120_000])
    it(`keeps ${size} bytes and gives them back`, async () => {
      const data = randomBytes(size);
      const servers = new DataServers([server.url]);
      await servers.put(data);
      expect(toHex((await servers.get(chunksHash(data)))!)).to.equal(toHex(data));
    });

  it("speaks the protocol: the answer to bytes is their commitment, to a commitment its bytes", async () => {
    const data = randomBytes(100);
    for (const path of ["/put", "/put/", `/put/${commitmentOf(data)}`]) {
      const answer = await put(path, data);
      expect([answer.status, toHex(new Uint8Array(await answer.arrayBuffer()))]).to.deep.equal([
        200,
        commitmentOf(data),
      ]);
    }
    const got = await fetch(`${server.url}/get/${commitmentOf(data)}`);
    expect(toHex(new Uint8Array(await got.arrayBuffer()))).to.equal(toHex(data));
  });

  it("refuses what is longer than a batch, in one piece or in many, and keeps nothing of it", async () => {
    expect((await put("/put", randomBytes(120_001))).status).to.equal(413);
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(randomBytes(60_000));
      },
    });
    const init = { method: "PUT", body, duplex: "half" } as RequestInit;
    const status = await fetch(`${server.url}/put`, init).then(
      (answer) => answer.status,
      () => "closed",
    );
    expect(status).to.be.oneOf([413, "closed"]);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("refuses bytes under another's commitment, commitments of another kind, and other paths", async () => {
    const data = randomBytes(100);
    expect((await put(`/put/${commitmentOf(randomBytes(100))}`, data)).status).to.equal(400);
    for (const path of [
      "0x00" + "11".repeat(32),
      "0x0153" + "11".repeat(31),
      "0x0153" + "11".repeat(33),
      "..%2f..%2fetc",
    ])
      expect((await fetch(`${server.url}/get/${path}`)).status, path).to.equal(400);
    expect((await fetch(`${server.url}/get/${commitmentOf(data)}`)).status).to.equal(404);
    expect((await fetch(`${server.url}/health`)).status).to.equal(404);
    expect((await fetch(`${server.url}/get/${commitmentOf(data)}`, { method: "DELETE" })).status).to.equal(404);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("gives nothing away that its disk has spoilt", async () => {
    const data = randomBytes(5_000);
    await put("/put", data);
    const [file] = readdirSync(folder);
    data[4_999] ^= 1;
    writeFileSync(join(folder, file), data);
    data[4_999] ^= 1;
    expect((await fetch(`${server.url}/get/${commitmentOf(data)}`)).status).to.equal(404);
  });

  it("are not believed: wrong bytes, too many, none, or silence, and the next is asked", async () => {
    const data = randomBytes(500);
    const hash = chunksHash(data);
    await put("/put", data);
    const wrong = await liar((_, response) => response.end(randomBytes(500)));
    const endless = await liar((_, response) => {
      const timer = setInterval(() => response.write(Buffer.alloc(65_536)), 1);
      response.on("close", () => clearInterval(timer));
    });
    const broken = await liar((_, response) => response.destroy());
    for (const url of [wrong, endless, broken]) expect(await new DataServers([url]).get(hash)).to.equal(null);
    const found = await new DataServers([wrong, endless, broken, server.url]).get(hash);
    expect(toHex(found!)).to.equal(toHex(data));
  });

  it("must take the bytes and name their commitment, one of them at least", async () => {
    const data = randomBytes(500);
    const wrong = await liar((_, response) => response.end(Buffer.from(commitmentOf(randomBytes(1)).slice(2), "hex")));
    const text = await liar((_, response) => response.end(`${commitmentOf(data)}\n`));
    const refusing = await liar((_, response) => response.writeHead(507).end());
    for (const urls of [[], [wrong], [refusing], [wrong, refusing]]) {
      const error = await new DataServers(urls).put(data).catch((reason: unknown) => reason);
      expect(isErrorCode(error, "l1-data-missing"), urls.join()).to.equal(true);
    }
    await new DataServers([text]).put(data);
    await new DataServers([wrong, refusing, server.url]).put(data);
  });
});
