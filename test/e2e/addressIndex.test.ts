import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { devAccount } from "../../devnet/accounts";
import { AddressTable } from "../../node/chain/addressTable";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { result } from "../clients/support/devnet";
import { TestSystem, until } from "./support/system";

const SENDER = 2;
const [FIRST, SECOND, THIRD] = ["a1", "a2", "a3"].map((byte) => `0x${byte.repeat(20)}` as const);

/** What a search answers: block numbers and hashes, the newest first. */
interface Found {
  txs: { blockNumber: string; hash: string; to: string }[];
  firstPage: boolean;
  lastPage: boolean;
}

describe("e2e: an index of addresses", function () {
  this.timeout(240_000);
  const system = new TestSystem();
  const folder = mkdtempSync(join(tmpdir(), "solvent-index-"));
  let verifier: Verifier | null = null;

  const start = async (addressIndex: boolean): Promise<Verifier> => {
    const config = parseConfig(verifierConfig, {
      ...{ dataDir: folder, deployment: system.devnet.info.deploymentFile, l1Url: system.devnet.info.l1.url },
      ...{ l1: { pollIntervalMs: 30, finality: 100 }, addressIndex },
    });
    const log = createLogger("verifier", process.env.SOLVENT_LOG ?? "error");
    verifier = await Verifier.create(config, { system: systemOf(system.deployment), open: openExecution, log });
    await verifier.start();
    return verifier;
  };
  const stop = async (): Promise<void> => {
    await verifier?.stop();
    verifier = null;
  };
  const search = (address: string, size = 25, before = 0): Promise<Found> =>
    result<Found>(verifier!.rpcUrl!, "ots_searchTransactionsBefore", address, before, size);
  const blocksOf = async (address: string): Promise<number[]> =>
    (await search(address)).txs.map(({ blockNumber }) => Number(blockNumber));
  const isDerived = (number: number) => until(`block ${number}`, () => verifier!.core.chain.safe.number === number);
  /** Until the table says that it holds the chain, and it is this chain that it holds. */
  const isIndexed = (): Promise<number> => {
    const { chain, store } = verifier!.core;
    const table = new AddressTable(store);
    return until("the whole chain is in the index", () => {
      const { number, hash } = chain.unsafe;
      return table.end === number + 1 && table.has(number, hash) ? table.end : null;
    });
  };
  /** A block for each payee, in one batch. */
  const pay = async (...payees: `0x${string}`[]): Promise<void> => {
    const blocks = await Promise.all(payees.map(async (to) => [await system.sign(SENDER, { to, value: 1n })]));
    // Later than the blocks before them, which may be of L1's same second.
    await system.jump(10);
    await system.postBatch(blocks);
  };

  before(async () => {
    await system.start();
    await system.jump(60);
  });
  after(async () => {
    await stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("is built over data that a node without one has written, and says the same as a walk", async () => {
    await start(false);
    await pay(FIRST, SECOND, FIRST);
    await isDerived(3);
    const { address } = devAccount(SENDER);
    const ask = async () => [await search(FIRST), await search(SECOND), await search(THIRD), await search(address, 2)];
    const walked = await ask();
    expect(walked[0].txs.map(({ blockNumber }) => Number(blockNumber))).to.deep.equal([3, 1]);
    expect(new AddressTable(verifier!.core.store).end, "nothing was written meanwhile").to.equal(0);
    await stop();
    await start(true);
    expect(await isIndexed()).to.equal(4);
    expect(await ask()).to.deep.equal(walked);
    const pages = [await search(address, 1, 3), await search(address, 1, 1)];
    expect(pages.map(({ lastPage }) => lastPage)).to.deep.equal([false, true]);
  });

  it("follows the chain, and a reorg takes rows out of it", async () => {
    const snapshot = (await system.provider.send("evm_snapshot", [])) as string;
    const nonce = system.nonceOf(SENDER);
    await pay(THIRD, FIRST);
    await isDerived(5);
    await isIndexed();
    expect([await blocksOf(THIRD), await blocksOf(FIRST)]).to.deep.equal([[4], [5, 3, 1]]);
    await system.provider.send("evm_revert", [snapshot]);
    system.setNonce(SENDER, nonce);
    await until("the blocks are gone", () => verifier!.core.chain.unsafe.number === 3);
    expect([await blocksOf(THIRD), await blocksOf(FIRST)]).to.deep.equal([[], [3, 1]]);
    await pay(SECOND);
    await isDerived(4);
    await isIndexed();
    expect([await blocksOf(THIRD), await blocksOf(SECOND)]).to.deep.equal([[], [4, 2]]);
    const rows = await new AddressTable(verifier!.core.store).find(THIRD, 0, 5, { limit: 9, reverse: false });
    expect(rows, "a row of a block that another replaced").to.deep.equal([]);
  });

  it("goes on after a restart, also where a reorg came while the process was down", async () => {
    const snapshot = (await system.provider.send("evm_snapshot", [])) as string;
    const nonce = system.nonceOf(SENDER);
    await pay(THIRD);
    await isDerived(5);
    await isIndexed();
    await stop();
    await system.provider.send("evm_revert", [snapshot]);
    system.setNonce(SENDER, nonce);
    await pay(FIRST, SECOND);
    await start(true);
    await isDerived(6);
    await isIndexed();
    expect([await blocksOf(FIRST), await blocksOf(SECOND), await blocksOf(THIRD)]).to.deep.equal([
      [5, 3, 1],
      [6, 4, 2],
      [],
    ]);
  });

  it("is as it was when the whole store goes back to a mark, and follows from there", async () => {
    const { core } = verifier!;
    const answers = verifier!.devnet;
    await answers.mark("here" as never);
    const l1 = (await system.provider.send("evm_snapshot", [])) as string;
    const nonce = system.nonceOf(SENDER);
    await pay(THIRD);
    await isDerived(7);
    await isIndexed();
    expect(await blocksOf(THIRD)).to.deep.equal([7]);
    await answers.hold("here" as never);
    await system.provider.send("evm_revert", [l1]);
    system.setNonce(SENDER, nonce);
    await answers.restore("here" as never);
    await answers.release();
    expect(core.chain.unsafe.number).to.equal(6);
    expect(await blocksOf(THIRD)).to.deep.equal([]);
    await pay(FIRST);
    await isDerived(7);
    await isIndexed();
    expect([await blocksOf(FIRST), await blocksOf(THIRD)]).to.deep.equal([[7, 5, 3, 1], []]);
  });
});
