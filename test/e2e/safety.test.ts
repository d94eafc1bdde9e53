import { expect } from "chai";
import type { EventLog } from "ethers";
import { ZERO_HASH } from "../../protocol";
import type { EdgesGame } from "../../games/edges";
import type { Challenger } from "../../challenger/challenger";
import { Arena } from "./support/arena";
import { checkBooks } from "./support/books";
import { expectHonestWinner, newSeed } from "./support/frauds";
import { L1Proxy, type L1Call } from "./support/l1Proxy";
import { eventually, until } from "./support/system";

describe("e2e: a challenger acts only on what it knows", function () {
  this.timeout(300_000);
  const arena = new Arena();
  let proxy: L1Proxy;
  let challenger: Challenger<EdgesGame>;
  before(async () => {
    await arena.start();
    proxy = new L1Proxy(arena.system.devnet.info.l1.url);
    const l1Url = await proxy.start();
    challenger = arena.honest = await arena.system.startChallenger("honest", 18, {}, { l1Url });
  });
  after(async () => {
    await arena.stop();
    await proxy?.stop();
  });

  /** A dispute to look at, also where a test runs alone. */
  async function requireDispute(): Promise<void> {
    if (arena.record === undefined) await arena.fight([{ fault: "wrong-state:first", seed: newSeed() }]);
  }

  it("V54 V55 waits and says so while L1 withholds a batch's bytes, then beats the lie that was told meanwhile", async () => {
    const sent = (): number => proxy.calls.filter(({ method }) => method === "eth_sendRawTransaction").length;
    await until("it is synced", () => challenger.core.isSynced);
    proxy.answer = ({ method }) => (method === "eth_getTransactionByHash" ? null : undefined);
    const before = sent();
    const seed = newSeed();
    const battle = await arena.fight([{ fault: "wrong-state:first", seed }], async () => {
      await arena.postBlocks();
      await until("it says why it waits", () => challenger.core.health.has("l1"), 60);
      console.log(`      seed ${seed}: ${challenger.core.health.summary()}`);
      await until(
        "the liar has asserted",
        () => arena.liars[0].told() !== null && arena.liars[0].challenger.isQuiet,
        60,
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(sent(), "transactions sent without data").to.equal(before);
      proxy.answer = () => undefined;
    });
    expectHonestWinner(arena, battle);
    expect(battle.proven).to.have.length(1);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  });

  it("N3 takes down a false claim about sums whose log L1's node leaves out of every range", async () => {
    await requireDispute();
    const { deployment } = arena.system;
    const { core, game } = challenger;
    const sums = arena.system.contract("solvency/SumRoots", deployment.addresses.sumRoots!, 17);
    const known = [...game.replica.assertions.values()].filter(
      ({ outputRoot, l2BlockNumber }) => core.chain.blockAt(l2BlockNumber)?.outputRoot === outputRoot,
    );
    const { index, l2BlockNumber } = known.at(-1)!;
    const { header, hash, messagePasserStorageRoot } = core.chain.requireBlockAt(l2BlockNumber);
    const output = {
      ...{ version: ZERO_HASH, stateRoot: header.stateRoot, messagePasserStorageRoot },
      latestBlockhash: hash,
    };
    let hidden = 0;
    proxy.answer = ({ method, params }) => {
      const { address, blockHash } = (params[0] ?? {}) as { address?: string; blockHash?: string };
      const isHidden = method === "eth_getLogs" && address === sums.target && blockHash === undefined;
      if (isHidden) hidden++;
      return isHidden ? [] : undefined;
    };
    const lie = { hash: `0x${"ab".repeat(32)}`, total: 1n };
    const sent = await sums.post(index, output, lie, { value: await sums.bond() });
    await sent.wait();
    const demandedBy = async (): Promise<string | false> => {
      const [demanded] = (await sums.queryFilter(sums.filters.Demanded(0))) as EventLog[];
      return (demanded as EventLog | undefined) !== undefined && (demanded.args.by as string);
    };
    const by = await eventually("it demands what the claim hides", demandedBy, 60);
    expect(by.toLowerCase()).to.equal(challenger.sender.address);
    expect(hidden, "ranges that lacked it").to.be.greaterThan(1);
    proxy.answer = () => undefined;
    await until("nothing is wrong any more", () => !core.health.has("sums"), 60);
  });

  it("V56 reads the game at one block hash", async () => {
    await requireDispute();
    const { queue } = arena.system.deployment.addresses;
    const reachedAt = arena.honest.game.at!.number;
    type Filter = { address: string; blockHash?: string; toBlock?: string };
    const filterOf = ({ params }: L1Call): Filter => params[0] as Filter;
    const reads = proxy.calls.filter((call) => call.method === "eth_getLogs" && filterOf(call).address === queue);
    const ranges = reads.filter((call) => filterOf(call).blockHash === undefined);
    // A header that is proven by its hash says by its bloom whether there is anything to read; what there is comes with its receipts.
    // A node without receipts by block gives them one by one; they are held against the same header.
    const byHash = ["eth_getBlockByHash", "eth_getBlockReceipts", "eth_getTransactionReceipt"];
    const asked = proxy.calls.filter(({ method }) => byHash.includes(method)).map(({ params }) => String(params[0]));
    const hashes = new Set([...asked, ...reads.map((call) => filterOf(call).blockHash)]);
    // Whatever the game has on L1 was read by its block's hash, or in such a range.
    const { provider, deployment } = arena.system;
    const logs = await provider.getLogs({ address: queue, fromBlock: deployment.l1Block, toBlock: reachedAt });
    expect(logs, "logs of the game").to.not.be.empty;
    for (const { blockHash, blockNumber, transactionHash } of logs) {
      const isInRange = ranges.some(({ params }) => {
        const { fromBlock, toBlock } = params[0] as { fromBlock: string; toBlock: string };
        return Number(fromBlock) <= blockNumber && blockNumber <= Number(toBlock);
      });
      const isRead = hashes.has(blockHash) || hashes.has(transactionHash);
      expect(isInRange || isRead, `block ${blockNumber} of L1`).to.equal(true);
    }
    // What is far below the head is read by a range; then the head's hash is looked at again.
    for (const range of ranges) {
      const later = proxy.calls.slice(proxy.calls.indexOf(range));
      const isChecked = later.some(({ method, params }) => {
        return method === "eth_getBlockByNumber" && params[0] === filterOf(range).toBlock;
      });
      expect(isChecked, `logs up to ${filterOf(range).toBlock}`).to.equal(true);
    }
  });

  it("V57 gives every transaction more gas than it needs", async () => {
    await requireDispute();
    const { provider, deployment } = arena.system;
    const logs = await provider.getLogs({ address: deployment.addresses.queue, fromBlock: deployment.l1Block });
    const margins: number[] = [];
    for (const hash of new Set(logs.map(({ transactionHash }) => transactionHash))) {
      const { from, gasLimit } = (await provider.getTransaction(hash))!;
      if (from.toLowerCase() !== challenger.sender.address) continue;
      margins.push(Number((await provider.getTransactionReceipt(hash))!.gasUsed) / Number(gasLimit));
    }
    expect(margins.length).to.be.greaterThan(20);
    expect(Math.max(...margins), "most of a gas limit that was used").to.be.lessThan(0.8);
  });
});
