import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, type ContractTransactionResponse, toBeHex, ZeroAddress } from "ethers";
import { holdOfRelease, holdOfWithdrawal, releaseHeld } from "../../client/brake";
import type { LayerSigner, WithdrawalTransaction } from "../../client";
import { configToJson, parseDeploymentConfig, planDeployment, type DeploymentConfigInput } from "../../deployment";
import { explain, explainLines } from "../../deployment/explain";
import type { Hex } from "../../protocol/types";
import { proveEther, proveTokens, proveWithdrawal } from "../../verifier/exit";
import { compileMutant, type SolidityMutant } from "../support/game/solidityMutants";
import { expectPinned } from "../support/snapshot";
import { playBrake, type BrakeCall } from "./support/brakePlay";
import { createL2Token, expectEtherCovered, expectTokenCovered } from "./support/conservation";
import { deployBothLayers, ETHER, executeMessage, messagesOf, predeploys, TEST_CONTRACTS } from "./support/system";
import { deployExited, hashWithdrawal, L2_TOKEN, messageArgument } from "./support/trapped";
import { assertNow, withdrawalOf, type Withdrawal } from "./support/withdrawals";

const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const [RUNS, STEPS] = IS_FULL ? [20, 400] : [3, 150];
const FILE = "gas.bridge";
const TARGET = toBeHex(0xb0a7, 20);
/** 1,000 wei or tokens, and 7 that drain each second: no divisor of either. */
const LIMIT = { capacity: 1_000n, drainTime: 143 };
/** Tokens have six decimals: 5 of them. */
const TOKEN_LIMIT = { capacity: 5_000_000n, drainTime: 3_600 };
const HARNESS = ["contracts/test/BrakeHarness.sol", "BrakeHarness"] as const;

/** One rule of the brake off, each. */
const MUTANTS: readonly Omit<SolidityMutant, "file">[] = [
  {
    name: "a bucket never drains",
    from: "return bucket.level > drained ? bucket.level - drained : 0;",
    to: "return drained < 1 ? 0 : bucket.level;",
  },
  {
    name: "a bucket drains twice as fast",
    from: "(block.timestamp - bucket.updatedAt) * bucket.capacity;",
    to: "(block.timestamp - bucket.updatedAt) * 2 * bucket.capacity;",
  },
  {
    name: "one unit beyond passes",
    from: "if (level > _full(bucket)) return false;",
    to: "if (level > _full(bucket) + bucket.drainTime) return false;",
  },
  {
    name: "one unit below is held",
    from: "if (level > _full(bucket)) return false;",
    to: "if (level >= _full(bucket)) return false;",
  },
  {
    name: "what passes is not counted",
    from: "(kept.level, kept.updatedAt) = (uint160(level),",
    to: "(kept.level, kept.updatedAt) = (uint160(_level(bucket)),",
  },
  {
    name: "the time of the level is not kept",
    from: "(kept.level, kept.updatedAt) = (uint160(level), uint64(block.timestamp));",
    to: "kept.level = uint160(level);",
  },
  { name: "an amount that no bucket holds reverts", from: "if (amount > bucket.capacity) return false;", to: "" },
  {
    name: "the wait ends a second early",
    from: "block.timestamp >= until) return true;",
    to: "block.timestamp + 1 >= until) return true;",
  },
  {
    name: "the wait ends a second late",
    from: "block.timestamp >= until) return true;",
    to: "block.timestamp > until) return true;",
  },
  { name: "a wait begins anew with each call", from: "if (until != 0) revert StillHeld(until);", to: "" },
  {
    name: "seconds are rounded away",
    from: "uint256 drained = (block.timestamp - bucket.updatedAt) * bucket.capacity;",
    to: "uint256 drained = (((block.timestamp - bucket.updatedAt) * bucket.capacity) / bucket.drainTime) * bucket.drainTime;",
  },
];

/** Half a drain time apart, so that a bucket of 3 drains one and a half between two of them: what is rounded is missed by the last. */
const HALVES: BrakeCall[] = [3n, 1n, 2n].map((amount, payment) => ({ payment, amount, seconds: 500, dueIn: null }));

type Sent = Promise<ContractTransactionResponse>;
type Both = Awaited<ReturnType<typeof deployBraked>>;
let both: Both;

