import { expect } from "chai";
import hre from "hardhat";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import type { TransactionReceipt } from "ethers";
import { ClaimsPlayer, type ClaimsMove } from "../../../games/claims";
import type { AnswerMove, StepMove } from "../../../games/claims/moves";
import { depthOf, indexOf, leafOf } from "../../../games/claims/position";
import { edgeId, mutualId, rootPlace } from "../../../games/edges/place";
import { inboxHash } from "../../../games/names";
import type { L1Requests } from "../../../games/l1Requests";
import { openGame } from "../../../games/registry";
import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { hashOf, registerBytes, startRegisters, toyOutput } from "../../../simulator/truths/toy/machine";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { expectPinned } from "../../support/snapshot";
import { BOTTOM, SETUP, SPLIT } from "./labels";
import { Dispute, expectMade, LIE } from "./dispute";
import { ClaimsTable, DEFAULT_CLOCK } from "./table";

const FILE = "gas.claims";
/** Heights as deployed; runs of the toy machine are shorter than those of the program. */
const TALL = { heights: [16, 17, 17], rules: { runSteps: 3000 }, batches: 3 } as const;
const GARBAGE = toHex(word(77));

const isStep = ({ kind }: ClaimsMove): boolean => kind === "step";
const used = (receipt: TransactionReceipt): number => Number(receipt.gasUsed);

