import { expect } from "chai";
import { Contract, JsonRpcProvider, parseEther, Wallet } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { Devnet } from "../../devnet/devnet";
import { startFault } from "../../devnet/scenes";
import { readArtifact } from "../../deployment";
import { eventually } from "./support/system";
import { verifyLiability, type LiabilityProof } from "../../protocol/liability";

const FEES = { gasLimit: 21_000n, maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

type SyncStatus = Record<"unsafe" | "safe" | "finalized", { number: number; hash: string }> & {
  unhealthy: string | null;
};
type Audit = { assets: { asset: string; escrow: string; supply: string; surplus: string }[]; alerts: unknown[] };

describe("e2e: sequencer and verifier as processes", function () {
  this.timeout(120_000);
  const devnet = new Devnet({
    ...{ l1Port: 0, sequencerPort: 0, verifierPort: 0, l1IntervalMs: 100, blockTimeMs: 200, batchAgeMs: 800 },
    forceDelaySeconds: 4,
    without: ["challenger"],
    logLevel: "warn",
  });
  const providers: JsonRpcProvider[] = [];
  const connect = (url: string | null): JsonRpcProvider => {
    const provider = new JsonRpcProvider(url!, undefined, OPTIONS);
    providers.push(provider);
    return provider;
  };
  let sequencer: JsonRpcProvider;
  let verifier: JsonRpcProvider;
  const user = (): Wallet => new Wallet(devAccount(0).privateKey, sequencer);
  const status = (node: JsonRpcProvider): Promise<SyncStatus> =>
    node.send("rollup_syncStatus", []) as Promise<SyncStatus>;

  before(async () => {
    const { l2 } = await devnet.start();
    [sequencer, verifier] = [connect(l2.sequencer), connect(l2.verifier)];
  });
  after(async () => {
    for (const provider of providers) provider.destroy();
    await devnet.stop();
  });

  it("takes a transaction in, gives its receipt, posts it, and the verifier derives the same block from L1", async () => {
    const sent = await user().sendTransaction({ to: devAccount(5).address, value: parseEther("1"), ...FEES });
    const receipt = (await sent.wait())!;
    expect(receipt.status).to.equal(1);
    await eventually("the block is safe", async () => (await status(verifier)).safe.number >= receipt.blockNumber);
    const [mine, theirs] = await Promise.all([sequencer, verifier].map((node) => node.getBlock(receipt.blockNumber)));
    expect(theirs!.hash).to.equal(mine!.hash);
    expect(theirs!.stateRoot).to.equal(mine!.stateRoot);
    expect((await verifier.getTransactionReceipt(sent.hash))!.blockHash).to.equal(mine!.hash);
    expect(await verifier.getBalance(devAccount(5).address)).to.equal(parseEther("101"));
  });

  it("forwards a transaction from the verifier to the sequencer, and its refusal", async () => {
    const wallet = new Wallet(devAccount(1).privateKey, verifier);
    const sent = await wallet.sendTransaction({ to: devAccount(6).address, value: 1n, nonce: 0, ...FEES });
    expect((await sent.wait())!.status).to.equal(1);
    const refused = await wallet.signTransaction({
      to: devAccount(6).address,
      nonce: 0,
      chainId: devnet.info.l2.chainId,
      ...FEES,
    });
    await verifier.send("eth_sendRawTransaction", [refused]).then(
      () => expect.fail("must be refused"),
      (error: { code?: string }) => expect(error.code).to.equal("NONCE_EXPIRED"),
    );
  });

  it("mints a deposit, balances the books, and proves a user's balance as part of what is owed", async () => {
    const { portal } = devnet.info.deployment.addresses;
    const depositor = new Wallet(devAccount(2).privateKey, connect(devnet.info.l1.url));
    const contract = new Contract(portal, readArtifact("bridge/Portal").abi, depositor);
    await (
      await contract.depositTransaction(devAccount(2).address, parseEther("7"), 100_000n, false, "0x", {
        value: parseEther("7"),
      })
    ).wait();
    await eventually(
      "the deposit is safe",
      async () => (await verifier.getBalance(devAccount(2).address, "safe")) === parseEther("107"),
    );
    const audit = await eventually("the audit", async () => {
      const found = (await verifier.send("rollup_getAudit", [])) as Audit;
      return BigInt(found.assets[0].supply) === parseEther("1007") && found;
    });
    expect(audit.alerts).to.deep.equal([]);
    expect(BigInt(audit.assets[0].escrow)).to.equal(parseEther("1007"));
    expect(BigInt(audit.assets[0].surplus)).to.equal(0n);
    const proof = (await verifier.send("rollup_proveLiability", [devAccount(2).address])) as LiabilityProof;
    expect(verifyLiability(proof)).to.equal(true);
    expect([proof.balance, proof.total]).to.deep.equal([String(parseEther("107")), String(parseEther("1007"))]);
  });

  it("loses nothing and shows no block twice when the sequencer is killed under load", async () => {
    const wallet = new Wallet(devAccount(3).privateKey);
    const { chainId } = devnet.info.l2;
    const raws = await Promise.all(
      Array.from({ length: 40 }, (_, nonce) =>
        wallet.signTransaction({ to: devAccount(7).address, value: 1n, nonce, chainId, type: 2, ...FEES }),
      ),
    );
    const accepted: string[] = [];
    const seen = new Map<number, string>();
    for (let round = 0; round < 2; round++) {
      for (const raw of raws.slice(20 * round, 20 * round + 20))
        accepted.push((await sequencer.send("eth_sendRawTransaction", [raw])) as string);
      await new Promise((resolve) => setTimeout(resolve, 120 * (round + 1)));
      const head = (await sequencer.getBlock("latest"))!;
      seen.set(head.number, head.hash!);
      await devnet.processes.stopOne("sequencer", "SIGKILL");
      await devnet.startSequencer();
      sequencer = connect(devnet.info.l2.sequencer);
    }
    await eventually("all are in blocks", async () => (await sequencer.getTransactionCount(wallet.address)) === 40);
    for (const hash of accepted) expect((await sequencer.getTransactionReceipt(hash))?.status).to.equal(1);
    for (const [number, hash] of seen) expect((await sequencer.getBlock(number))!.hash).to.equal(hash);
  });

  it("takes back what it confirmed softly when a forced batch comes before it", async () => {
    const report = await startFault(devnet, "withheld-batch", 1, () => {});
    expect(report.join()).to.match(/won: the user/);
    sequencer = connect(devnet.info.l2.sequencer);
  });

  it("rebuilds the same state from L1 alone in a fresh verifier", async () => {
    devnet.info.l2.sequencer = null;
    const fresh = connect(await devnet.startVerifier("fresh", 0));
    const head = (await sequencer.getBlock("latest"))!;
    await eventually("it has derived the head", async () => (await status(fresh)).safe.number >= head.number);
    const block = (await fresh.getBlock(head.number))!;
    expect([block.hash, block.stateRoot]).to.deep.equal([head.hash, head.stateRoot]);
    expect((await status(fresh)).unhealthy).to.equal(null);
    expect(await fresh.send("eth_syncing", [])).to.equal(false);
  });
});
