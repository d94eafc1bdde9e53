import { expect } from "chai";
import { takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import hre from "hardhat";
import type { Contract, TransactionReceipt } from "ethers";
import { inboxHash } from "../../../games/names";
import { spineOf } from "../../../games/history/history";
import { ZERO_ADDRESS, ZERO_HASH, toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { TRUE, truthAt, type Commitment } from "../../../simulator/lab/games/history";
import type { Move } from "../../../simulator/lab/games/game";
import { toyArguments, toyWitness } from "../../../simulator/truths/toy/machine";
import { expectPinned } from "../../support/snapshot";
import { Play, SETUP } from "./play";
import { TournamentTable, tournamentArguments, type Call } from "./table";

/** Gas of a move at the small heights of this table; the most that its refund counts. */
const MOST = {
  assertState: 500_000,
  join: 400_000,
  advance: 70_000,
  sealMatch: 240_000,
  winByStep: 400_000,
  winByTimeout: 160_000,
  winByInner: 260_000,
  eliminate: 80_000,
  eliminateInner: 80_000,
  confirm: 200_000,
} as const;

describe("The tournament's guards", function () {
  this.timeout(120_000);
  let table: TournamentTable;
  let fresh: SnapshotRestorer;
  const WRONG = toHex(word(7));

  before(async () => {
    table = await TournamentTable.lay(SETUP);
    fresh = await takeSnapshot();
  });
  afterEach(() => fresh.restore());

  /** A call now, of party 0's. @returns the error's name, or null. */
  const refusal = async (call: Call, by = 0): Promise<string | null> => {
    const answer = await table.play(by, call, (await time.latest()) + 1);
    return typeof answer === "string" ? answer : null;
  };

  /** Truth and liar 1, played by the book until the model's next answer of either is of that kind. */
  const until = async (
    kind: Move["kind"],
    isIt = (_: Move): boolean => true,
  ): Promise<{ play: Play; move: Move; by: number }> => {
    const play = new Play(table, 1);
    for (let moves = 0; moves < 60; moves++)
      for (const by of [0, 1]) {
        const { model } = play;
        if (play.start > 0) model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const [move] = model.answers(by, play.parties[by]);
        if (move === undefined) continue;
        if (move.kind === kind && isIt(move)) return { play, move, by };
        expect(await play.both(by, move), move.key).to.equal(true);
      }
    throw new Error(`no ${kind} came`);
  };
  const isInner = ({ on: [tournament] }: Move): boolean => tournament === 1;
  const pass = (seconds: number): Promise<number> => time.increase(seconds);

  it("refuse joins that are late, that stand already, that nobody contests, or that end elsewhere", async () => {
    const { play, move, by } = await until("join", isInner);
    expect(move.on[0], "below level 0").to.equal(1);
    const call = play.callOf(move);
    const [matchId, last, machine, spine] = call.args as [Hex, Hex, Hex, Hex[]];
    expect(await refusal({ name: "join", args: [matchId, WRONG, machine, spine] }, by)).to.equal("NotContested");
    const other = play.model.entries.find(({ final }) => final !== play.model.entries[by].final)!;
    const othersLast = play.histories.contested(1, other.final);
    expect(await refusal({ name: "join", args: [matchId, othersLast, machine, spine] }, by)).to.equal("ResultMismatch");
    expect(await refusal({ name: "join", args: [matchId, last, machine, [...spine, WRONG]] }, by)).to.equal(
      "WrongLength",
    );
    expect(await refusal({ name: "join", args: [WRONG, last, machine, spine] }, by)).to.equal("WrongPhase");
    expect(await refusal(call, 7)).to.equal("InsufficientBalance");
    expect(await refusal(call, by)).to.equal(null);
    expect(await refusal(call, by)).to.equal("AlreadyJoined");
    await fresh.restore();
    const late = await until("join", isInner);
    const inner = await table.queue.tournamentAt(late.play.tournamentIds[1]);
    const end = Number(inner.start) + Number(inner.allowance);
    expect(await table.play(late.by, late.play.callOf(late.move), end)).to.equal("TournamentClosed");
  });

  it("refuse another root than the spine's, and a start that the parent did not fix", async () => {
    const play = new Play(table, 1);
    const { args } = play.callOf(play.model.answers(0, play.parties[0])[0]);
    const [origin, root, output, spine] = args as [object, Hex, object, Hex[]];
    expect(await refusal({ name: "assertState", args: [origin, WRONG, output, spine] })).to.equal("RootMismatch");
    expect(await refusal({ name: "assertState", args: [{ ...origin, start: WRONG }, root, output, spine] })).to.equal(
      "OriginMismatch",
    );
    expect(await refusal({ name: "assertState", args: [origin, root, output, spine] })).to.equal(null);
  });

  it("refuse answers that open another node, come too late, or are of another height or phase", async () => {
    const { play, move, by } = await until("advance");
    const { args } = play.callOf(move);
    const [matchId, left, right, nextLeft, nextRight] = args as Hex[];
    const advance = (...nodes: Hex[]): Call => ({ name: "advance", args: [matchId, ...nodes] });
    expect(await refusal(advance(WRONG, right, nextLeft, nextRight), by)).to.equal("ChildrenMismatch");
    expect(await refusal(advance(left, right, WRONG, nextRight), by)).to.equal("ChildrenMismatch");
    const seal = { name: "sealMatch", args: [matchId, left, right, ZERO_HASH, [], table.inbox] };
    expect(await refusal(seal, by)).to.equal("WrongHeight");
    expect(await refusal({ name: "winByStep", args: [matchId, table.inbox, "0x", ZERO_HASH, ZERO_HASH] })).to.equal(
      "WrongPhase",
    );
    expect(await refusal({ name: "winByTimeout", args: [matchId, left, right] })).to.equal("ClockRunning");
    const { since } = play.model.matches[0];
    const { left: clock } = play.model.entries[play.model.matches[0].one];
    expect(await table.play(by, advance(left, right, nextLeft, nextRight), play.start + since + clock)).to.equal(
      "ClockExpired",
    );
  });

  it("refuse to seal with a state that neither holds, with another inbox, and above the last height", async () => {
    const { play, move, by } = await until("sealInner");
    const { args } = play.callOf(move);
    const [matchId, left, right, agreed, path, inbox] = args as [Hex, Hex, Hex, Hex, Hex[], typeof table.inbox];
    const seal = (...changed: unknown[]): Call => ({ name: "sealMatch", args: [matchId, left, right, ...changed] });
    expect(await refusal(seal(WRONG, path, inbox), by)).to.equal("RootMismatch");
    expect(await refusal(seal(agreed, [...path, WRONG], inbox), by)).to.equal("WrongLength");
    expect(await refusal(seal(agreed, path, { ...inbox, batchCount: 1 }), by)).to.equal("InboxMismatch");
    expect(await refusal({ name: "advance", args: [matchId, left, right, ZERO_HASH, ZERO_HASH] }, by)).to.equal(
      "WrongHeight",
    );
    expect(await refusal(seal(agreed, path, inbox), by)).to.equal(null);
  });

  it("refuse a step that leads to neither leaf, after a clock is over, and with the children of another root", async () => {
    const { play, move, by } = await until("winLeaf");
    const { args } = play.callOf(move);
    const [matchId, inbox, witness, left, right] = args as [Hex, typeof table.inbox, Hex, Hex, Hex];
    const step = (...changed: unknown[]): Call => ({ name: "winByStep", args: [matchId, ...changed] });
    expect(await refusal(step(inbox, "0x12", left, right), by)).to.equal("BadWitness");
    expect(await refusal(step({ ...inbox, batchCount: 1 }, witness, left, right), by)).to.equal("InboxMismatch");
    expect(await refusal(step(inbox, witness, WRONG, right), by)).to.equal("ChildrenMismatch");
    const match = play.model.matches[move.on[0]];
    const least = Math.min(play.model.entries[match.one].left, play.model.entries[match.two].left);
    const over = play.start + match.since + least;
    expect(await table.play(by, step(inbox, witness, left, right), over)).to.equal("ClockExpired");
  });

  it("take a step in the last second of the shorter clock", async () => {
    const { play, move, by } = await until("winLeaf");
    const match = play.model.matches[move.on[0]];
    const least = Math.min(play.model.entries[match.one].left, play.model.entries[match.two].left);
    const call = play.callOf(move);
    expect(await table.play(by, call, play.start + match.since + least - 1)).to.be.an("object");
  });

  it("refuse a step where both sides' leaves are false: only their clocks decide", async () => {
    const play = new Play(table, 1);
    const [first, second] = [1, 2].map((salt): Commitment => {
      const wrong = SETUP.heights.map((height) => ({ salt, from: 0, until: 2 ** height }));
      return { wrong, detour: wrong.map(() => TRUE) };
    });
    play.parties.splice(1, 2, first, second);
    for (let rounds = 0; play.model.matches.at(-1)?.phase !== "leaf"; rounds++)
      for (const by of [1, 2]) {
        expect(rounds).to.be.below(60);
        if (play.start > 0) play.model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const [move] = play.model.answers(by, play.parties[by]);
        if (move !== undefined) await play.both(by, move);
      }
    const id = play.model.matches.length - 1;
    const witness = toyWitness(play.histories.before(play.model.matches[id].tournament, 0), 0);
    const step = { name: "winByStep", args: [play.matchIds[id], table.inbox, witness, ZERO_HASH, ZERO_HASH] };
    expect(await refusal(step)).to.equal("StepMismatch");
  });

  it("tell a side that survives from none, and a tournament that runs from one that is over", async () => {
    const { play, move } = await until("advance");
    const matchId = play.matchIds[move.on[0]];
    const { one, two, since } = play.model.matches[0];
    const [first, second] = [play.model.entries[one].left, play.model.entries[two].left];
    await time.increaseTo(play.start + since + first);
    expect(await refusal({ name: "eliminate", args: [matchId] })).to.equal("WrongSurvivor");
    await time.increaseTo(play.start + since + first + second);
    expect(await refusal({ name: "winByTimeout", args: [matchId, ZERO_HASH, ZERO_HASH] })).to.equal("WrongSurvivor");
    expect(await refusal({ name: "eliminate", args: [matchId] })).to.equal(null);
    // The frozen end: nobody is left, nothing is ever confirmed, nobody's ether moves.
    const assertion = play.assertionOf(0);
    await pass(10_000);
    expect(await refusal({ name: "confirm", args: [assertion] })).to.equal("NotWon");
    expect(await table.queue.isAssertionConfirmed(assertion)).to.equal(false);
    expect((await table.queue.fateOf(assertion)).fate, "lost").to.equal(3n);
  });

  it("keep an inner tournament's end until it is over, and its winner's time", async () => {
    const { play } = await until("join", isInner);
    const [matchId] = play.matchIds;
    const bring = { name: "winByInner", args: [matchId, ZERO_HASH, ZERO_HASH] };
    expect(await refusal(bring)).to.equal("TournamentRunning");
    expect(await refusal({ name: "eliminateInner", args: [matchId] })).to.equal("TournamentRunning");
    const inner = await table.queue.tournamentAt(play.tournamentIds[1]);
    await time.increaseTo(Number(inner.start) + Number(inner.allowance));
    expect(await refusal(bring), "without a winner").to.equal("ClockExpired");
    expect(await refusal({ name: "eliminateInner", args: [matchId] })).to.equal(null);
    await fresh.restore();
    const alone = await until("join", isInner);
    await alone.play.both(alone.by, alone.move);
    const entry = alone.play.model.entries.at(-1)!;
    const stored = await table.queue.tournamentAt(alone.play.tournamentIds[1]);
    const end = Number(stored.start) + Number(stored.allowance);
    await time.increaseTo(end);
    expect(await refusal({ name: "eliminateInner", args: [matchId] }), "with a winner in time").to.equal(
      "ClockRunning",
    );
    await time.increaseTo(end + entry.left);
    expect(await refusal(bring), "too late").to.equal("ClockExpired");
  });

  it("confirm on a confirmed parent alone, once, and nothing that does not stand", async () => {
    const play = new Play(table, 1);
    await play.both(0, play.model.answers(0, truthAt([...SETUP.heights]))[0]);
    const assertion = play.assertionOf(0);
    const confirm = { name: "confirm", args: [assertion] };
    expect(await refusal({ name: "confirm", args: [WRONG] })).to.equal("AssertionNotFound");
    expect(await refusal(confirm), "open to joins").to.equal("NotWon");
    // A child of what is not confirmed yet.
    const { outputRoot } = await table.queue.assertionOf(assertion);
    const child = { above: assertion, start: outputRoot as Hex, inbox: inboxHash(table.inbox) };
    const output = play.histories.output(0, 3);
    const tree = play.histories.treeOf(0, truthAt([...SETUP.heights]).wrong[0], 0);
    const deep = { name: "assertState", args: [child, tree.root, output, spineOf(tree)] };
    const made = await table.play(0, deep, (await time.latest()) + 1);
    const { logs } = made as TransactionReceipt;
    const below = logs
      .map((log) => table.queue.interface.parseLog(log))
      .find((event) => event?.name === "AssertionAdded")!;
    await pass(Number(await table.queue.challengePeriod()));
    expect(await refusal({ name: "confirm", args: [below.args.id] })).to.equal("ParentNotConfirmed");
    expect(await refusal(confirm)).to.equal(null);
    expect(await refusal(confirm), "again").to.equal(null);
    expect(await refusal({ name: "confirm", args: [below.args.id] })).to.equal(null);
    expect(await table.queue.isAssertionConfirmed(below.args.id)).to.equal(true);
  });

  it("refuse a deployment that could not be played, by the parameter's name", async () => {
    const inbox = (await hre.ethers.deployContract("ToyInbox")) as unknown as Contract;
    const prover = await hre.ethers.deployContract("ToyProver", toyArguments(await inbox.getAddress(), SETUP.rules));
    const good = tournamentArguments(SETUP, await inbox.getAddress(), await prover.getAddress());
    const factory = await hre.ethers.getContractFactory("ToyTournament");
    const wide = await hre.ethers.getContractFactory("TournamentQueue");
    const bad: [string, object][] = [
      ["heights", { heights: [0, 1, 1] }],
      ["heights", { heights: [41, 1, 1] }],
      ["bonds", { bonds: [1, 1, 1] }],
      ["bonds", { bonds: [2n ** 96n, 10n ** 18n, 10n ** 18n] }],
      ["responseTime", { responseTime: 0 }],
      ["censorshipTime", { censorshipTime: 2 ** 32 }],
      ["genesisOutputRoot", { genesisOutputRoot: ZERO_HASH }],
      ["inbox", { inbox: ZERO_ADDRESS }],
    ];
    for (const [name, change] of bad)
      await expect(factory.deploy({ ...good, ...change }), name)
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
    await expect(wide.deploy(good)).to.be.revertedWithCustomError(wide, "BadParameter");
    // Bonds that just pay for one match of each level, and a clock that just fits its word.
    const least = SETUP.heights.map((height) => BigInt(height * 70_000 + 900_000) * 50n * 10n ** 9n);
    const { responseSeconds, buildSeconds } = SETUP;
    const longest = 2 ** 32 - 1 - responseSeconds - 2 * (buildSeconds + 2 * responseSeconds);
    const edge = await factory.deploy({ ...good, bonds: least, censorshipTime: longest });
    expect(await edge.challengePeriod()).to.equal(2n ** 32n - 1n);
    for (const level of [0, 1, 2]) {
      const bonds = least.map((bond, at) => (at === level ? bond - 1n : bond));
      await expect(factory.deploy({ ...good, bonds })).to.be.revertedWithCustomError(factory, "BadParameter");
    }
    await expect(factory.deploy({ ...good, censorshipTime: longest + 1 }))
      .to.be.revertedWithCustomError(factory, "BadParameter")
      .withArgs(hre.ethers.encodeBytes32String("censorshipTime"));
    await expect(table.queue.heightOf(3)).to.be.revertedWithCustomError(table.queue, "WrongLevel");
    await expect(table.queue.bondOf(3)).to.be.revertedWithCustomError(table.queue, "WrongLevel");
  });

  it("pin the gas of each move, none above what its refund counts", async () => {
    const play = new Play(table, 1);
    const gas = new Map<string, number>();
    const { play: playCall } = table;
    table.play = async function (by, call, at) {
      const answer = await playCall.call(table, by, call, at);
      if (typeof answer !== "string") gas.set(call.name, Math.max(gas.get(call.name) ?? 0, Number(answer.gasUsed)));
      return answer;
    };
    try {
      for (let rounds = 0; rounds < 200 && !play.model.isOver(); rounds++) {
        if (play.start > 0) play.model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const moves = [0, 1, 2].flatMap((by) => play.model.answers(by, play.parties[by]).map((move) => ({ by, move })));
        const due = play.model.due().map((move) => ({ by: 3, move }));
        const [next] = [...moves, ...due];
        if (next !== undefined) await play.both(next.by, next.move);
        else await time.increaseTo(play.start + play.model.nextDue() - 1);
      }
    } finally {
      table.play = playCall;
    }
    expect(play.model.verdict().outcome).to.equal("true");
    expect([...gas.keys()]).to.include.members([
      "assertState",
      "join",
      "advance",
      "sealMatch",
      "winByStep",
      "winByInner",
      "confirm",
    ]);
    await fresh.restore();
    const { play: timed, move } = await until("advance");
    const [matchId] = timed.matchIds;
    const { one, since } = timed.model.matches[move.on[0]];
    const over = timed.start + since + timed.model.entries[one].left;
    const { two } = timed.model.matches[0];
    const out = over + timed.model.entries[two].left;
    const ways: [Call, number][] = [
      [{ name: "winByTimeout", args: [matchId, ...timed.children(two)] }, over],
      [{ name: "eliminate", args: [matchId] }, out],
    ];
    for (const [call, at] of ways) {
      const before = await takeSnapshot();
      const answer = await table.play(3, call, at);
      gas.set(call.name, Number((answer as TransactionReceipt).gasUsed));
      await before.restore();
    }
    for (const [name, used] of gas)
      expectPinned("gas.tournament", `tournament: ${name}`, used, MOST[name as keyof typeof MOST]);
  });
});
