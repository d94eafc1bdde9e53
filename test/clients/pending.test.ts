import { expect } from "chai";
import { devAccount } from "../../devnet/accounts";
import { ask, result, startDevnet } from "./support/devnet";

/** Creation codes that return one word of their block. */
const NUMBER = "0x4360005260206000f3";
const TIMESTAMP = "0x4260005260206000f3";
const BASE_FEE = "0x4860005260206000f3";
const PARENT_HASH = "0x60014303" + "4060005260206000f3";
const PAYER = { from: devAccount(6).address, gasPrice: "0xba43b7400" };
const WATCH = `0x${"7a".repeat(20)}`;

type Block = { number: string; hash: string; timestamp: string; baseFeePerGas: string };

describe("rpc: calls in the block to come", function () {
  this.timeout(60_000);
  let url: string;

  before(async () => {
    url = (await startDevnet()).l2.sequencer!;
  });

  const latest = () => result<Block>(url, "eth_getBlockByNumber", "latest", false);
  const word = async (data: string, ...block: unknown[]) =>
    BigInt(await result<string>(url, "eth_call", { ...PAYER, data }, ...block));

  /** Asks until no block came in between. */
  async function still<T>(ask: () => Promise<T>): Promise<{ head: Block; value: T }> {
    for (;;) {
      const head = await latest();
      const value = await ask();
      if ((await latest()).hash === head.hash) return { head, value };
    }
  }

  for (const tag of ["pending", { blockNumber: "pending" }])
    it(`shows the next block's number, time, base fee and parent (${JSON.stringify(tag)})`, async () => {
      const before = Math.floor(Date.now() / 1000);
      const { head, value } = await still(() =>
        Promise.all([NUMBER, TIMESTAMP, BASE_FEE, PARENT_HASH].map((data) => word(data, tag))),
      );
      const [number, timestamp, baseFee, parent] = value;
      expect(number).to.equal(BigInt(head.number) + 1n);
      expect(Number(timestamp)).to.be.at.least(Math.max(Number(head.timestamp) + 1, before));
      expect(baseFee).to.equal(BigInt(await result<string>(url, "eth_baseFee")));
      expect(parent).to.equal(BigInt(head.hash));
    });

  for (const block of [["latest"], []])
    it(`shows the latest block itself (${block[0] ?? "no tag"})`, async () => {
      const { head, value } = await still(() => Promise.all([NUMBER, TIMESTAMP].map((data) => word(data, ...block))));
      expect(value).to.deep.equal([BigInt(head.number), BigInt(head.timestamp)]);
    });

  it("estimates where the transaction will run, unless a block is named", async () => {
    const { number, timestamp } = await latest();
    // Reverts unless its block is later than that one, as a pair of Uniswap does in the second of its last update.
    const code = `0x63${BigInt(timestamp).toString(16).padStart(8, "0")}4211600e57600080fd5b00`;
    const asked = (method: string, ...block: unknown[]) =>
      ask(url, method, { from: PAYER.from, to: WATCH }, ...block, { [WATCH]: { code } });
    for (const block of [null, "pending"]) {
      expect(Number((await asked("eth_estimateGas", block)).result)).to.be.within(21_000, 22_000);
      expect((await asked("eth_createAccessList", block)).result).to.not.have.property("error");
      expect((await asked("eth_call", "pending")).result).to.equal("0x");
    }
    expect((await asked("eth_estimateGas", number)).error?.code).to.equal(3);
    expect((await asked("eth_createAccessList", number)).result).to.have.property("error", "execution reverted");
  });
});
