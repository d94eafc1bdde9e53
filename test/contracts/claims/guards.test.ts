import { expect } from "chai";
import hre from "hardhat";
import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { edgeId, mutualId, rootPlace } from "../../../games/edges/place";
import type { AnswerMove } from "../../../games/claims/moves";
import { depthOf, indexOf, leafOf } from "../../../games/claims/position";
import { toHex, word, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import {
  hashOf,
  registerBytes,
  registersAfter,
  startRegisters,
  toyOutput,
  toyOutputRoot,
  toyWitness,
} from "../../../simulator/truths/toy/machine";
import { Dispute, expectMade, LIE, originOf } from "./dispute";
import { BOTTOM, SETUP, SPLIT } from "./labels";
import { claimsArguments, ClaimsTable, DEFAULT_CLOCK } from "./table";

const ETHER = 10n ** 18n;
const { maxClockSeconds: CLOCK, clockExtensionSeconds: EXTENSION, stepSeconds: STEP } = DEFAULT_CLOCK;
const OTHER = toHex(word(78));

/** Seconds that a move leaves its side at least, by its depth. */
const LEAST_LEFT: Record<number, number> = { [SPLIT - 1]: 2 * EXTENSION, [BOTTOM - 1]: EXTENSION + STEP };

/** Parameters that are refused, and beside each the last that is not. */
const BOUNDS: [name: string, wrong: unknown, right: unknown][] = [
  ["heights", [0, 1, 1], [1, 1, 1]],
  ["heights", [1, 41, 1], [1, 40, 1]],
  ["heights", [21, 21, 20], [21, 20, 20]],
  ["bond", 0n, 1n],
  ["bond", 2n ** 96n, 2n ** 96n - 1n],
  ["bondGrowth", ETHER - 1n, ETHER],
  ["bondGrowth", 2n * ETHER + 1n, 2n * ETHER],
  ["maxClock", 0, 2 * EXTENSION],
  ["maxClock", 2 ** 32, 2 ** 32 - 1],
  ["clockExtension", 0, 1],
  ["clockExtension", CLOCK / 2 + 1, CLOCK / 2],
  ["stepTime", CLOCK - EXTENSION + 1, CLOCK - EXTENSION],
];

describe("The guards of claims", () => {
  let table: ClaimsTable;
  beforeEach(async () => void (table = await ClaimsTable.lay(SETUP)));

  const assertionWith = (block: number): Hex =>
    edgeId(rootPlace(0, originOf(table), SPLIT), toyOutputRoot(toyOutput(block)));
  /** Somebody's assertion that `block` is the end. */
  const assertEnd = async (by: number, block: number): Promise<Hex> => {
    await expectMade(table, by, { kind: "assertState", origin: originOf(table), output: toyOutput(block) });
    return assertionWith(block);
  };
  const isChallenged = (assertion: Hex): Promise<boolean> =>
    table.queue.isChallenged(assertion, mutualId(rootPlace(0, originOf(table), SPLIT))) as Promise<boolean>;
  const resolve = (assertion: Hex, index: number) => ({ kind: "resolveClaim", assertion, index }) as const;

  for (const [name, wrong, right] of BOUNDS)
    it(`make no queue with ${name} ${String(wrong)}, and one with ${String(right)}`, async () => {
      const [inbox, prover] = [(await table.queue.inbox()) as string, (await table.queue.prover()) as string];
      const made = (value: unknown) => {
        const argument = { ...claimsArguments(SETUP, inbox, prover), [name]: value };
        return hre.ethers.deployContract("ToyClaims", [argument]);
      };
      await expect(made(wrong))
        .to.be.revertedWithCustomError(table.queue, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
      await made(right);
    });

  it("make no queue without a genesis, and know three levels", async () => {
    const [inbox, prover] = [(await table.queue.inbox()) as string, (await table.queue.prover()) as string];
    const argument = { ...claimsArguments(SETUP, inbox, prover), genesisOutputRoot: ZERO_HASH };
    const made = hre.ethers.deployContract("ToyClaims", [argument]);
    await expect(made).to.be.revertedWithCustomError(table.queue, "BadParameter");
    const heights = await Promise.all([0, 1, 2].map((level) => table.queue.heightOf(level) as Promise<bigint>));
    expect(heights.map(Number)).to.deep.equal(SETUP.heights);
    await expect(table.queue.heightOf(3)).to.be.revertedWithCustomError(table.queue, "WrongLevel");
  });

  it("take an answer in the last second of a clock and none after it, and leave each side its extension", async () => {
    const dispute = await Dispute.start(SETUP);
    ({ table } = dispute);
    for (let depth = 1; depth <= BOTTOM; depth++) {
      const [by, move] = await dispute.next();
      const { parent } = move as AnswerMove;
      const above = await table.queue.claimAt(dispute.assertion, parent);
      const grandparent = await table.queue.claimAt(dispute.assertion, above.parent as bigint);
      const before = depth === 1 ? 0 : Number(grandparent.used);
      const end = Number(above.stamp) + CLOCK - before;
      const fresh = await takeSnapshot();
      expect(await table.play(by, move, end), `depth ${depth}`).to.equal("ClockExpired");
      await fresh.restore();
      expect(await table.play(by, move, end - 1), `depth ${depth}`).to.be.an("object");
      const { used } = await table.queue.claimAt(dispute.assertion, depth);
      expect(Number(used), `depth ${depth}`).to.equal(CLOCK - (LEAST_LEFT[depth] ?? EXTENSION));
    }
    // The step has what is left of the clock, too.
    const [by, step] = await dispute.next();
    const last = await table.queue.claimAt(dispute.assertion, BOTTOM);
    const end = Number(last.stamp) + EXTENSION + STEP;
    const fresh = await takeSnapshot();
    expect(await table.play(by, step, end)).to.equal("ClockExpired");
    await fresh.restore();
    expect(await table.play(by, step, end - 1)).to.be.an("object");
  });

  it("let no root of a trace be defended", async () => {
    const dispute = await Dispute.start(SETUP);
    await dispute.until((move) => "parent" in move && move.parent === SPLIT + 1);
    const { value } = await dispute.table.queue.claimAt(dispute.assertion, SPLIT + 1);
    const { assertion } = dispute;
    const answer = {
      assertion,
      parent: SPLIT + 1,
      disputed: value as Hex,
      position: 0,
      value: OTHER,
      last: "0x",
    } as const;
    expect(await dispute.table.play(0, { kind: "defend", ...answer })).to.equal("CannotDefend");
    await expectMade(dispute.table, 0, { kind: "attack", ...answer });
  });

  it("ask whoever denies an output for another end, and whoever stands for it for that very one", async () => {
    const seen = new Set<boolean>();
    for (let run = 0; run < 2 ** SPLIT; run++) {
      const dispute = await Dispute.start(SETUP, 0, { ...LIE, run });
      const [by, end] = await dispute.until((move) => "last" in move && move.last !== "0x");
      const { trees } = await dispute.table.follow();
      const { claims } = trees.get(dispute.assertion)!;
      const { parent, kind } = end as AnswerMove;
      const ended = indexOf(claims[parent].position) + (kind === "attack" ? 0 : 1);
      const disputed = claims.find(({ position }) => leafOf(position, 0, SPLIT) === ended)!;
      const isDenied = (SPLIT - depthOf(disputed.position)) % 2 === 0;
      seen.add(isDenied);
      const { outputRoot, inbox } = dispute.table.genesis;
      const output = isDenied ? disputed.value : OTHER;
      const machine = { ...startRegisters(outputRoot, inbox), status: "halted", output } as const;
      const wrong = { ...(end as AnswerMove), value: hashOf(machine), last: registerBytes(machine) };
      expect(await dispute.table.play(by, wrong), `run ${run}`).to.equal("WrongEnd");
      await expectMade(dispute.table, by, end);
    }
    expect([...seen].sort()).to.deep.equal([false, true]);
  });

  it("let nobody step on a true claim at the bottom, neither from the state before it nor to the one behind", async () => {
    // The liar asserts, so that the truth makes the last claim.
    const dispute = await Dispute.start(SETUP, 1);
    for (let depth = 1; depth <= BOTTOM; depth++) {
      const [by, move] = await dispute.next();
      await expectMade(dispute.table, by, move);
    }
    const { table: played, assertion } = dispute;
    const { position, claimant } = await played.queue.claimAt(assertion, BOTTOM);
    expect((claimant as string).toLowerCase()).to.equal(played.addresses[0]);
    const leaf = Number(position) % 2 ** (BOTTOM - SPLIT - 1);
    const { genesis } = played;
    const witness = (steps: number): Hex =>
      toyWitness(registersAfter(SETUP.rules, 0, genesis.inbox, genesis.outputRoot, steps), 0);
    const step = { kind: "step", assertion, index: BOTTOM, origin: originOf(played), inbox: genesis.inbox } as const;
    expect(await played.play(1, { ...step, isAttack: true, witness: witness(leaf) })).to.equal("ValidStep");
    expect(await played.play(1, { ...step, isAttack: false, witness: witness(leaf + 1) })).to.equal("ValidStep");
  });

  it("let an early answer keep what it has not used", async () => {
    const dispute = await Dispute.start(SETUP);
    ({ table } = dispute);
    const { stamp } = await table.queue.claimAt(dispute.assertion, 0);
    const [by, move] = await dispute.next();
    expect(await table.play(by, move, Number(stamp) + 7)).to.be.an("object");
    expect(Number((await table.queue.claimAt(dispute.assertion, 1)).used)).to.equal(7);
  });

  it("resolve a claim in the second in which its opponents' time is over, not before", async () => {
    const assertion = await assertEnd(0, 4);
    const end = Number((await table.queue.claimAt(assertion, 0)).stamp) + CLOCK;
    const fresh = await takeSnapshot();
    expect(await table.play(2, resolve(assertion, 0), end - 1)).to.equal("ClockRunning");
    await fresh.restore();
    expect(await table.play(2, resolve(assertion, 0), end)).to.be.an("object");
  });

  for (const order of [
    [2, 4, 3],
    [3, 4, 2],
    [4, 3, 2],
  ])
    it(`pay the left-most answer, of two at one place the older, resolved in the order ${order.join(", ")}`, async () => {
      const assertion = await assertEnd(1, 4);
      const answer = async (by: number, kind: AnswerMove["kind"], parent: number, salt: number): Promise<void> => {
        const disputed = (await table.queue.claimAt(assertion, parent)).value as Hex;
        const move = { kind, assertion, parent, disputed, position: 0, value: toHex(word(salt)), last: "0x" } as const;
        await expectMade(table, by, move);
      };
      // Of account n is claim n, but for the root, which is of account 1, too.
      await answer(1, "attack", 0, 1);
      await answer(2, "defend", 1, 2);
      await answer(3, "attack", 1, 3);
      await answer(4, "attack", 1, 4);
      await time.increase(CLOCK);
      expect(await table.play(0, resolve(assertion, 1))).to.equal("AnswersUnresolved");
      const before = await Promise.all(table.addresses.slice(0, 5).map((one) => table.queue.balanceOf(one)));
      for (const index of [...order, 1, 0]) await expectMade(table, 0, resolve(assertion, index));
      const after = await Promise.all(table.addresses.slice(0, 5).map((one) => table.queue.balanceOf(one)));
      const bonds = await Promise.all([0, 1, 2].map((depth) => table.queue.bondOf(depth) as Promise<bigint>));
      const won = after.map((one, account) => (one as bigint) - (before[account] as bigint));
      // Whoever resolves gains nothing; the root stands, since the claim against it was countered.
      expect(won).to.deep.equal([0n, bonds[0], bonds[2], bonds[2] + bonds[1], bonds[2]]);
      expect((await table.queue.claimAt(assertion, 1)).counteredBy.toLowerCase()).to.equal(table.addresses[3]);
      await expectMade(table, 0, { kind: "confirm", assertion });
    });

  it("ask for a bond that grows with the depth", async () => {
    for (let depth = 0; depth <= BOTTOM; depth++)
      expect(await table.queue.bondOf(depth)).to.equal((ETHER * 11n ** BigInt(depth)) / 10n ** BigInt(depth));
    const assertion = await assertEnd(0, 4);
    const before = (await table.queue.balanceOf(table.addresses[1])) as bigint;
    const attack = { kind: "attack", assertion, parent: 0, position: 0, value: OTHER, last: "0x" } as const;
    await expectMade(table, 1, { ...attack, disputed: toyOutputRoot(toyOutput(4)) });
    expect(before - ((await table.queue.balanceOf(table.addresses[1])) as bigint)).to.equal((ETHER * 11n) / 10n);
  });

  it("take an assertion that stands already for what stands, and one of two at a place for confirmed", async () => {
    const first = await assertEnd(0, 4);
    const before = (await table.queue.balanceOf(table.addresses[1])) as bigint;
    expect(await assertEnd(1, 4)).to.equal(first);
    expect(await table.queue.balanceOf(table.addresses[1]), "whoever says it again pays nothing").to.equal(before);
    expect(await table.queue.claimCount(first)).to.equal(1n);
    const second = await assertEnd(1, 9);
    expect([await isChallenged(first), await isChallenged(second)], "each has a game of its own").to.deep.equal([
      false,
      false,
    ]);
    await time.increase(CLOCK);
    for (const assertion of [first, second]) await expectMade(table, 2, resolve(assertion, 0));
    expect(await table.queue.isAssertionConfirmed(first), "not by being resolved").to.equal(false);
    await expectMade(table, 2, { kind: "confirm", assertion: first });
    await expectMade(table, 2, { kind: "confirm", assertion: first });
    expect(await table.play(2, { kind: "confirm", assertion: second })).to.equal("NotWon");
    expect(await isChallenged(second), "another was confirmed at its place").to.equal(true);
    expect((await table.queue.fateOf(second)).fate, "lost").to.equal(3n);
  });

  it("say of an assertion who answered it, and that it is lost once countered", async () => {
    const assertion = await assertEnd(1, 9);
    expect((await table.queue.fateOf(assertion)).fate).to.equal(0n);
    const disputed = toyOutputRoot(toyOutput(9));
    const attack = { kind: "attack", assertion, parent: 0, disputed, position: 0, value: OTHER, last: "0x" } as const;
    await expectMade(table, 0, attack);
    expect(await isChallenged(assertion)).to.equal(true);
    expect((await table.queue.fateOf(assertion)).fate, "rivalled").to.equal(1n);
    await time.increase(2 * CLOCK);
    for (const index of [1, 0]) await expectMade(table, 0, resolve(assertion, index));
    const { fate, decidedAt } = await table.queue.fateOf(assertion);
    expect([fate, Number(decidedAt)], "lost, when the root was resolved").to.deep.equal([3n, await time.latest()]);
    expect(await table.play(0, { kind: "confirm", assertion })).to.equal("NotWon");
  });
});
