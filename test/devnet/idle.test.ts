import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { Devnet } from "../../devnet/devnet";

const INTERVAL_MS = 100;
const WATCH_MS = 4_000;

describe("devnet: an L1 that nobody uses", function () {
  this.timeout(120_000);
  const without = ["sequencer", "verifier", "challenger"];
  const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
  const devnet = new Devnet({ ...ports, l1IntervalMs: INTERVAL_MS, slowsDown: true, without });
  let provider: JsonRpcProvider;

  before(async () => {
    const { l1 } = await devnet.start();
    provider = new JsonRpcProvider(l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
  });
  after(async () => {
    provider?.destroy();
    await devnet.stop();
  });

  const blocksDuring = async (ms: number): Promise<number> => {
    const before = await provider.getBlockNumber();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return (await provider.getBlockNumber()) - before;
  };

  it("makes a block in two seconds", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await blocksDuring(WATCH_MS)).to.be.within(1, WATCH_MS / 2_000 + 1);
  });

  it("takes a transaction at the usual interval, and goes on so for some blocks", async () => {
    const wallet = new Wallet(devAccount(1).privateKey, provider);
    const sent = await wallet.sendTransaction({ to: wallet.address, value: 1n });
    const takenAt = Date.now();
    const { blockNumber } = (await sent.wait())!;
    // An idle chain's next block might have come two seconds later.
    expect((await provider.getBlock(blockNumber))!.timestamp * 1_000).to.be.at.most(takenAt + 1_000);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await provider.getBlockNumber()) - blockNumber).to.be.at.least(2);
  });

  it("keeps an interval that somebody chose, also when idle", async () => {
    await provider.send("evm_setIntervalMining", [INTERVAL_MS]);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await blocksDuring(WATCH_MS)).to.be.at.least(10);
    await provider.send("evm_setIntervalMining", [1_000]);
    expect(await blocksDuring(WATCH_MS)).to.be.at.most(WATCH_MS / 1_000 + 2);
  });
});