/** Ether and one of two tokens are braked. */
async function deployBraked() {
  const tokens: Contract[] = [];
  for (let i = 0; i < 2; i++) tokens.push((await hre.ethers.deployContract("FalseToken")) as unknown as Contract);
  const [token, free] = tokens;
  const system = await deployBothLayers({ ether: LIMIT, tokens: { [token.target as string]: TOKEN_LIMIT } });
  const user = await system.user.getAddress();
  const l2Tokens: Contract[] = [];
  for (const l1 of tokens) {
    await (await l1.mint(user, 10n ** 9n)).wait();
    await (await l1.connect(system.user as never).getFunction("approve")(system.tokenBridge.target, 10n ** 9n)).wait();
    const l2 = await createL2Token(l1, "Six", 6);
    const deposit = system.tokenBridge.connect(system.user).getFunction("depositToken");
    const [message] = messagesOf(system, await (await deposit(l1.target, l2.target, user, 10n ** 9n)).wait());
    await executeMessage(message);
    l2Tokens.push(l2);
  }
  return { system, token, free, l2Tokens, rollup: system.deployment.addresses };
}

/** A withdrawal that is confirmed on L1 and not asked for yet. */
async function ready(start: Sent): Promise<Withdrawal> {
  const { system } = both;
  const withdrawal = await withdrawalOf(await (await start).wait());
  const asserted = await assertNow(system);
  const prove = system.portal.connect(system.user).getFunction("proveWithdrawalTransaction");
  await (
    await prove(withdrawal, asserted.index, asserted.proof, asserted.storageProof(withdrawal.withdrawalHash))
  ).wait();
  await (await system.queue.decide(asserted.index, 1)).wait();
  return withdrawal;
}

async function readyEther(value: bigint): Promise<Withdrawal> {
  const { messagePasser } = await predeploys();
  const start = messagePasser.connect(both.system.user).getFunction("initiateWithdrawal");
  return ready(start(TARGET, 50_000, "0x", { value }) as Sent);
}

async function readyToken(amount: bigint, which = 0): Promise<Withdrawal> {
  const { l2Bridge } = await predeploys();
  const start = l2Bridge.connect(both.system.user).getFunction("withdrawToken");
  return ready(start(both.l2Tokens[which].target, TARGET, amount) as Sent);
}

/** Finalises in a block of that time. */
async function finalizeAt(withdrawal: Withdrawal, at?: number) {
  if (at !== undefined) await time.setNextBlockTimestamp(at);
  return both.system.portal.connect(both.system.user).getFunction("finalizeWithdrawalTransaction")(withdrawal);
}

const balance = (account = TARGET) => hre.ethers.provider.getBalance(account);
const stillHeld = () => [both.system.portal, "StillHeld"] as const;
const gasOf = async (sent: Sent) => Number((await (await sent).wait())!.gasUsed);
const isPaid = (withdrawal: Withdrawal) => both.system.portal.finalizedWithdrawals(withdrawal.withdrawalHash);

