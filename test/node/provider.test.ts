import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { QuietProvider } from "../../actor/provider";

describe("a provider that is destroyed while something is asked", () => {
  let server: Server;
  const waiting: (() => void)[] = [];

  before((done) => {
    // Knows its chain at once, and is slow to tell the block.
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const { id, method } = JSON.parse(body) as { id: number; method: string };
        const answer = (): unknown => response.end(JSON.stringify({ jsonrpc: "2.0", id, result: "0x1" }));
        if (method === "eth_chainId") answer();
        else waiting.push(answer);
      });
    }).listen(0, "127.0.0.1", done);
  });
  after(() => server.close());

  it("leaves no rejection that nobody awaits, and answers nothing more", async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown): unknown => rejected.push(reason);
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const provider = new QuietProvider(url, undefined, { batchMaxCount: 1, pollingInterval: 10 });
      // As ethers asks, at each block, whether what is waited for was replaced: nobody awaits the answer.
      void provider.getBlockNumber();
      while (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      provider.destroy();
      for (const answer of waiting) answer();
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(rejected).to.deep.equal([]);
    } finally {
      process.removeAllListeners("unhandledRejection");
      for (const one of others) process.on("unhandledRejection", one);
    }
  });
});
