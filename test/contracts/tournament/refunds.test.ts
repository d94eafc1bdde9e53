import { expect } from "chai";
import {
  setNextBlockBaseFeePerGas,
  takeSnapshot,
  time,
  type SnapshotRestorer,
} from "@nomicfoundation/hardhat-network-helpers";
import type { TransactionReceipt } from "ethers";
import { assertionPlace } from "../../../games/names";
import { toHex, word, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import type { Move } from "../../../simulator/lab/games/game";
import { Play, SETUP } from "./play";
import { TournamentTable, type Call } from "./table";

const GWEI = 10n ** 9n;
const WRONG = toHex(word(7));
/** Gas that the refund of a call counts (docs/spec/17-tournament.md#174-bonds); none for the others. */
const COUNTED: Record<string, bigint> = {
  ...{ advance: 70_000n, sealMatch: 240_000n, winByStep: 400_000n, winByInner: 260_000n },
  ...{ winByTimeout: 160_000n, eliminate: 80_000n, eliminateInner: 80_000n },
};

describe("The tournament's refunds, and what is told of it", function () {
  this.timeout(120_000);
  let table: TournamentTable;
  let fresh: SnapshotRestorer;

  before(async () => {
    table = await TournamentTable.lay(SETUP);
    fresh = await takeSnapshot();
  });
  afterEach(() => fresh.restore());

  /** Truth and liar 1 by the book, up to the first move that `isIt`. */
  const until = async (play: Play, isIt: (move: Move) => boolean): Promise<{ move: Move; by: number }> => {
    for (let moves = 0; moves < 60; moves++)
      for (const by of [0, 1]) {
        if (play.start > 0) play.model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const [move] = play.model.answers(by, play.parties[by]);
        if (move === undefined) continue;
        if (isIt(move)) return { move, by };
        expect(await play.both(by, move), move.key).to.equal(true);
      }
    throw new Error("no such move came");
  };
  const now = async (by: number, call: Call): Promise<string | TransactionReceipt> =>
    table.play(by, call, (await time.latest()) + 1);
  const refundOf = ({ logs }: TransactionReceipt): bigint => {
    const events = logs.map((log) => table.queue.interface.parseLog(log));
    return events.reduce((sum, event) => sum + (event?.name === "Refunded" ? (event.args.amount as bigint) : 0n), 0n);
  };

  it("pay each move of a whole dispute what its count of gas costs at its price, and no other call", async () => {
    const play = new Play(table, 1);
    const seen = new Set<string>();
    const { play: playCall } = table;
    table.play = async function (by, call, at) {
      const answer = await playCall.call(table, by, call, at);
      if (typeof answer === "string") return answer;
      seen.add(call.name);
      expect(refundOf(answer), call.name).to.equal((COUNTED[call.name] ?? 0n) * answer.gasPrice);
      return answer;
    };
    try {
      for (let rounds = 0; rounds < 200 && !play.model.isOver(); rounds++) {
        if (play.start > 0) play.model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const moves = [0, 1].flatMap((by) => play.model.answers(by, play.parties[by]).map((move) => ({ by, move })));
        const [next] = [...moves, ...play.model.due().map((move) => ({ by: 3, move }))];
        if (next !== undefined) await play.both(next.by, next.move);
        else await time.increaseTo(play.start + play.model.nextDue() - 1);
      }
    } finally {
      table.play = playCall;
    }
    expect([...seen]).to.include.members(["assertState", "join", "advance", "sealMatch", "winByStep", "winByInner"]);
  });

  for (const [what, baseFee, tip, price] of [
    ["all of a small tip", 3n, 9n, 12n],
    ["ten gwei of a large tip", 3n, 40n, 13n],
    ["fifty gwei where the base fee is more", 60n, 1n, 50n],
  ] as const)
    it(`pay ${what}`, async () => {
      const play = new Play(table, 1);
      const { move, by } = await until(play, ({ kind }) => kind === "advance");
      const { name, args } = play.callOf(move);
      const data = table.queue.interface.encodeFunctionData(name, args);
      await setNextBlockBaseFeePerGas(baseFee * GWEI);
      const fees = { maxFeePerGas: 100n * GWEI, maxPriorityFeePerGas: tip * GWEI };
      const sent = await table.accounts[by].sendTransaction({ to: await table.queue.getAddress(), data, ...fees });
      expect(refundOf((await sent.wait())!)).to.equal(COUNTED.advance * price * GWEI);
    });

  it("take an assertion that stands for what stands, and its rival for a challenge", async () => {
    const play = new Play(table, 1);
    const first = play.callOf(play.model.answers(0, play.parties[0])[0]);
    await play.both(0, play.model.answers(0, play.parties[0])[0]);
    const before = (await table.queue.balanceOf(table.addresses[2])) as bigint;
    const again = await now(2, first);
    expect((again as TransactionReceipt).logs, "nothing happens").to.deep.equal([]);
    expect(await table.queue.balanceOf(table.addresses[2])).to.equal(before);
    const assertion = play.assertionOf(0);
    const place = assertionPlace(table.origin, SETUP.heights[0]);
    const told = async (): Promise<unknown[]> => [
      await table.queue.isChallenged(assertion, place),
      (await table.queue.fateOf(assertion)).fate,
    ];
    expect(await told()).to.deep.equal([false, 0n]);
    await play.both(1, play.model.answers(1, play.parties[1])[0]);
    expect(await told(), "rivalled").to.deep.equal([true, 1n]);
  });

  it("confirm nothing that only waits, and settle once", async () => {
    const play = new Play(table, 1);
    await play.both(0, play.model.answers(0, play.parties[0])[0]);
    const assertion = play.assertionOf(0);
    await time.increase(Number(await table.queue.challengePeriod()));
    expect(await table.queue.isAssertionConfirmed(assertion), "it waits alone").to.equal(false);
    const confirm = { name: "confirm", args: [assertion] };
    expect(((await now(3, confirm)) as TransactionReceipt).logs).to.have.length(1);
    expect(await table.queue.isAssertionConfirmed(assertion)).to.equal(true);
    expect(((await now(3, confirm)) as TransactionReceipt).logs, "again").to.deep.equal([]);
  });

  it("burn the bonds of an inner tournament whose winner comes too late", async () => {
    const play = new Play(table, 1);
    const { move, by } = await until(play, ({ kind, on: [tournament] }) => kind === "join" && tournament === 1);
    await play.both(by, move);
    const inner = play.tournamentIds[1];
    const { start, allowance, pool } = await table.queue.tournamentAt(inner);
    expect(pool, "one bond").to.equal(await table.queue.bondOf(1));
    await time.increaseTo(Number(start) + Number(allowance) + play.model.entries.at(-1)!.left);
    // The clocks of the match above stand still: it is not over by itself.
    expect(await now(3, { name: "eliminate", args: [play.matchIds[0]] })).to.equal("WrongPhase");
    const before = (await table.queue.burnt()) as bigint;
    expect(await now(3, { name: "eliminateInner", args: [play.matchIds[0]] })).to.be.an("object");
    expect(((await table.queue.burnt()) as bigint) - before).to.equal(pool);
    const { pool: left, isSettled } = await table.queue.tournamentAt(inner);
    expect([left, isSettled]).to.deep.equal([0n, true]);
  });

  it("refuse a machine's bytes where only its hash is contested", async () => {
    const play = new Play(table, 1);
    const { move, by } = await until(play, ({ kind, on: [tournament] }) => kind === "join" && tournament === 2);
    const { args } = play.callOf(move);
    const [matchId, last, , spine] = args as [Hex, Hex, Hex, Hex[]];
    expect(await now(by, { name: "join", args: [matchId, last, "0x01", spine] })).to.equal("WrongLength");
    expect(await now(by, { name: "join", args })).to.be.an("object");
  });

  it("ask for the state before the first leaf, too, without a path, and for a path to every other", async () => {
    const seen = new Set<boolean>();
    for (let seed = 1; seed <= 12 && seen.size < 2; seed++) {
      table.rewind();
      const play = new Play(table, seed);
      const { move, by } = await until(play, ({ kind }) => kind === "sealInner");
      const { args } = play.callOf(move);
      const [matchId, left, right, agreed, path, inbox] = args as [Hex, Hex, Hex, Hex, Hex[], object];
      seen.add(path.length === 0);
      const seal = (...changed: unknown[]): Call => ({ name: "sealMatch", args: [matchId, left, right, ...changed] });
      const other = { name: "sealMatch", args: [matchId, WRONG, right, agreed, path, inbox] };
      expect(await now(by, other), `seed ${seed}`).to.equal("ChildrenMismatch");
      expect(await now(by, seal(WRONG, path, inbox)), `seed ${seed}`).to.equal("RootMismatch");
      expect(await now(by, seal(agreed, [...path, ZERO_HASH], inbox)), `seed ${seed}`).to.equal("WrongLength");
      expect(await now(by, seal(agreed, path, inbox)), `seed ${seed}`).to.be.an("object");
      await fresh.restore();
    }
    expect(seen.size, "both kinds of leaves").to.equal(2);
  });
});