describe("The game of claims on the contract", () => {
  before(compileOnce);

  for (const [asserter, who, by] of [
    [0, "liar who attacks the truth", "proof"],
    [1, "liar who asserts", "time"],
  ] as const)
    it(`beats a ${who} by ${by}, wherever the lie begins, and pays every bond to the honest side`, async function () {
      this.timeout(300_000);
      for (let run = 0; run < 2 ** SPLIT; run++) {
        for (let machine = 0; machine < 2; machine++) {
          const dispute = await Dispute.start(SETUP, asserter, { ...LIE, run, machine });
          await dispute.finish();
          const { table, assertion } = dispute;
          const { claims } = (await table.follow()).trees.get(assertion)!;
          const what = `run ${run}, machine ${machine}`;
          expect(claims.length, what).to.equal(BOTTOM + 1);
          expect(claims.some(({ isStepped }) => isStepped) ? "proof" : "time", what).to.equal(by);
          expect(new Set(claims.map(({ payee }) => payee)), what).to.deep.equal(new Set([table.addresses[0]]));
          expect(await table.queue.isAssertionConfirmed(assertion), what).to.equal(asserter === 0);
          let owed = 0n;
          for (const address of table.addresses.slice(0, 5)) owed += (await table.queue.balanceOf(address)) as bigint;
          const ether = await hre.ethers.provider.getBalance(await table.queue.getAddress());
          expect(ether, "all of the contract's ether is balances").to.equal(owed);
        }
      }
    });

  it("refuses what no rule allows, each by its own error", async () => {
    const dispute = await Dispute.start(SETUP);
    const { table, assertion } = dispute;
    const root = (await dispute.plan(1)).find(({ kind }) => kind === "attack") as AnswerMove;
    const play = (move: ClaimsMove, by = 0): Promise<unknown> => table.play(by, move);

    expect(await play({ ...root, parent: 9 })).to.equal("ClaimNotFound");
    expect(await play({ ...root, disputed: GARBAGE })).to.equal("OtherClaim");
    expect(await play({ ...root, kind: "defend" })).to.equal("CannotDefend");
    expect(await play({ ...root, last: GARBAGE })).to.equal("WrongLength");
    expect(await play(root, 9)).to.equal("InsufficientBalance");
    expect(await play({ kind: "resolveClaim", assertion, index: 0 })).to.equal("ClockRunning");
    expect(await play({ kind: "confirm", assertion: GARBAGE })).to.equal("AssertionNotFound");
    const { genesis } = table;
    const origin = { above: genesis.id, start: genesis.outputRoot, inbox: inboxHash(genesis.inbox) };
    const badOrigin = { ...origin, start: GARBAGE };
    expect(await play({ kind: "assertState", origin: badOrigin, output: toyOutput(3) })).to.equal("OriginMismatch");
    const noHeader = { ...toyOutput(3), header: "0x01" as Hex };
    expect(await play({ kind: "assertState", origin, output: noHeader })).to.equal("MalformedHeader");
    await expectMade(table, 1, root);
    expect(await play(root)).to.equal("ClaimExists");

    // The end of a run speaks against what the mover denies, or for what it stands for.
    const [by, end] = await dispute.until((move) => "last" in move && move.last !== "0x");
    expect(await play({ ...(end as AnswerMove), value: GARBAGE }, by)).to.equal("ResultMismatch");
    const { claims: path } = (await table.follow()).trees.get(assertion)!;
    const { parent } = end as AnswerMove;
    const run = indexOf(path[parent].position) + (end.kind === "attack" ? 0 : 1);
    const disputed = path.find(({ position }) => leafOf(position, 0, SPLIT) === run)!;
    const output = (SPLIT - depthOf(disputed.position)) % 2 === 0 ? disputed.value : GARBAGE;
    const machine = { ...startRegisters(genesis.outputRoot, genesis.inbox), status: "halted", output } as const;
    const last = registerBytes(machine);
    expect(await play({ ...(end as AnswerMove), value: hashOf(machine), last }, by)).to.equal("WrongEnd");

    const [stepper, move] = await dispute.until(isStep);
    const step = move as StepMove;
    expect(await play({ ...step, index: 0 })).to.equal("WrongDepth");
    expect(await play({ ...step, origin: { ...origin, start: GARBAGE } })).to.equal("OriginMismatch");
    expect(await play({ ...step, inbox: { ...step.inbox, batchCount: step.inbox.batchCount + 1 } })).to.equal(
      "InboxMismatch",
    );
    const { claims } = (await table.follow()).trees.get(assertion)!;
    const bottom = {
      kind: "attack",
      assertion,
      parent: step.index,
      disputed: claims[step.index].value,
      position: 0,
    } as const;
    expect(await play({ ...bottom, value: GARBAGE, last: "0x" })).to.equal("WrongDepth");
    await expectMade(table, stepper, step);
    expect(await play(step)).to.equal("AlreadyCountered");

    await time.increase(2 * DEFAULT_CLOCK.maxClockSeconds);
    expect(await play({ ...root, value: GARBAGE })).to.equal("ClockExpired");
    expect(await play({ kind: "resolveClaim", assertion, index: 0 })).to.equal("AnswersUnresolved");
    const youngest = claims.length - 1;
    await expectMade(table, 2, { kind: "resolveClaim", assertion, index: youngest });
    expect(await play({ kind: "resolveClaim", assertion, index: youngest })).to.equal("AlreadyResolved");
    expect(await play({ kind: "confirm", assertion })).to.equal("NotWon");
  });

  it("refuses a step that speaks for the claim", async () => {
    const dispute = await Dispute.start(SETUP);
    const { table, assertion } = dispute;
    const [, move] = await dispute.until(isStep);
    const { index, isAttack } = move as StepMove;
    expect(isAttack).to.equal(true);
    const { claims } = (await table.follow()).trees.get(assertion)!;
    const { parent, position } = claims[index];
    // Beside the lie, what L1 computes itself.
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    const leaf = position % 2 ** (BOTTOM - SPLIT - 1);
    const value = truth.steps(table.genesis, 0, leaf >> 1).leaf(leaf & 1);
    const kind = position === 2 * claims[parent].position ? "attack" : "defend";
    const answer = { assertion, parent, disputed: claims[parent].value, position: 0, value, last: "0x" } as const;
    await expectMade(table, 1, { kind, ...answer });
    expect(await table.play(0, { ...(move as StepMove), index: claims.length })).to.equal("ValidStep");
    await expectMade(table, 0, move);
  });

  it("is opened by the registry as the game that its queue names, and followed to the same plan", async () => {
    const dispute = await Dispute.start(SETUP, 1);
    const { table, assertion } = dispute;
    const rpc: L1Requests = { send: (method, params) => hre.ethers.provider.send(method, params as unknown[]) };
    const game = await openGame(rpc, (await table.queue.getAddress()) as Hex, 0);
    const follow = async (): Promise<number> => {
      const { number, timestamp: time, hash, parentHash } = (await hre.ethers.provider.getBlock("latest"))!;
      const head = { number, hash: hash as Hex, parentHash: parentHash as Hex, time };
      await game.follow(head, { has: () => true, finalized: null });
      return time;
    };
    const timestamp = await follow();
    expect([game.heights, game.challengePeriodSeconds]).to.deep.equal([SETUP.heights, DEFAULT_CLOCK.maxClockSeconds]);
    expect(game.assertion(assertion)).to.deep.equal({ created: timestamp, l2BlockNumber: 1 });
    const options = { account: table.addresses[0], from: table.genesis };
    const { moves } = game.player(new ToyTruth(SETUP.rules, SETUP.heights), options).decide();
    expect(moves)
      .to.deep.equal(await dispute.plan(0))
      .and.to.have.length(1);
    expect(game.hasOpenStake(table.addresses[1])).to.equal(true);
    expect(game.hasOpenStake(table.addresses[0])).to.equal(false);
    const to = await table.queue.getAddress();
    await (await table.accounts[0].sendTransaction({ to, data: game.encode(moves) })).wait();
    expect(await table.queue.claimCount(assertion)).to.equal(2n);
    const standing = { staker: table.addresses[1], status: "open", created: timestamp };
    const [before] = game.assertions();
    expect(before).to.deep.include({ ...standing, timerSeconds: 0, isRivalled: false });
    expect(edgeId(rootPlace(0, before.info.origin, SETUP.heights[0]), before.info.outputRoot)).to.equal(assertion);
    expect(before.place).to.equal(mutualId(rootPlace(0, before.info.origin, SETUP.heights[0])));
    const since = (await follow()) - timestamp;
    expect(game.assertions()[0]).to.deep.include({ ...standing, timerSeconds: since, isRivalled: true });
    await time.increase(2 * DEFAULT_CLOCK.maxClockSeconds);
    for (const index of [1, 0]) await (await table.queue.resolveClaim(assertion, index)).wait();
    await follow();
    const timerSeconds = DEFAULT_CLOCK.maxClockSeconds;
    expect(game.assertions()[0]).to.deep.include({ ...standing, status: "slashed", timerSeconds, isRivalled: true });
  });

  it("confirms an undisputed assertion after its clock, after its parent alone, and one at a place", async () => {
    const table = await ClaimsTable.lay(SETUP);
    const truth = new ToyTruth(SETUP.rules, SETUP.heights);
    const player = new ClaimsPlayer(table.parameters, truth, {
      ...{ account: table.addresses[0], from: table.genesis },
      propose: () => true,
    });
    const [assert] = player.decide(await table.follow()).moves;
    await expectMade(table, 0, assert);
    const [child] = player.decide(await table.follow()).moves;
    await expectMade(table, 0, child);
    const [first, second] = [...(await table.follow()).trees.keys()];
    await time.increase(DEFAULT_CLOCK.maxClockSeconds);
    await expectMade(table, 2, { kind: "resolveClaim", assertion: second, index: 0 });
    expect(await table.play(2, { kind: "confirm", assertion: second })).to.equal("ParentNotConfirmed");
    await expectMade(table, 2, { kind: "resolveClaim", assertion: first, index: 0 });
    await expectMade(table, 2, { kind: "confirm", assertion: first });
    await expectMade(table, 2, { kind: "confirm", assertion: second });
    expect(await table.queue.isAssertionConfirmed(second)).to.equal(true);
  });

  it("pins the gas of every move, heights 16, 17, 17", async function () {
    this.timeout(300_000);
    const dispute = await Dispute.start(TALL, 0, { ...LIE, run: 1, machine: 1 });
    expectPinned(FILE, "claims: assert", used(dispute.asserted), 350_000);
    const gas = new Map<string, number>();
    const note = (name: string, receipt: TransactionReceipt): void =>
      void gas.set(name, Math.max(gas.get(name) ?? 0, used(receipt)));
    let [by, move] = await dispute.next();
    for (; move.kind !== "step"; [by, move] = await dispute.next()) {
      const isEnd = "last" in move && move.last !== "0x";
      note(
        isEnd ? "claims: answer with the end of a run" : `claims: ${move.kind}`,
        await expectMade(dispute.table, by, move),
      );
    }
    note("claims: step, the toy prover's included", await expectMade(dispute.table, by, move));
    await time.increase(DEFAULT_CLOCK.maxClockSeconds);
    const { claims } = (await dispute.table.follow()).trees.get(dispute.assertion)!;
    for (let index = claims.length - 1; index >= 0; index--)
      note(
        "claims: resolve",
        await expectMade(dispute.table, 2, { kind: "resolveClaim", assertion: dispute.assertion, index }),
      );
    for (const [name, most] of gas) expectPinned(FILE, name, most, 300_000);
    expect([...gas.keys()].sort()).to.deep.equal([
      "claims: answer with the end of a run",
      "claims: attack",
      "claims: defend",
      "claims: resolve",
      "claims: step, the toy prover's included",
    ]);
  });
});
