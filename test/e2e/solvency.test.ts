import { expect } from "chai";
import { parseEther } from "ethers";
import { reserveOf } from "../../challenger/capital";
import type { EdgesGame } from "../../games/edges";
import type { Challenger } from "../../challenger/challenger";
import { devAccount, ROLES } from "../../devnet/accounts";
import type { Move } from "../../games/edges";
import { Arena } from "./support/arena";
import { checkBooks } from "./support/books";
import { expectHonestWinner, newSeed } from "./support/frauds";
import { TestSystem, until } from "./support/system";

const RICH = parseEther("10000");
const GWEI = 10n ** 9n;

describe("e2e: an honest party stays solvent", function () {
  this.timeout(600_000);
  let arena: Arena;
  const setBalance = (account: number, wei: bigint): Promise<unknown> =>
    arena.system.provider.send("hardhat_setBalance", [devAccount(account).address, `0x${wei.toString(16)}`]);
  const problems = ({ core }: Challenger<EdgesGame>): Record<string, string> => core.health.toJSON().problems;
  const assertionsOf = ({ game, sender }: Challenger<EdgesGame>): number =>
    [...game.replica.edges.values()].filter(({ staker, at }) => staker === sender.address && at.level === 0).length;

  beforeEach(async () => {
    arena = new Arena(new TestSystem());
    await arena.start();
  });
  afterEach(() => arena.stop());

  it("C1 N4 plays all that is free, and what it can pay for, while one stake cannot be paid; filled again, it wins", async () => {
    await setBalance(ROLES.challenger, parseEther("1.7"));
    await arena.startHonest();
    arena.honest.core.health.report("test", null);
    const seed = newSeed();
    const faults = ["wrong-state:first", "wrong-state:middle", "wrong-state:last"];
    let [named, bisected] = ["", 0];
    const battle = await arena.fight(
      faults.map((fault) => ({ fault, seed })),
      async () => {
        await arena.postBlocks();
        await until("a stake cannot be paid", () => (named = problems(arena.honest).funds), 240);
        await until(
          "nothing is under way",
          () => arena.honest.isQuiet && !arena.liars.some((l) => l.challenger.truth.isBusy),
          120,
        );
        bisected = arena.honest.game.replica.edges.size;
        await setBalance(ROLES.challenger, parseEther("10"));
      },
    );
    console.log(`      seed ${seed}: ${named}`);
    expect(named).to.match(
      /^open\S* waits for 0\.\d+ ether: a stake of 0\.\d+ ether and gas may take 0\.\d+, the wallet has 0\.\d+$/,
    );
    expect(bisected, "edges while a stake was missing").to.be.greaterThan(20);
    expectHonestWinner(arena, battle);
    expect(problems(arena.honest).funds).to.equal(undefined);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  });

  it("C1 N4 ends well where its wallet is drained in mid-dispute and filled again", async () => {
    await arena.startHonest();
    const seed = newSeed();
    const battle = await arena.fight([{ fault: "wrong-state:middle", seed }], async () => {
      await arena.postBlocks();
      await until("the dispute is under way", () => arena.honest.game.replica.edges.size > 8, 240);
      await setBalance(ROLES.challenger, 0n);
      await until("it says so", () => problems(arena.honest).funds ?? problems(arena.honest).sender, 60);
      console.log(`      seed ${seed}: ${JSON.stringify(problems(arena.honest))}`);
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await setBalance(ROLES.challenger, RICH);
    });
    expectHonestWinner(arena, battle);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  });

  it("C2 keeps the reserve for answers: exactly at it it asserts, with one wei less it does not and says so; then it beats a lie", async () => {
    const maxFeeGwei = 5;
    await setBalance(ROLES.challenger, 1n);
    const honest = (arena.honest = await arena.system.startChallenger("honest", ROLES.challenger, {}, { maxFeeGwei }));
    const { game } = honest;
    const reserve = reserveOf(game, { answers: 2, maxFeePerGas: BigInt(maxFeeGwei) * GWEI });
    const needed = game.assertionStake + reserve;
    await setBalance(ROLES.challenger, needed - 1n);
    await arena.postBlocks();
    await until(
      "it says what is missing",
      () => /: 0\.000000000000000001 ether short/.test(problems(honest).reserve ?? ""),
      60,
    );
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([assertionsOf(honest), honest.sender.pending().length]).to.deep.equal([0, 0]);
    await setBalance(ROLES.challenger, needed);
    await until("it asserts", () => assertionsOf(honest) === 1, 60);
    await arena.postBlocks();
    await until("it keeps the rest", () => problems(honest).reserve, 60);
    const seed = newSeed();
    const battle = await arena.fight([{ fault: "wrong-state:first", seed }]);
    console.log(`      seed ${seed}, reserve ${reserve} wei`);
    expectHonestWinner(arena, battle);
  });

  it("C2 does not start where the wallet cannot carry its assertions, names the sum, and answers all the same where it is not to assert", async () => {
    await setBalance(ROLES.challenger, parseEther("1.5"));
    const start = (config: object): Promise<unknown> =>
      arena.system.startChallenger("poor", ROLES.challenger, {}, config).then(
        () => null,
        (error: { code: string; message: string }) => error,
      );
    const refused = (await start({ assertionIntervalSeconds: 1 })) as { code: string; message: string };
    expect(refused.code).to.equal("funds-missing");
    expect(refused.message).to.match(/is [\d.]+ ether short of the stakes .* takes [\d.]+ ether/);
    const malformed = (await start({ reserveAnswers: 1 })) as { code: string; message: string };
    expect(malformed.code).to.match(/^config-/);
    expect(malformed.message).to.contain("reserveAnswers");
    expect(await start({ assertionIntervalSeconds: 1, propose: false })).to.equal(null);
  });

  it("I1 names an own move that L1 reverts, and why, until the plan does not want it any more", async () => {
    let isPatched = true;
    const honest = (arena.honest = await arena.system.startChallenger("honest", ROLES.challenger, {
      // Confirms its own assertion before its time.
      reviseMoves: ({ moves }, { replica }) => {
        const early = [...replica.edges.values()].find(({ at, status }) => at.level === 0 && status === "open");
        const confirm: Move[] = early && isPatched ? [{ kind: "confirm", at: early.at, root: early.root }] : [];
        return [...confirm, ...moves];
      },
    }));
    await arena.postBlocks();
    const said = await until("it says so", () => problems(honest).moves, 60);
    console.log(`      ${said}`);
    expect(said).to.match(/^L1 reverted confirm( \d+ times)?: TimerTooLow\(actual \d+, required \d+\)$/);
    isPatched = false;
    await until("it is moot", () => problems(honest).moves === undefined, 60);
  });

  it("I1 names an own assertion that L1 reverts again and again", async () => {
    const gasLimitOf = (move: Move): bigint | undefined => (move.kind === "assertState" ? 60_000n : undefined);
    arena.honest = await arena.system.startChallenger("honest", ROLES.challenger, { gasLimitOf });
    await arena.postBlocks();
    await until(
      "it says so",
      () => /reverted assertState.*: (out of gas|.*gas)/.test(problems(arena.honest).moves ?? ""),
      60,
    );
  });

  it("ends well where two challengers play with one key", async () => {
    await arena.startHonest();
    const twin = await arena.system.startChallenger("twin", ROLES.challenger);
    const seed = newSeed();
    const battle = await arena.fight([{ fault: "wrong-state:middle", seed }]);
    console.log(`      seed ${seed}: ${battle.seconds.toFixed(1)} s`);
    expectHonestWinner(arena, battle);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
    expect(twin.sender.problem).to.equal(null);
  });
});
