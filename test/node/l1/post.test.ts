import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { expect } from "chai";
import { postJson } from "../../../node/l1/post";

describe("l1: posting JSON", () => {
  let server: Server;
  let url: string;
  /** What the server does with a request: the how-manieth of its connection, and of all. */
  let answer: (socket: Socket, ofConnection: number, ofAll: number) => void;
  const seen: string[] = [];

  before(async () => {
    let all = 0;
    server = createServer((socket) => {
      let own = 0;
      socket.on("error", () => {});
      socket.on("data", (chunk) => {
        seen.push(chunk.toString());
        answer(socket, ++own, ++all);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?key=1`;
  });
  after(() => new Promise((resolve) => server.close(resolve)));

  const reply = (socket: Socket, text: string, status = "200 OK"): void =>
    void socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);

  it("sends the body to the path, in one write, and gives status and text", async () => {
    answer = (socket) => reply(socket, "Grüße", "503 Service Unavailable");
    expect(await postJson(url, '{"ü":1}', 1_000)).to.deep.equal({ status: 503, text: "Grüße" });
    expect(seen[0]).to.match(/^POST \/path\?key=1 HTTP\/1\.1\r\n[^]*content-length: 8\r\n[^]*\r\n\r\n\{"ü":1\}$/);
  });

  it("asks again where a connection that was kept is closed, and not where a new one is", async () => {
    // The first of a connection is answered, the second closes it.
    answer = (socket, ofConnection) => (ofConnection === 1 ? reply(socket, "first") : socket.destroy());
    for (let i = 0; i < 3; i++) expect((await postJson(url, "{}", 1_000)).text).to.equal("first");
    answer = (socket) => socket.destroy();
    const error = await postJson(url, "{}", 1_000).catch((cause: NodeJS.ErrnoException) => cause);
    expect(error).to.have.property("code", "ECONNRESET");
  });

  it("ends where nothing comes, or not all of it", async () => {
    for (const begin of ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]) {
      answer = (socket) => void socket.write(begin);
      const error = await postJson(url, "{}", 100).catch((cause: Error) => cause);
      expect(String(error)).to.match(/no answer in 100 ms/);
    }
    answer = (socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    const error = await postJson(url, "{}", 1_000).catch((cause: Error) => cause);
    expect(error).to.be.instanceOf(Error);
  });
});
