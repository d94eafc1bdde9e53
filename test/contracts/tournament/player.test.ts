import { expect } from "chai";
import hre from "hardhat";
import { takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import type { L1Requests } from "../../../games/l1Requests";
import { openGame } from "../../../games/registry";
import { TournamentPlayer, type TournamentGame, type TournamentMove } from "../../../games/tournament";
import { assertionPlace } from "../../../games/names";
import type { Truth } from "../../../games/truth";
import type { AssertionInfo } from "../../../games/types";
import type { Hex, L1Block } from "../../../protocol/types";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { SETUP } from "./play";
import { ETHER, TournamentTable } from "./table";

const LIE = { run: 0, machine: 0, step: 0, salt: 1 };
const MOST_MOVES = 600;

/** Truth (party 0) against lies (parties 1, 2, ...), each by the honest player over its own histories. */
class Dispute {
  readonly truth = new ToyTruth(SETUP.rules, SETUP.heights);
  readonly players: TournamentPlayer[];
  readonly made: string[] = [];

  constructor(
    readonly table: TournamentTable,
    lies: readonly Truth[],
  ) {
    table.rewind();
    const { parameters, genesis: from, addresses } = table;
    const propose = ({ id }: { id: Hex }): boolean => id === from.id;
    this.players = [this.truth, ...lies].map(
      (own, i) => new TournamentPlayer(parameters, own, { account: addresses[i], from, propose }),
    );
  }

  async plan(by: number): Promise<TournamentMove[]> {
    return this.players[by].decide(await this.table.follow()).moves;
  }

  async make(by: number, move: TournamentMove): Promise<void> {
    const answer = await this.table.make(by, move);
    expect(typeof answer === "string" ? answer : "made", `${move.kind} of ${by}`).to.equal("made");
    this.made.push(`${move.kind} ${by}`);
  }

  /** The first move of whoever has one, in the order of `turns`. */
  async next(turns: readonly number[]): Promise<[by: number, move: TournamentMove] | null> {
    for (const by of turns) {
      const [move] = await this.plan(by);
      if (move !== undefined) return [by, move];
    }
    return null;
  }

  /** Plays until the truth's tournament is settled, and lets time pass where nobody is to move. */
  async finish(turns: readonly number[]): Promise<void> {
    const place = assertionPlace(this.table.origin, SETUP.heights[0]);
    for (let moves = 0; moves < MOST_MOVES; moves++) {
      if ((await this.table.follow()).tournaments.get(place)?.isSettled) return;
      const turn = await this.next(turns);
      if (turn === null) await time.increase(1);
      else await this.make(...turn);
    }
    throw new Error(`not settled after ${MOST_MOVES} moves: ${this.made.join(", ")}`);
  }

  assertions(): Promise<AssertionInfo[]> {
    return this.table.follow().then(({ assertions }) => [...assertions.values()]);
  }
}

describe("The player of tournaments on the contract", function () {
  this.timeout(300_000);
  let table: TournamentTable;
  let fresh: SnapshotRestorer;

  before(async () => {
    table = await TournamentTable.lay(SETUP);
    fresh = await takeSnapshot();
  });
  afterEach(() => fresh.restore());

  for (const [who, turns] of [
    ["answers first", [0, 1]],
    ["answers second", [1, 0]],
  ] as const)
    it(`shows the very step at which a lie begins, wherever that is, where the truth ${who}`, async () => {
      for (const run of [0, 3])
        for (const [machine, step] of [
          [0, 0],
          [0, 1],
          [1, 0],
        ]) {
          const what = `run ${run}, machine ${machine}, step ${step}`;
          const truth = new ToyTruth(SETUP.rules, SETUP.heights);
          const dispute = new Dispute(table, [new LyingTruth(truth, { ...LIE, run, machine, step })]);
          await dispute.finish(turns);
          const replica = await table.follow();
          const matches = [...replica.matches.values()];
          expect(
            matches.map(({ end }) => end),
            what,
          ).to.deep.equal(["inner", "inner", "step"]);
          // Padded leaves below the last step of a run are all the machine that has stopped.
          expect(
            matches.map(({ position }) => position),
            what,
          ).to.deep.equal([run, machine, step]);
          expect(
            dispute.made.filter((move) => move.startsWith("winByStep")),
            what,
          ).to.deep.equal(["winByStep 0"]);
          const own = (await dispute.assertions()).find(({ root }) => root === truth.runs(table.genesis).tree.root)!;
          expect(await table.queue.isAssertionConfirmed(own.id), what).to.equal(true);
          expect(replica.isConfirmed(own.id), what).to.equal(true);
          await expectWhole(table);
          await fresh.restore();
        }
    });

  it("beats a lie that is told too late to be answered in turns, and one that falls silent, by time", async () => {
    const lie = new LyingTruth(new ToyTruth(SETUP.rules, SETUP.heights), LIE);
    const silent = new Dispute(table, [lie]);
    await silent.make(0, (await silent.plan(0))[0]);
    await silent.make(1, (await silent.plan(1))[0]);
    await silent.finish([0]);
    const [match] = (await table.follow()).matches.values();
    expect(match.end).to.equal("time");
    await expectWhole(table);
    await fresh.restore();

    // Three seconds before joining ends: no more is left on its clock, and each answer is forgiven.
    const late = new Dispute(table, [lie]);
    await late.make(0, (await late.plan(0))[0]);
    const { start, allowance } = [...(await table.follow()).tournaments.values()][0];
    await time.increaseTo(start + allowance - 4);
    const [join] = await late.plan(1);
    await late.make(1, join);
    await late.finish([0, 1]);
    expect((await table.follow()).isConfirmed((await late.assertions())[0].id)).to.equal(true);
    await fresh.restore();

    // And no later: nothing is planned that L1 would refuse.
    const shut = new Dispute(table, [lie]);
    await shut.make(0, (await shut.plan(0))[0]);
    await time.increaseTo(start + allowance - 1);
    expect(
      (await shut.plan(1)).map(({ kind }) => kind),
      "the last second",
    ).to.deep.equal(["assertState"]);
    await time.increaseTo(start + allowance);
    expect(await shut.plan(1)).to.deep.equal([]);
    expect((await shut.plan(0)).map(({ kind }) => kind)).to.deep.equal(["confirm"]);
  });

  it("beats three lies that fight each other, too, and pays the winner's claimer its bond and a tenth", async () => {
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    const lies = [1, 2, 3].map((salt) => new LyingTruth(truth, { ...LIE, run: salt % 3, salt }));
    const dispute = new Dispute(table, lies);
    const before = (await table.queue.balanceOf(table.addresses[0])) as bigint;
    await dispute.finish([1, 2, 0, 3]);
    const own = (await dispute.assertions()).find(({ root }) => root === truth.runs(table.genesis).tree.root)!;
    expect(await table.queue.isAssertionConfirmed(own.id)).to.equal(true);
    const after = (await table.queue.balanceOf(table.addresses[0])) as bigint;
    expect(after > before, "the honest side is not the poorer for it, bonds and refunds alone").to.equal(true);
    expect(((await table.queue.burnt()) as bigint) > ETHER).to.equal(true);
    await expectWhole(table);
  });

  it("leaves a tournament in which it is out alone, and says so where another was confirmed", async () => {
    const lie = new LyingTruth(new ToyTruth(SETUP.rules, SETUP.heights), LIE);
    const dispute = new Dispute(table, [lie]);
    await dispute.make(0, (await dispute.plan(0))[0]);
    await dispute.make(1, (await dispute.plan(1))[0]);
    // The truth, which is to answer first, is kept out of L1 for all of its clock.
    await time.increase(table.parameters.allowanceSeconds);
    await dispute.finish([1]);
    const plan = dispute.players[0].decide(await table.follow());
    expect([plan.moves, plan.contradicted]).to.deep.equal([[], [table.genesis.id]]);
  });

  it("is opened by the registry as the game that its queue names, and followed to the same plan", async () => {
    const dispute = new Dispute(table, [new LyingTruth(new ToyTruth(SETUP.rules, SETUP.heights), LIE)]);
    await dispute.make(1, (await dispute.plan(1))[0]);
    const rpc: L1Requests = { send: (method, params) => hre.ethers.provider.send(method, params as unknown[]) };
    const game = (await openGame(rpc, (await table.queue.getAddress()) as Hex, 0)) as TournamentGame;
    expect(game.parameters).to.deep.equal(table.parameters);
    const head = await headOf();
    await game.follow(head, { has: () => true, finalized: null });
    const [lie] = await dispute.assertions();
    const { allowanceSeconds } = table.parameters;
    expect(game.assertion(lie.id)).to.deep.equal({ created: head.time, l2BlockNumber: 1 });
    const [account, liar] = table.addresses;
    const player = game.player(dispute.truth, { account, from: table.genesis });
    const plan = player.decide();
    expect(plan.moves)
      .to.deep.equal(await dispute.plan(0))
      .and.to.have.length(1);
    expect([plan.stake, game.stakeOf(plan.moves[0] as TournamentMove)]).to.deep.equal([ETHER, ETHER]);
    expect(plan.staked[0].slackSeconds).to.equal(table.parameters.allowanceSeconds);
    const { start, inbox } = lie.origin;
    expect(game.isTooLate(start, inbox)).to.equal(false);
    expect([game.hasOpenStake(liar), game.hasOpenStake(account)]).to.deep.equal([true, false]);
    const to = await table.queue.getAddress();
    await (await table.accounts[0].sendTransaction({ to, data: game.encode(plan.moves as TournamentMove[]) })).wait();
    await game.follow(await headOf(), { has: () => true, finalized: null });
    const told = game.assertions().map(({ staker, status, isRivalled }) => [staker, status, isRivalled]);
    expect(told).to.deep.equal([
      [liar, "open", true],
      [account, "open", true],
    ]);
    // Half a clock is enough for the way down, a second less is not.
    await time.increaseTo(head.time + Math.ceil(allowanceSeconds / 2 - 1));
    await game.follow(await headOf(), { has: () => true, finalized: null });
    expect([game.isTooLate(start, inbox), game.isTooLate(inbox, start)]).to.deep.equal([false, false]);
    await time.increaseTo(head.time + Math.ceil(allowanceSeconds / 2));
    await game.follow(await headOf(), { has: () => true, finalized: null });
    expect(game.isTooLate(start, inbox)).to.equal(true);
    const stands = await table.queue.commitmentAt(game.assertions()[1].place, game.assertions()[1].info.root);
    expect(stands.standing).to.equal(2n);
  });

  it("goes on from a copy of its state as from the state itself", async () => {
    const dispute = new Dispute(table, [new LyingTruth(new ToyTruth(SETUP.rules, SETUP.heights), LIE)]);
    for (let moves = 0; moves < 7; moves++) await dispute.make(...(await dispute.next([0, 1]))!);
    const replica = await table.follow();
    const copy = replica.copy();
    expect(copy).to.deep.equal(replica);
    const plans = [replica, copy].map((one) => dispute.players.map((player) => player.decide(one)));
    expect(plans[1]).to.deep.equal(plans[0]);
    const before = replica.copy();
    await dispute.make(...(await dispute.next([0, 1]))!);
    expect(await table.follow()).not.to.deep.equal(before);
    expect(copy).to.deep.equal(before);
  });

  it("confirms a chain of assertions, parents first", async () => {
    const { parameters, genesis: from, addresses } = table;
    table.rewind();
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    const player = new TournamentPlayer(parameters, truth, { account: addresses[0], from, propose: () => true });
    const [first] = player.decide(await table.follow()).moves;
    expect(await table.make(0, first)).to.be.an("object");
    const [second] = player.decide(await table.follow()).moves;
    expect(second.kind).to.equal("assertState");
    expect(await table.make(0, second)).to.be.an("object");
    await time.increase(parameters.allowanceSeconds);
    const { moves } = player.decide(await table.follow());
    expect(moves.map(({ kind }) => kind)).to.deep.equal(["confirm", "confirm", "assertState"]);
    expect(await table.make(0, moves[1])).to.equal("ParentNotConfirmed");
    for (const move of moves.slice(0, 2)) expect(await table.make(0, move)).to.be.an("object");
    const replica = await table.follow();
    for (const id of replica.assertions.keys()) expect(await table.queue.isAssertionConfirmed(id)).to.equal(true);
    expect(player.decide(replica).moves.map(({ kind }) => kind)).to.deep.equal(["assertState"]);
  });
});

async function headOf(): Promise<L1Block> {
  const { number, hash, parentHash, timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
  return { number, hash: hash as Hex, parentHash: parentHash as Hex, time: timestamp };
}

/** All of the contract's ether is balances, pools of tournaments that run, and what was burnt. */
async function expectWhole(table: TournamentTable): Promise<void> {
  const { queue, addresses } = table;
  let owed = (await queue.burnt()) as bigint;
  for (const address of addresses.slice(0, 6)) owed += (await queue.balanceOf(address)) as bigint;
  for (const id of (await table.follow()).tournaments.keys())
    owed += ((await queue.tournamentAt(id)) as { pool: bigint }).pool;
  expect(await hre.ethers.provider.getBalance(await queue.getAddress())).to.equal(owed);
}
