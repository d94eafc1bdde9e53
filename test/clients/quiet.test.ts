import { expect } from "chai";
import { parseEther, Wallet } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { connect, eventually, startDevnet } from "./support/devnet";

describe("rpc: an idle chain", function () {
  this.timeout(60_000);

  it("makes one block without transactions behind the last with some, for clients that wait for it, and no more", async () => {
    const provider = connect((await startDevnet()).l2.sequencer!);
    const wallet = new Wallet(devAccount(1).privateKey, provider);
    const { blockNumber } = (await (
      await wallet.sendTransaction({ to: wallet.address, value: parseEther("1") })
    ).wait())!;
    await eventually("a block behind it", async () => (await provider.getBlockNumber()) > blockNumber, 20);
    const next = (await provider.getBlock(blockNumber + 1))!;
    expect(next.transactions).to.deep.equal([]);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(await provider.getBlockNumber()).to.equal(next.number);
  });
});
