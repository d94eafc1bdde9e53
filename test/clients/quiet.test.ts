import { expect } from "chai";
import { parseEther, Wallet, type JsonRpcProvider } from "ethers";
import { createPublicClient, http } from "viem";
import { devAccount } from "../../devnet/accounts";
import { Devnet } from "../../devnet/devnet";
import { connect, eventually, startDevnet } from "./support/devnet";

/** A transfer of account 1 to itself. */
async function send(provider: JsonRpcProvider) {
  const wallet = new Wallet(devAccount(1).privateKey, provider);
  return wallet.sendTransaction({ to: wallet.address, value: parseEther("1") });
}

describe("rpc: an idle chain", function () {
  this.timeout(60_000);

  it("goes on, so that clients that count confirmations get them", async () => {
    const { sequencer } = (await startDevnet()).l2;
    const provider = connect(sequencer!);
    const sent = await send(provider);
    const receipt = (await sent.wait(3, 20_000))!;
    expect(await provider.getBlockNumber()).to.be.at.least(receipt.blockNumber + 2);
    const client = createPublicClient({ transport: http(sequencer!), pollingInterval: 100 });
    await client.waitForTransactionReceipt({ hash: sent.hash as `0x${string}`, confirmations: 5, timeout: 20_000 });
  });

  it("makes about a block a second, and does not run ahead of the clock", async () => {
    const { l1, l2 } = await startDevnet();
    const provider = connect(l2.sequencer!);
    const before = await provider.getBlockNumber();
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const block = (await provider.getBlock("latest"))!;
    expect(block.number - before).to.be.within(2, 7);
    // L1's clock is the one of this devnet: other tests put it forward.
    const { timestamp } = (await connect(l1.url).getBlock("latest"))!;
    expect(block.timestamp - timestamp).to.be.lessThan(30);
  });

  describe("without empty blocks", () => {
    const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0, l1IntervalMs: 100, blockTimeMs: 200 };
    const devnet = new Devnet({ ...ports, emptyBlocks: false, without: ["verifier", "challenger"] });
    before(() => devnet.start());
    after(() => devnet.stop());

    it("makes one behind the last with transactions, for clients that wait for it, and no more", async () => {
      const provider = connect(devnet.info.l2.sequencer!);
      const { blockNumber } = (await (await send(provider)).wait())!;
      await eventually("a block behind it", async () => (await provider.getBlockNumber()) > blockNumber, 20);
      const next = (await provider.getBlock(blockNumber + 1))!;
      expect(next.transactions).to.deep.equal([]);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(await provider.getBlockNumber()).to.equal(next.number);
    });
  });
});
