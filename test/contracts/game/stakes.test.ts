import { expect } from "chai";
import hre from "hardhat";
import { playStakeScript, STAKE_SCRIPTS } from "../../support/game/stakeSuite";
import { Table } from "../../support/game/table";
import { HonestPlayer } from "../../../games/edges";
import { asParent } from "../../../games/edges/truth";
import { unsettled } from "../../../simulator/invariants";
import { expectNone } from "../../support/game/expectNone";
import { ETHER } from "../../../simulator/boards/setup";
import type { SlashMove } from "../../../games/edges/moves";

const [HONEST, LIAR, OTHER] = [0, 1, 2];

/** GAME.md points 14 to 17: stakes, assertions on assertions. */
describe("game: stakes and assertions", () => {
  let table: Table;
  let period: number;
  beforeEach(async () => {
    table = await Table.lay();
    period = table.chain.parameters.challengePeriodSeconds;
  });

  /** The truth alone for a period, and a lie that came too late to stop it. */
  async function decide(): Promise<void> {
    await table.at(0, [HONEST, table.assert(table.truth)]);
    await table.at(period, [LIAR, table.assert(table.lie())], [OTHER, table.confirm(table.root(table.truth))]);
  }

  for (const script of STAKE_SCRIPTS)
    it(`V25 ${script.title}`, async () => {
      expect(await playStakeScript(script)).to.deep.equal([]);
    });

  it("V25 splits a loser's stake: half for those who made moves below the confirmed rival, half burnt, once", async () => {
    await decide();
    const slash = table.slash(table.root(table.lie()), table.root(table.truth));
    for (let i = 0; i < 2; i++) await table.play(OTHER, slash);
    expect(await table.chain.queue.rewardAt(table.root(table.truth).mutualId)).to.equal(8n * ETHER);
    expect(await table.balance(HONEST)).to.equal(1000n * ETHER);
    expect(await table.chain.queue.burnt()).to.equal(8n * ETHER);
    const view = await table.chain.replica();
    const expected = {
      truth: table.truth,
      genesis: table.genesis,
      honest: table.chain.addresses[HONEST],
      deposited: 5000n * ETHER,
    };
    expectNone(unsettled(view, { ...expected, reason: "time" }));
  });

  it("V07 V65 slashes nobody without a confirmed rival, no confirmed edge, and nobody elsewhere", async () => {
    const [mine, theirs] = [table.root(table.truth), table.root(table.lie())];
    await table.at(0, [HONEST, table.assert(table.truth)]);
    await table.at(1, [LIAR, table.assert(table.lie())]);
    expect(await table.refusalOf(HONEST, table.slash(theirs, mine))).to.equal("WrongStatus");
    table = await Table.lay();
    await decide();
    const root = table.root(table.truth);
    expect(await table.refusalOf(LIAR, table.slash(root, root))).to.equal("WrongStatus");
    expect(await table.refusalOf(LIAR, table.slash(root, table.root(table.lie())))).to.equal("WrongStatus");
    const elsewhere = {
      ...table.slash(table.root(table.lie()), root),
      loser: table.down(root, "l", table.truth).at,
    } as SlashMove;
    expect(await table.refusalOf(LIAR, elsewhere)).to.equal("NotRivals");
    expect(await table.refusalOf(LIAR, table.slash(table.root(table.lie({ salt: 5 })), root))).to.equal("EdgeNotFound");
  });

  it("V25 leaves a liar that posts the truth, too, poorer by its stake, less what it spent on gas", async () => {
    const before = await table.balance(LIAR);
    await table.at(0, [LIAR, table.assert(table.truth)]);
    await table.at(period, [LIAR, table.assert(table.lie())], [LIAR, table.confirm(table.root(table.truth))]);
    await table.play(LIAR, table.slash(table.root(table.lie()), table.root(table.truth)));
    const spent = (await table.chain.replica()).edge(table.root(table.truth).id)!.cost;
    const root = table.root(table.truth);
    await table.play(LIAR, { kind: "reward", at: root.at, root: root.root, way: [] });
    expect(before - (await table.balance(LIAR))).to.equal(16n * ETHER - spent);
  });

  it("V22 pays a winner's stake back once", async () => {
    await decide();
    const balance = await table.balance(HONEST);
    await table.play(OTHER, table.confirm(table.root(table.truth)));
    expect(await table.balance(HONEST)).to.equal(balance);
    expect(balance).to.equal(1000n * ETHER);
  });

  it("V23 fails only the withdrawal of one who sends it where it is not taken", async () => {
    const queue = table.chain.queue.connect(table.chain.accounts[LIAR]) as typeof table.chain.queue;
    await expect(queue.withdraw(table.chain.inbox.target)).to.be.revertedWithCustomError(queue, "TransferFailed");
    const to = "0x00000000000000000000000000000000000000dd";
    await (await queue.withdraw(to)).wait();
    expect(await hre.ethers.provider.getBalance(to)).to.equal(1000n * ETHER);
    await (await queue.withdraw(to)).wait();
    expect(await hre.ethers.provider.getBalance(to)).to.equal(1000n * ETHER);
  });

  for (const isParted of [false, true])
    it(`B2 locks at most two stakes of a proposer, ${isParted ? "whose chain another parts each time" : "and one alone"}, and returns all`, async () => {
      const challengePeriodSeconds = 168_000;
      const long = await Table.lay({ challengePeriodSeconds });
      const [honest, stranger] = [HONEST, OTHER].map((by) => long.chain.addresses[by]);
      let proposes = true;
      const player = new HonestPlayer(long.truth, { account: honest, from: long.genesis, propose: () => proposes });
      let most = 0n;
      for (let hour = 0; hour < 20; hour++) {
        // What is to be sent, an hour of 168 after the last; then what the new state asks for.
        await long.at(1000 * hour);
        for (let i = 0; i < 2; i++) {
          const { moves } = player.decide(await long.chain.replica());
          const due = moves.filter(({ kind }) => kind !== "assertState" || i === 0);
          if (due.length > 0) await long.play(HONEST, ...due);
        }
        const locked = 1000n * ETHER - (await long.balance(HONEST));
        if (locked > most) most = locked;
        const view = await long.chain.replica();
        let tip = long.genesis;
        for (let child; (child = view.childrenOf(tip.id)[0]) !== undefined;) tip = asParent(child);
        if (isParted) await long.play(OTHER, long.assert(long.truth, tip));
      }
      expect(most, "after its moves; two while they are made").to.equal(16n * ETHER);
      proposes = false;
      for (let i = 1; i < 4; i++) {
        await long.at(20_000 + i * challengePeriodSeconds);
        const { moves } = player.decide(await long.chain.replica());
        if (moves.length > 0) await long.play(HONEST, ...moves);
      }
      expect(await long.balance(HONEST)).to.equal(1000n * ETHER);
      const edges = [...(await long.chain.replica()).edges.values()];
      expect(edges.filter(({ staker }) => staker === honest).length).to.equal(20);
      expect(edges.filter(({ staker }) => staker === stranger).length).to.equal(isParted ? 20 : 0);
    });

  it("B6 logs nothing for a deposit or a withdrawal of nothing, alone or by the thousand", async () => {
    const { queue, accounts } = table.chain;
    const broke = queue.connect(accounts[9]) as typeof queue;
    for (const call of [broke.deposit({ value: 0 }), broke.withdraw(accounts[9])]) {
      const receipt = await ((await call) as { wait(): Promise<{ logs: unknown[] }> }).wait();
      expect(receipt.logs).to.deep.equal([]);
    }
    const many = Array<string>(1000).fill(queue.interface.encodeFunctionData("deposit"));
    const receipt = await ((await broke.multicall(many)) as { wait(): Promise<{ logs: unknown[] }> }).wait();
    expect(receipt.logs).to.deep.equal([]);
  });

  it("V21 takes no move that needs a stake from one who has none", async () => {
    const queue = table.chain.queue.connect(table.chain.accounts[LIAR]) as typeof table.chain.queue;
    await (await queue.withdraw(table.chain.addresses[LIAR])).wait();
    expect(await table.refusalOf(LIAR, table.assert(table.lie()))).to.equal("InsufficientBalance");
    await table.contest(table.truth, ({ at }) => at.level === 0 && at.height > 0);
    expect(await table.refusalOf(LIAR, table.assert(table.truth))).to.equal(null, "what stands takes no stake");
  });

  it("V06 V63 confirms a child after its parent, and no child of another parent", async () => {
    await table.at(0, [HONEST, table.assert(table.truth)]);
    const first = (await table.chain.replica()).childrenOf(table.genesis.id)[0];
    const parent = { id: first.id, outputRoot: first.outputRoot, inbox: first.childInbox };
    await table.at(10, [HONEST, table.assert(table.truth, parent)]);
    await table.at(period + 20);
    const child = table.root(table.truth, parent);
    expect(await table.refusalOf(HONEST, table.confirm(child))).to.equal("ParentNotConfirmed");
    await table.play(HONEST, table.confirm(table.root(table.truth)), table.confirm(child));
    expect(await table.status(child)).to.equal("confirmed");
    const orphan = { ...parent, id: table.chain.addresses[0].padEnd(66, "0") as `0x${string}` };
    expect(await table.refusalOf(HONEST, table.assert(table.truth, orphan))).to.equal("AssertionNotFound");
  });

  it("V62 never confirms what stands on a false assertion, however long it stands alone", async () => {
    const lie = table.lie();
    await table.at(0, [LIAR, table.assert(lie)]);
    await table.at(1, [HONEST, table.assert(table.truth)]);
    const view = await table.chain.replica();
    const info = view.childrenOf(table.genesis.id).find(({ id }) => id === table.root(lie).id)!;
    const parent = { id: info.id, outputRoot: info.outputRoot, inbox: info.childInbox };
    // Any history at all goes: nobody needs to dispute it.
    const onTop = { ...table.truth, runs: () => lie.runs(table.genesis) } as unknown as typeof lie;
    await table.at(2, [LIAR, table.assert(onTop, parent)]);
    await table.at(4 * period);
    expect(await table.timer(table.root(onTop, parent))).to.be.above(period);
    expect(await table.refusalOf(LIAR, table.confirm(table.root(onTop, parent)))).to.equal("ParentNotConfirmed");
  });

  it("V01 refuses a child that was made for another inbox: what a reorg of L1 leaves behind", async () => {
    await table.at(0, [HONEST, table.assert(table.truth)]);
    const first = (await table.chain.replica()).childrenOf(table.genesis.id)[0];
    const seen = { ...first.childInbox, batchCount: first.childInbox.batchCount + 1 };
    const parent = { id: first.id, outputRoot: first.outputRoot, inbox: seen };
    expect(await table.refusalOf(HONEST, table.assert(table.truth, parent))).to.equal("OriginMismatch");
    expect(await table.refusalOf(HONEST, table.assert(table.truth, { ...parent, inbox: first.childInbox }))).to.equal(
      null,
    );
  });

  it("V28 confirms fifty idle assertions, each on the last, in one list once their time is over", async () => {
    let parent = table.genesis;
    const confirms = [];
    for (let i = 0; i < 50; i++) {
      await table.play(HONEST, table.assert(table.truth, parent));
      const child = table.root(table.truth, parent);
      confirms.push(table.confirm(child));
      const info = (await table.chain.replica()).childrenOf(parent.id)[0];
      parent = { id: info.id, outputRoot: info.outputRoot, inbox: info.childInbox };
    }
    // One stake moves along: one second of block time is the least that lies between two moves here.
    expect(await table.balance(HONEST)).to.equal(984n * ETHER);
    await table.at(2 * period);
    await table.play(OTHER, ...confirms);
    expect(await table.balance(HONEST)).to.equal(1000n * ETHER);
    expect(await table.chain.queue.isAssertionConfirmed(parent.id)).to.equal(true);
  });
});