describe("Brake", function () {
  this.timeout(240_000);

  describe("of the portal", () => {
    beforeEach(async () => {
      both = await loadFixture(deployBraked);
    });
    afterEach(() => expectEtherCovered(both.system));

    it("pays what fits exactly, and holds one wei beyond it in the same second", async () => {
      const [most, one] = [await readyEther(LIMIT.capacity), await readyEther(1n)];
      const room = async () => both.system.portal.roomOf(ZeroAddress) as Promise<bigint>;
      expect(await room()).to.equal(LIMIT.capacity);
      await hre.network.provider.send("evm_setAutomine", [false]);
      const sent = [await finalizeAt(most), await finalizeAt(one)];
      await hre.network.provider.send("evm_mine", []);
      await hre.network.provider.send("evm_setAutomine", [true]);
      for (const transaction of sent) await transaction.wait();
      expect(await isPaid(most)).to.equal(true);
      expect(await isPaid(one)).to.equal(false);
      expect(await room()).to.equal(0n);
      const until = (await time.latest()) + LIMIT.drainTime;
      expect(await both.system.portal.heldUntil(one.withdrawalHash)).to.equal(until);
    });

    it("holds what is larger than the bucket for its drain time, to the second, and pays it then whatever else goes", async () => {
      const [large, small] = [await readyEther(5n * ETHER), await readyEther(LIMIT.capacity)];
      await expect(finalizeAt(large)).to.changeEtherBalance(TARGET, 0);
      const until = (await time.latest()) + LIMIT.drainTime;
      const user = await both.system.user.getAddress();
      await expect(both.system.portal.checkWithdrawal(large.withdrawalHash, user)).to.be.revertedWithCustomError(
        both.system.portal,
        "OptimismPortal_ProofNotOldEnough",
      );
      await (await finalizeAt(small, until - 2)).wait();
      await expect(finalizeAt(large, until - 1))
        .to.be.revertedWithCustomError(...stillHeld())
        .withArgs(until);
      await expect(finalizeAt(large, until)).to.changeEtherBalance(TARGET, 5n * ETHER);
      await expect(finalizeAt(large)).to.be.revertedWithCustomError(
        both.system.portal,
        "OptimismPortal_AlreadyFinalized",
      );
    });

    it("holds one alone: others that fit go on, and what waits takes nothing from their room", async () => {
      const [large, small, last] = [await readyEther(ETHER), await readyEther(400n), await readyEther(600n)];
      await (await finalizeAt(large)).wait();
      const until = (await time.latest()) + LIMIT.drainTime;
      await (await finalizeAt(small)).wait();
      await (await finalizeAt(large, until)).wait();
      expect(await both.system.portal.roomOf(ZeroAddress)).to.equal(LIMIT.capacity);
      await (await finalizeAt(last)).wait();
      expect([await isPaid(large), await isPaid(small), await isPaid(last)]).to.deep.equal([true, true, true]);
    });

    it("pays a held one as soon as it fits, and counts it then", async () => {
      const [first, second] = [await readyEther(900n), await readyEther(800n)];
      await (await finalizeAt(first)).wait();
      const at = await time.latest();
      await (await finalizeAt(second, at + 1)).wait();
      // 700 must drain: 100.1 seconds.
      await expect(finalizeAt(second, at + 100)).to.be.revertedWithCustomError(...stillHeld());
      await (await finalizeAt(second, at + 101)).wait();
      expect(await isPaid(second)).to.equal(true);
      expect(await both.system.portal.roomOf(ZeroAddress)).to.equal(6n);
    });

    it("holds nothing back that is worth nothing, and leaves a held one open where its call fails", async () => {
      const refuser = (await hre.ethers.deployContract("Relay")).target as string;
      const { messagePasser } = await predeploys();
      const start = messagePasser.connect(both.system.user).getFunction("initiateWithdrawal");
      const large = await ready(start(refuser, 50_000, "0x", { value: ETHER }) as Sent);
      await (await finalizeAt(await readyEther(LIMIT.capacity))).wait();
      await (await finalizeAt(await readyEther(0n))).wait();
      await (await finalizeAt(large)).wait();
      await time.increase(LIMIT.drainTime);
      for (let i = 0; i < 2; i++)
        await expect(finalizeAt(large)).to.be.revertedWithCustomError(both.system.portal, "WithdrawalFailed");
    });

    it("pins the gas", async () => {
      const [small, large] = [await readyEther(LIMIT.capacity), await readyEther(ETHER)];
      expectPinned(FILE, "braked portal: finalize what fits", await gasOf(finalizeAt(small) as Sent), 130_000);
      expectPinned(FILE, "braked portal: hold", await gasOf(finalizeAt(large) as Sent), 100_000);
      await time.increase(LIMIT.drainTime);
      expectPinned(FILE, "braked portal: finalize what was held", await gasOf(finalizeAt(large) as Sent), 110_000);
    });

    it("says in the client until when, and that the next call pays", async () => {
      const large = await readyEther(ETHER);
      const asked = { hash: large.withdrawalHash as Hex, value: large.value };
      const hold = () => holdOfWithdrawal(hre.ethers.provider, both.rollup, asked);
      expect(await hold()).to.equal(null);
      await (await finalizeAt(large)).wait();
      const until = (await time.latest()) + LIMIT.drainTime;
      expect(await hold()).to.deep.equal({ until, isDue: false, release: null });
      await time.increaseTo(until);
      expect(await hold()).to.deep.equal({ until, isDue: true, release: null });
      const plain = await deployBothLayers();
      expect(await holdOfWithdrawal(hre.ethers.provider, plain.deployment.addresses, asked)).to.equal(null);
    });
  });

  describe("of the token bridge", () => {
    let underWay: bigint;
    beforeEach(async () => {
      both = await loadFixture(deployBraked);
      underWay = 0n;
    });
    afterEach(async () => {
      await expectEtherCovered(both.system);
      await expectTokenCovered(both.system, both.token, [both.l2Tokens[0]], underWay);
    });

    const paid = () => both.token.balanceOf(TARGET) as Promise<bigint>;
    const sentBy = (name: string, ...args: unknown[]) =>
      both.system.tokenBridge.connect(both.system.other).getFunction(name)(...args) as Sent;
    const holdOf = ({ sender, target, ...rest }: Withdrawal) => {
      const transaction = { ...rest, sender: sender.toLowerCase(), target: target.toLowerCase() };
      return holdOfRelease(hre.ethers.provider, both.rollup, transaction as unknown as WithdrawalTransaction);
    };

    it("counts the token's units: five tokens of six decimals at once, a release beyond noted and paid once when its time has come", async () => {
      const [fits, beyond] = [await readyToken(TOKEN_LIMIT.capacity), await readyToken(TOKEN_LIMIT.capacity)];
      await (await finalizeAt(fits)).wait();
      expect(await paid()).to.equal(TOKEN_LIMIT.capacity);
      await expect(finalizeAt(beyond)).to.emit(both.system.tokenBridge, "ReleaseHeld");
      underWay = TOKEN_LIMIT.capacity;
      expect(await isPaid(beyond)).to.equal(true);
      const until = (await time.latest()) + TOKEN_LIMIT.drainTime;
      const { release, ...hold } = (await holdOf(beyond))!;
      expect(hold).to.deep.equal({ until, isDue: false });
      expect(await holdOf(fits), "one like it stands for it").to.deep.equal({ ...hold, release });
      // What left first has drained but for a second's part.
      await time.setNextBlockTimestamp(until - 2);
      await expect(sentBy("releaseHeld", release)).to.be.revertedWithCustomError(both.system.tokenBridge, "StillHeld");
      await time.increaseTo(until);
      await releaseHeld(both.system.other as LayerSigner, both.rollup, release!);
      expect(await paid()).to.equal(2n * TOKEN_LIMIT.capacity);
      underWay = 0n;
      await expect(sentBy("releaseHeld", release)).to.be.revertedWithCustomError(
        both.system.tokenBridge,
        "NothingHeld",
      );
      expect(await holdOf(beyond)).to.equal(null);
    });

    it("keeps equal releases apart, and pays neither twice", async () => {
      const all = [await readyToken(6_000_000n), await readyToken(6_000_000n)];
      for (const one of all) await (await finalizeAt(one)).wait();
      underWay = 12_000_000n;
      expect(await both.system.tokenBridge.heldCount()).to.equal(2n);
      await time.increase(TOKEN_LIMIT.drainTime);
      for (let i = 0; i < 2; i++) {
        const { release } = (await holdOf(all[0]))!;
        await (await sentBy("releaseHeld", release)).wait();
        underWay -= 6_000_000n;
        expect(await paid()).to.equal(6_000_000n * BigInt(i + 1));
      }
      expect(await holdOf(all[1])).to.equal(null);
    });

    it("brakes no token that has no limit, and leaves a release open that its token refuses", async () => {
      await (await finalizeAt(await readyToken(900_000_000n, 1))).wait();
      expect(await both.free.balanceOf(TARGET)).to.equal(900_000_000n);
      expect(await both.system.tokenBridge.roomOf(both.free.target)).to.equal(2n ** 256n - 1n);
      const large = await readyToken(6_000_000n);
      await (await finalizeAt(large)).wait();
      underWay = 6_000_000n;
      await time.increase(TOKEN_LIMIT.drainTime);
      await (await both.token.freeze(true)).wait();
      const { release } = (await holdOf(large))!;
      await expect(sentBy("releaseHeld", release)).to.be.reverted;
      await (await both.token.freeze(false)).wait();
      await (await sentBy("releaseHeld", release)).wait();
      underWay = 0n;
      expect(await paid()).to.equal(6_000_000n);
    });

    it("pins the gas", async () => {
      const [small, large] = [await readyToken(1n), await readyToken(6_000_000n)];
      expectPinned(FILE, "braked token bridge: release what fits", await gasOf(finalizeAt(small) as Sent), 220_000);
      expectPinned(FILE, "braked token bridge: hold", await gasOf(finalizeAt(large) as Sent), 220_000);
      await time.increase(TOKEN_LIMIT.drainTime);
      const { release } = (await holdOf(large))!;
      const gas = await gasOf(sentBy("releaseHeld", release));
      expectPinned(FILE, "braked token bridge: release what was held", gas, 120_000);
    });
  });

  describe("of exits from a trapped program", () => {
    it("holds each exit of too much alone, and the same call pays when its time has come", async () => {
      const limit = { capacity: 1n, drainTime: 1_000 };
      const system = await deployExited((token) => ({ ether: limit, tokens: { [token]: limit } }));
      const { portal, tokenBridge, user, other, chain, withdrawals, messages, token } = system;
      const to = toBeHex(0xe1f7, 20);
      const address = user.address.toLowerCase() as Hex;
      const calls: (() => Sent)[] = [
        () =>
          portal.connect(user).getFunction("exitEther")(
            address,
            to,
            proveEther(chain.state, address).accountProof,
            "0x",
            "0x",
          ),
        () => portal.connect(other).getFunction("exitDeposit")(2, messageArgument(messages[2]), to, "0x"),
        () => portal.exitWithdrawal(withdrawals.ether, proveWithdrawal(chain.state, hashWithdrawal(withdrawals.ether))),
        () =>
          tokenBridge.connect(user).getFunction("exitToken")(
            L2_TOKEN,
            address,
            to,
            proveTokens(chain.state, L2_TOKEN, address),
            "0x",
          ),
        () => tokenBridge.exitTokenDeposit(3, messageArgument(messages[3]), messages[3].data),
      ] as never;
      const held = async () => [await balance(portal.target as string), await token.balanceOf(tokenBridge.target)];
      const before = await held();
      for (const call of calls)
        await expect(call())
          .to.emit(portal, "PaymentHeld")
          .catch(async () => undefined);
      expect(await held()).to.deep.equal(before);
      for (const call of calls) await expect(call()).to.be.reverted;
      await time.increase(limit.drainTime);
      for (const call of calls) {
        const [ether, tokens] = await held();
        await (await call()).wait();
        const [etherAfter, tokensAfter] = await held();
        expect(etherAfter < ether || tokensAfter < tokens).to.equal(true);
        await expect(call(), "once").to.be.reverted;
      }
    });
  });

  describe("as it is deployed", () => {
    const address = (n: number) => toBeHex(n, 20);
    const config = (brake?: DeploymentConfigInput["brake"]) =>
      parseDeploymentConfig({ sequencer: address(1), feeRecipient: address(2), brake });
    const plan = (brake?: DeploymentConfigInput["brake"]) => planDeployment(address(3), config(brake), TEST_CONTRACTS);

    it("is off by default: the same contracts, at the same addresses, as without the key", () => {
      const code = (which: ReturnType<typeof plan>, name: string) =>
        which.contracts.find((one) => one.name === name)!.initCode;
      const [none, tokens] = [plan(), plan({ tokens: { [address(9)]: { capacity: 5n } } })];
      expect(configToJson(config())).to.not.have.property("brake");
      expect(code(tokens, "portal").length).to.equal(code(none, "portal").length);
      expect(code(tokens, "tokenBridge").length).to.be.greaterThan(code(none, "tokenBridge").length);
      expect(tokens.addresses.portal).to.not.equal(none.addresses.portal);
    });

    it("V09 takes limits within bounds, and names the key of one that is not", () => {
      const day = 86_400n;
      const refusal = (brake: object): string => {
        try {
          config(brake);
          return "";
        } catch (error) {
          return String(error);
        }
      };
      for (const capacity of [1n, 2n ** 128n - 1n]) expect(refusal({ ether: { capacity } })).to.equal("");
      for (const capacity of [0n, 2n ** 128n])
        expect(refusal({ ether: { capacity } })).to.contain("brake.ether.capacity");
      for (const drainTime of [1n, 30n * day]) expect(refusal({ ether: { capacity: 1n, drainTime } })).to.equal("");
      for (const drainTime of [0n, 30n * day + 1n])
        expect(refusal({ ether: { capacity: 1n, drainTime } })).to.contain("brake.ether.drainTime");
      expect(refusal({ tokens: { [ZeroAddress]: { capacity: 1n } } })).to.contain("brake.tokens");
      const twice = { [`0x${"ab".repeat(20)}`]: { capacity: 1n }, [`0x${"AB".repeat(20)}`]: { capacity: 1n } };
      expect(refusal({ tokens: twice })).to.contain("brake.tokens");
    });

    it("adds its time to the exit bound, and says so", () => {
      const least = explain(config());
      const braked = config({
        ether: { capacity: 5n * ETHER, drainTime: 7_200 },
        tokens: { [address(9)]: { capacity: 3n } },
      });
      expect(explain(braked).withdrawalMostSeconds - least.withdrawalMostSeconds).to.equal(86_400);
      expect([least.brakeSeconds, explain(braked).brakeSeconds]).to.deep.equal([0, 86_400]);
      const text = explainLines("braked", braked).join("\n");
      expect(text).to.contain("brake on ether: 5 ether leave at once and again every 2 hours");
      expect(text).to.contain(`brake on ${address(9)}: 3 units`);
      expect(explainLines("plain", config()).join("\n")).to.not.contain("brake");
    });

    it("refuses on L1 a limit of nothing, a second one for an asset, and a portal's on anything but ether", async () => {
      both = await loadFixture(deployBraked);
      const harness = await hre.ethers.getContractFactory("BrakeHarness");
      const limit = (change: object) => ({ asset: ZeroAddress, capacity: 1n, drainTime: 1, ...change });
      const good = await harness.deploy([limit({}), limit({ asset: address(9), capacity: 2n })]);
      expect(await good.limitOf(address(9))).to.deep.equal([2n, 1n]);
      expect(await good.limitOf(address(8))).to.deep.equal([0n, 0n]);
      for (const wrong of [[limit({ capacity: 0n })], [limit({ drainTime: 0 })], [limit({}), limit({})]])
        await expect(harness.deploy(wrong)).to.be.revertedWithCustomError(harness, "BadLimit");
      const { inbox, queue } = both.rollup;
      const portal = await hre.ethers.getContractFactory("BrakedPortal");
      for (const wrong of [[], [limit({ asset: address(9) })]])
        await expect(portal.deploy(inbox, queue, 0, wrong)).to.be.reverted;
    });
  });

  describe(`under random calls, ${RUNS} x ${STEPS}, seed ${SEED}`, () => {
    const limits = { small: { capacity: 3n, drainTime: 1_000 }, odd: { capacity: 1_000n, drainTime: 143 } };
    const calls = (capacity: bigint): fc.Arbitrary<BrakeCall[]> => {
      const amount = fc.oneof(
        { weight: 8, arbitrary: fc.bigInt(0n, capacity / 2n) },
        { weight: 3, arbitrary: fc.bigInt(0n, capacity + 1n) },
        { weight: 1, arbitrary: fc.constantFrom(capacity, capacity + 1n, 2n ** 256n - 1n) },
      );
      const seconds = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 33, 142, 143, 144, 333, 334, 1_000));
      const dueIn = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.constantFrom(-1, 0));
      const call = fc.record({ payment: fc.integer({ min: 0, max: STEPS / 2 }), amount, seconds, dueIn });
      return fc.array(call, { minLength: STEPS, maxLength: STEPS, size: "max" });
    };
    const play = async (code: { abi: readonly unknown[]; bytecode: string }, total: Record<string, number>) => {
      const factory = new hre.ethers.ContractFactory(
        code.abi as never,
        code.bytecode,
        (await hre.ethers.getSigners())[0],
      );
      let found: string | null = null;
      for (const limit of Object.values(limits)) {
        const runs = fc.sample(calls(limit.capacity), { numRuns: RUNS, seed: SEED });
        for (const run of [HALVES, ...runs]) {
          if (found !== null) break;
          const harness = (await factory.deploy([{ asset: ZeroAddress, ...limit }])) as unknown as Contract;
          const { counts, violation } = await playBrake(harness, limit, run);
          for (const [what, count] of Object.entries(counts)) total[what] = (total[what] ?? 0) + count;
          found = violation;
        }
      }
      return found;
    };

    it("keeps the bucket's bound, and holds nothing longer than its time", async () => {
      const { abi, bytecode } = await hre.artifacts.readArtifact("BrakeHarness");
      const total: Record<string, number> = {};
      expect(await play({ abi, bytecode }, total)).to.equal(null);
      console.log(`        ${JSON.stringify(total)}`);
      for (const what of ["paid", "held", "still held"]) expect(total[what], what).to.be.greaterThan(0);
    });

    for (const mutant of MUTANTS)
      it(`kills: ${mutant.name}`, async () => {
        expect(await play(compileMutant({ ...mutant, file: "contracts/bridge/Brake.sol" }, HARNESS), {})).to.not.equal(
          null,
        );
      });
  });
});
