import { expect } from "chai";
import { openExecution } from "../../actor/execution";
import { Promises } from "../../node/rotation/promises";
import type { SignedConfirmation } from "../../node/rotation/confirmation";
import { numberKey } from "../../node/store/keys";
import { fromHex, putBatch } from "../../protocol";
import type { VerifierDeps } from "../../verifier/verifier";
import { FORCE_DELAY, type TurnsL1 } from "./support/turns/l1";
import type { Fault } from "./support/turns/play";
import { seedsOf } from "./support/turns/seeds";
import { TurnsWorld, type Member } from "./support/turns/world";

/** Each fault shows in one of so many seeds, or the checks would not find it in a thousand either. */
const SEEDS = 40;

/** What seeds find, where something is wrong: each check of test/e2e/support/turns/checks.ts by a fault of its own. */
const FAULTS: [what: string, found: RegExp, fault: Fault][] = [
  ["the honest sleep", /message \d+ waits/, { isAsleep: true }],
  ["an honest member loses what it took in", /user \d/, { beforeTurn: emptyPool }],
  ["messages never become overdue on L1", /passes no overdue message by|waits/, { prepare: forgetDelay }],
  ["nobody shows on L1 what was signed", /who lost its stake/, { isUnwatched: true }],
  ["an honest member forgets what it signed", /who lost its stake/, { beforeTurn: forgetPromises }],
];

describe("e2e: what the seeds of a rotation find", function () {
  this.timeout(3_600_000);
  const world = new TurnsWorld();
  let isSpoilt = false;
  before(() => world.start({ openLate: (nodes) => spoilt(nodes) }));
  after(() => world.stop());

  /** Reads every third batch as if it were empty, where it is told to. */
  function spoilt(nodes: Parameters<VerifierDeps["open"]>[0]): ReturnType<VerifierDeps["open"]> {
    const { program, ...others } = openExecution(nodes);
    const batchRecord = (index: bigint): Uint8Array => {
      const { record, previousRecord, delayedCount, l1Number, l1Time } = world.late.core.view.batch(Number(index))!;
      if (!isSpoilt || index % 3n !== 2n) return fromHex(record);
      const fields = { delayedCount: BigInt(delayedCount), l1Number: BigInt(l1Number), l1Time: BigInt(l1Time) };
      return fromHex(putBatch(nodes, new Uint8Array(0), { previous: previousRecord, ...fields }));
    };
    return {
      ...others,
      program: { advance: (root, inbox) => program.advance(root, { ...inbox, batchRecord }) },
    };
  }

  it("nothing, where nothing is", async () => {
    expect((await seedsOf(world, 1, 5)).failures).to.deep.equal([]);
  });

  for (const [what, found, fault] of FAULTS)
    it(`${what}: found`, async () => {
      const { failures } = await seedsOf(world, 1, SEEDS, fault, (failure) => found.test(failure));
      expect(failures.at(-1)).to.match(found);
    });

  it("a verifier reads a batch otherwise: found", async () => {
    isSpoilt = true;
    const { failures } = await seedsOf(world, 1, SEEDS, {}, () => true);
    expect(failures[0]).to.match(/heads|block \d+/);
  });
});

async function emptyPool({ honest }: Member): Promise<void> {
  for (const { hash } of honest.pool.pending()) await honest.drop(hash);
}

/** The contract's `forceDelay`, a word in its code, is a thousand years. */
async function forgetDelay(l1: TurnsL1): Promise<void> {
  const push = (seconds: number): string => `7f${seconds.toString(16).padStart(64, "0")}`;
  const code = await l1.ask<string>("eth_getCode", [l1.inbox, "latest"]);
  const changed = code.replaceAll(push(FORCE_DELAY), push(1_000 * 365 * 86_400));
  expect(changed).to.not.equal(code);
  await l1.ask("hardhat_setCode", [l1.inbox, changed]);
}

/** It signs a height again in the same slot, and shows all that it ever signed. */
async function forgetPromises(member: Member): Promise<void> {
  const { store, chain } = member.honest.core;
  const promises = new Promises(store);
  const shown = member.showPromises ?? ((now: SignedConfirmation[]) => now);
  const forgotten = Array.from({ length: chain.unsafe.number + 1 }, (_, height) => promises.at(height)).flat();
  await store.write((write) => forgotten.forEach(({ height }) => write.del(numberKey("promise", height))));
  member.showPromises = (now) => [...shown(now), ...forgotten.filter(({ height }) => height === now[0]?.height)];
}
