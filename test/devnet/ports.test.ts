import { expect } from "chai";
import { createServer } from "node:net";
import { freePort, requireFreePort } from "../../devnet/processes";

describe("devnet: ports", () => {
  it("are chosen below those of outgoing connections, free, and none twice", async () => {
    const ports = await Promise.all(Array.from({ length: 200 }, () => freePort()));
    expect(new Set(ports).size).to.equal(200);
    for (const port of ports) expect(port).to.be.within(12_000, 32_767);
    await requireFreePort(ports[0], "--port");
  });

  it("are refused by name where somebody listens already", async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    const error = await requireFreePort(port, "--l1-port").catch((caught: unknown) => caught);
    server.close();
    expect(String(error)).to.match(new RegExp(`port ${port} is taken: .* choose another by --l1-port`));
  });
});
