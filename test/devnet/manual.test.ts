import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { forceTransaction } from "../../client/deposit";
import type { LayerSigner, RollupAddresses } from "../../client/types";
import { startWithdrawal } from "../../client/withdrawal";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";
import type { SolventError } from "../../protocol/errors";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/** L1 blocks on a message, at least, with which a sequencer takes it in. */
const DEEP = 2;

interface Step {
  l1: { number: number; time: number };
  l2: { number: number; time: number };
  moves: Record<string, string[]>;
}

describe("devnet: by steps", function () {
  this.timeout(120_000);
  let devnet: RunningDevnet;
  let onL1: JsonRpcProvider, onL2: JsonRpcProvider, verifier: JsonRpcProvider;

  before(async () => {
    // By its own clock it would make a block a minute, so that each one here was asked for.
    devnet = await startDevnet({ isManual: true, l1IntervalMs: 100, blockTimeMs: 60_000 });
    const { l1, l2 } = devnet.info;
    const urls = [l1.url, l2.sequencer!, l2.verifier!];
    [onL1, onL2, verifier] = urls.map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
  });
  after(async () => {
    for (const provider of [onL1, onL2, verifier]) provider?.destroy();
    await devnet[Symbol.asyncDispose]();
  });

  const step = (kind: string): Promise<Step> => onL2.send("solvent_step", [kind]) as Promise<Step>;
  const heads = async (): Promise<number[]> => Promise.all([onL1.getBlockNumber(), onL2.getBlockNumber()]);

  it("stands still until it is moved", async () => {
    const sent = await new Wallet(devAccount(2).privateKey, onL2).sendTransaction({ to: devAccount(3).address });
    const before = await heads();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await heads()).to.deep.equal(before);
    expect(await onL2.getTransactionReceipt(sent.hash)).to.equal(null);

    const { l1, l2 } = await step("l2");
    expect([l1.number, l2.number]).to.deep.equal([before[0], before[1] + 1]);
    expect((await onL2.getTransactionReceipt(sent.hash))!.blockNumber).to.equal(l2.number);
    expect((await verifier.getBlock("safe"))!.number).to.equal(0);
    await step("batch");
    expect((await verifier.getBlock("safe"))!.number).to.equal(0);
    await step("l1");
    expect((await verifier.getBlock("safe"))!.number).to.equal(l2.number);
  });

  it("makes the moves of the game that are due, when it is told to", async () => {
    expect(await verifier.send("rollup_getAssertions", [5])).to.deep.equal([]);
    const { moves } = await step("game");
    expect(moves.challenger).to.include("assertState");
    expect(await verifier.send("rollup_getAssertions", [5])).to.deep.equal([]);
    await step("l1");
    expect(((await verifier.send("rollup_getAssertions", [5])) as unknown[]).length).to.equal(1);
  });

  it("does all of it in one step, and refuses another", async () => {
    const before = await heads();
    const { l1, l2 } = await step("all");
    expect([l1.number, l2.number]).to.deep.equal([before[0] + 2, before[1] + 1]);
    const error = await step("sideways" as never).catch((cause: Error) => cause);
    expect(String(error)).to.match(/a step is one of l2, batch, l1, game or all/);
  });

  it("tells who waits for a transaction on L2 that a message from L1 took its nonce", async () => {
    const [signer, l1Signer] = [onL2, onL1].map((provider) => new Wallet(devAccount(6).privateKey, provider));
    const addresses = (await onL2.send("rollup_config", [])) as RollupAddresses;
    let isOnL1 = false;
    const forced = forceTransaction(l1Signer as unknown as LayerSigner, addresses, { to: devAccount(3).address });
    const mined = forced.finally(() => (isOnL1 = true));
    while (!isOnL1) await step("l1");
    const { l2Hash } = await mined;
    // Deep enough on L1 it is in L2's next block; the pool takes another of the same nonce until then.
    for (let depth = 0; depth < DEEP; depth++) await step("l1");
    const started = startWithdrawal(signer as unknown as LayerSigner, { amount: 1n }).catch((cause: Error) => cause);
    const waits = async (): Promise<boolean> => {
      const { pending } = (await onL2.send("txpool_status", [])) as { pending: string };
      return Number(pending) === 1;
    };
    for (const end = Date.now() + 10_000; !(await waits());) expect(Date.now()).to.be.below(end);
    let isTold = false;
    const told = started.finally(() => (isTold = true));
    // A client that waits looks at each new block.
    for (let blocks = 0; !isTold; blocks++) {
      expect(blocks).to.be.below(20);
      await step("l2");
      await new Promise((resolve) => setTimeout(resolve, 2 * OPTIONS.pollingInterval));
    }
    const error = (await told) as SolventError;
    expect(error.code).to.equal("transaction-replaced");
    expect(error.message).to.contain(l2Hash);
    expect(await onL2.send("txpool_status", [])).to.deep.equal({ pending: "0x0", queued: "0x0" });
  });

  it("makes one block at most for a transaction that offers less than the base fee, and one for the next", async () => {
    await onL2.send("evm_setAutomine", [true]);
    try {
      const { number, baseFeePerGas } = (await onL2.getBlock("latest"))!;
      const [poor, rich] = [4, 5].map((index) => new Wallet(devAccount(index).privateKey, onL2));
      const to = devAccount(3).address;
      const maxFeePerGas = baseFeePerGas! / 100n;
      const kept = await poor.sendTransaction({ to, maxFeePerGas, maxPriorityFeePerGas: 0n, gasLimit: 21_000n });
      expect(await onL2.getBlockNumber()).to.be.at.most(number + 1);
      const paid = await rich.sendTransaction({ to });
      expect(await onL2.getTransactionReceipt(paid.hash)).to.include({
        status: 1,
        blockNumber: await onL2.getBlockNumber(),
      });
      expect(await onL2.getBlockNumber()).to.be.at.most(number + 2);
      expect(await onL2.getTransactionReceipt(kept.hash)).to.equal(null);
    } finally {
      await onL2.send("evm_setAutomine", [false]);
    }
  });
});
