import hre from "hardhat";
import { setStorageAt, time } from "@nomicfoundation/hardhat-network-helpers";
import { keccak256, toBeHex, Wallet, ZeroAddress, ZeroHash, type Contract, type Signer } from "ethers";
import { hashWithdrawal, type ExitTerms, type WithdrawalTransaction } from "../../../client";
import type { Hex } from "../../../protocol/types";
import type { Bytecode } from "../../../simulator/boards/setup";
import { queueOf, waitOut } from "./assertions";
import { attempt } from "./attempt";
import { assertBooks, ETHER_ASSET, evidenceOf, type AssertedState } from "./solvency";
import { PREDEPLOYS } from "../../../deployment";
import { deployRealSystem, ETHER, type System } from "./system";
import { messageSlot } from "./withdrawals";

/** Of the bridge's brake. */
export const LIMIT = { capacity: 4n * ETHER, drainTime: 600 };
const FULL = ETHER;
const LTV = (FULL * 75n) / 100n;
const TERMS = { maxAge: 2n ** 40n, ltv: LTV, liquidationLtv: LTV + FULL / 20n, bonus: FULL / 20n, rateAYear: 0n };
const LENT = 1_000_000n;
const POSTED = 1_000n;
/** A lie that stands alone is answered before it is so old, in seconds; the challenge period is 100. */
const ANSWERED_WITHIN = 40;
/** What a step gives an edge that it proves. */
const PROVEN = 2n ** 39n;
const ROUND_LIMIT = 40;
const PASSER = PREDEPLOYS.messagePasser;
/** More than any finalisation takes: an estimate is no bound for a call that demands gas. */
const FINALIZE_GAS = 1_000_000n;

/** A number of 0 to 999 for what is done, by whom, and how much. */
export type PlayStep = [kind: number, a: number, b: number];

/** A withdrawal that L2 recorded. */
interface Exit {
  transaction: WithdrawalTransaction;
  hash: Hex;
  /** Whose money it was. */
  user: string;
  /** Of one that is for sale. */
  terms: ExitTerms | null;
  isBought: boolean;
  isProven: boolean;
  isPaid: boolean;
}

/** Contracts that a mutant may stand for, by name. */
export type PlayCode = Readonly<Record<string, Bytecode>>;

/**
 * Everybody around a solvent rollup: users who leave slowly or by sale, a maker, a lender, a borrower, a liquidator, a liar with as many
 * rivals, children and forged withdrawals as it likes, and one who asserts the truth. Real bridge, queue, oracle and markets; L2 is the list of
 * its withdrawals; a dispute's verdict is what a proven step leaves on the truth's edge.
 */
export class SolvencyPlay {
  readonly counts: Record<string, number> = {};
  private readonly exits: Exit[] = [];
  private readonly lies: AssertedState[] = [];
  private readonly payments: { at: number; amount: bigint }[] = [];
  private tip: AssertedState | undefined;
  private truth: AssertedState | null = null;
  private block = 0;
  private supply = 100n * ETHER;
  private lieAt = 0;
  private salt = 0;
  /** Whether a lie stands on a lie: it counts, downwards, until somebody says that what is below it has a rival. */
  private hasChild = false;

  private constructor(
    private readonly system: Awaited<ReturnType<typeof deployRealSystem>>,
    private readonly oracle: Contract,
    private readonly market: Contract,
    private readonly exitMarket: Contract,
    private readonly people: Record<"maker" | "borrower" | "liquidator", Signer>,
    private readonly liarsTarget: string,
  ) {}

  /** @param code - Of mutants. */
  static async open(code: PlayCode = {}): Promise<SolvencyPlay> {
    const system = await deployRealSystem("play", { ether: LIMIT });
    const [maker, borrower, liquidator] = (await hre.ethers.getSigners()).slice(5);
    const deploy = async (name: string, ...args: unknown[]): Promise<Contract> => {
      const mutant = code[name];
      const factory =
        mutant === undefined
          ? await hre.ethers.getContractFactory(name)
          : new hre.ethers.ContractFactory(mutant.abi as never, mutant.bytecode, maker);
      return (await factory.deploy(...args)) as unknown as Contract;
    };
    const oracle = await deploy("SolvencyOracle", system.tokenBridge.target, ZeroAddress, ZeroAddress);
    const feed = await deploy("BackingFeed", oracle.target, ETHER_ASSET);
    const [collateral, loan] = [await deploy("OrdinaryToken"), await deploy("OrdinaryToken")];
    const market = await deploy("DynamicCollateral", {
      ...{ collateral: collateral.target, loan: loan.target, asset: ETHER_ASSET, health: oracle.target },
      ...{ price: (await deploy("FixedFeed", FULL)).target, backing: feed.target },
      proof: (await deploy("SolvencyProof", oracle.target, ETHER_ASSET, ZeroAddress, 0)).target,
      ...{ ...TERMS, riseAnHour: 18n * FULL },
    });
    for (const signer of [borrower, liquidator])
      for (const token of [collateral, loan]) {
        await (await token.mint(signer.address, 2n * LENT)).wait();
        await (await token.connect(signer).getFunction("approve")(market.target, 2n ** 255n)).wait();
      }
    await (await market.connect(liquidator).getFunction("supply")(LENT)).wait();
    await (await market.connect(borrower).getFunction("post")(POSTED)).wait();
    const people = { maker, borrower, liquidator };
    const exitMarket = await deploy("ExitMarket");
    const play = new SolvencyPlay(system, oracle, market, exitMarket, people, Wallet.createRandom().address);
    await play.assertTruth();
    await play.judge();
    await time.increase(3_600);
    return play;
  }

  /** @returns what is wrong after it; null where nothing is. */
  async step([kind, a, b]: PlayStep): Promise<string | null> {
    const moves = [
      () => this.deposit(a),
      () => this.leave(a, false),
      () => this.leave(a, true),
      () => this.buy(a),
      () => this.assertTruth(),
      () => this.lie(a, b),
      () => this.lie(a, b),
      () => this.tellLie(a),
      () => this.judge(),
      () => this.relay(),
      () => this.borrow(a, b),
      () => this.liquidate(),
      () => this.oracleWork(a),
      async () => void (await time.increase(1 + (a % 20))),
    ];
    if (this.truth === null && this.lies.length > 0 && (await time.latest()) - this.lieAt > ANSWERED_WITHIN)
      await this.assertTruth();
    await moves[kind % moves.length]();
    return this.check();
  }

  /** Lets everything end. @returns what is wrong then; null where nothing is. */
  async end(): Promise<string | null> {
    await this.assertTruth();
    await this.judge();
    await this.assertTruth();
    await this.judge();
    for (let round = 0; round < ROUND_LIMIT && this.exits.some(({ isPaid }) => !isPaid); round++) {
      await this.relay();
      await time.increase(LIMIT.drainTime);
    }
    await this.relay();
    const wrong = await this.check();
    if (wrong !== null) return wrong;
    const debt = (await this.market.debtOf(await this.people.borrower.getAddress())) as bigint;
    if (debt > 0n)
      await attempt(this.market.connect(this.people.borrower).getFunction("repay")(this.people.borrower, debt));
    for (const exit of this.exits) {
      const has = await hre.ethers.provider.getBalance(exit.user);
      // Rationale: whoever sold has the price, and whoever did not is paid like one who never offered.
      const due = exit.isBought ? exit.terms!.price : exit.transaction.value;
      if (has !== due) return `a user has ${has} of ${due}, ${exit.terms === null ? "slowly" : "by sale"}`;
    }
    return null;
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private async deposit(a: number): Promise<void> {
    const value = (BigInt(1 + (a % 5)) * ETHER) / 2n;
    const { portal } = this.system;
    await (await portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value })).wait();
    this.supply += value;
  }

  /** A user withdraws on L2, to an address of its own or to the vault of a sale. */
  private async leave(a: number, isForSale: boolean): Promise<void> {
    const value = (BigInt(1 + (a % 12)) * ETHER) / 2n;
    if (value > this.supply) return;
    const user = Wallet.createRandom().address;
    let terms: ExitTerms | null = null;
    if (isForSale) {
      const deadline = BigInt(await time.latest()) + 100_000n;
      const salt = toBeHex(++this.salt, 32) as Hex;
      terms = { owner: user as Hex, asset: ZeroAddress as Hex, price: value - BigInt(a), deadline, salt };
    }
    const target = terms === null ? user : ((await this.exitMarket.vaultOf(terms)) as string);
    const sender = toBeHex(7, 20) as Hex;
    const fields = { nonce: BigInt(this.exits.length), sender, target: target as Hex, value };
    const transaction: WithdrawalTransaction = { ...fields, gasLimit: 100_000n, data: "0x" };
    const hash = hashWithdrawal(transaction);
    this.supply -= value;
    this.exits.push({ transaction, hash, user, terms, isBought: false, isProven: false, isPaid: false });
    this.count(isForSale ? "offered" : "left");
  }

  private async buy(a: number): Promise<void> {
    const offers = this.exits.filter(({ terms, isBought, isPaid }) => terms !== null && !isBought && !isPaid);
    if (offers.length === 0) return;
    const exit = offers[a % offers.length];
    const { price } = exit.terms!;
    await (
      await this.exitMarket.connect(this.people.maker).getFunction("buy")(exit.terms, price, 0, { value: price })
    ).wait();
    exit.isBought = true;
    this.count("bought");
  }

  private async assertTruth(): Promise<void> {
    if (this.truth !== null) return;
    const passer = this.exits.reduce((sum, { transaction }) => sum + transaction.value, 0n);
    const withdrawals = this.exits.map(({ hash }) => hash);
    const books = { number: ++this.block, passer, withdrawals };
    this.truth = await assertBooks(this.system, this.system.user, books, { on: this.tip });
    if (this.lies.length > 0) await this.borrow(this.block, 1);
  }

  /** A rival of the truth, or the first at its place, or a child of an own lie; rosy, black, or with a withdrawal of the liar's. */
  private async lie(a: number, b: number): Promise<void> {
    const own = b % 3 === 0 ? this.lies.at(-1) : undefined;
    this.hasChild ||= own !== undefined;
    const books = {
      number: this.block + 1 + (b % 7),
      passer: BigInt(a % 4) * 400n * ETHER + BigInt(a),
      withdrawals: [this.forged().hash],
    };
    const past = toBeHex(1 + ++this.salt, 32) as Hex;
    const asserted = await assertBooks(this.system, this.system.other, books, { on: own ?? this.tip, past });
    if (this.lies.length === 0) this.lieAt = await time.latest();
    this.lies.push(asserted);
    this.count("lied");
    if (b % 2 === 0) await this.tellLie(this.lies.length - 1);
  }

  /** The liar brings a lie to the oracle, and tries to be paid under it. */
  private async tellLie(a: number): Promise<void> {
    if (this.lies.length === 0) return;
    const lie = this.lies[a % this.lies.length];
    if (await attempt(this.oracle.prove(ETHER_ASSET, evidenceOf(lie, ETHER_ASSET)))) {
      this.count("lie proven");
      // Those who watch the feed are quick.
      await this.liquidate();
      await this.borrow(a, 1);
    }
    const { transaction, hash } = this.forged();
    await attempt(this.proveExit(lie, transaction, hash, this.system.other));
    const finalize = this.system.portal.connect(this.system.other).getFunction("finalizeWithdrawalTransaction");
    if (await attempt(finalize(transaction, { gasLimit: FINALIZE_GAS }))) this.count("STOLEN");
    if (await attempt(queueOf(this.system.deployment, this.system.other).confirm(lie.at, lie.root)))
      this.count("FALSE");
  }

  /** The truth's place is decided, as a proven step decides it where there are rivals. */
  private async judge(): Promise<void> {
    const { truth, system } = this;
    if (truth === null) return;
    const queue = queueOf(system.deployment, system.user);
    if (this.lies.length > 0) await markProven(system, truth.id);
    await waitOut(system.deployment);
    await (await queue.confirm(truth.at, truth.root)).wait();
    this.count(this.lies.length > 0 ? "judged" : "confirmed");
    [this.tip, this.truth] = [truth, null];
    this.lies.length = 0;
    this.hasChild = false;
    await attempt(this.oracle.prove(ETHER_ASSET, evidenceOf(truth, ETHER_ASSET)));
  }

  /** Proves, finalises and collects all that the confirmed truth covers. */
  private async relay(): Promise<void> {
    const { portal, user } = this.system;
    if (this.tip === undefined) return;
    // This takes a while.
    if (this.lies.length > 0) await this.assertTruth();
    const finalize = portal.connect(user).getFunction("finalizeWithdrawalTransaction");
    for (const exit of this.exits) {
      if (exit.isPaid || this.tip.state.storage(PASSER, BigInt(messageSlot(exit.hash))) !== 1n) continue;
      if (!exit.isProven) exit.isProven = await attempt(this.proveExit(this.tip, exit.transaction, exit.hash, user));
      const until = (await this.braked().heldUntil(exit.hash)) as bigint;
      if (!(await attempt(finalize(exit.transaction, { gasLimit: FINALIZE_GAS })))) continue;
      const at = await time.latest();
      exit.isPaid = (await portal.finalizedWithdrawals(exit.hash)) as boolean;
      const wasHeld = until !== 0n && BigInt(at) >= until;
      this.count(exit.isPaid ? (wasHeld ? "paid when its time had come" : "paid") : "held");
      if (exit.isPaid && !wasHeld) this.payments.push({ at, amount: exit.transaction.value });
      if (exit.isPaid && exit.terms !== null) await (await this.exitMarket.collect(exit.terms, ZeroAddress)).wait();
    }
  }

  private async borrow(a: number, b: number): Promise<void> {
    const { market, people } = this;
    const from = (name: string) => market.connect(people.borrower).getFunction(name);
    if (b % 3 === 0) return void (await attempt(from("repay")(people.borrower, 1 + a)));
    const isOpen = (await this.truthRatio()) === FULL && !(await this.oracle.isContested(ETHER_ASSET));
    const borrowed = await attempt(from("borrow")(1 + (a % 400)));
    if (borrowed) this.count(isOpen ? "borrowed" : "BORROWED IN DOUBT");
  }

  private async liquidate(): Promise<void> {
    const { market, people } = this;
    // Rationale: the price stands still and nothing bears interest, so that only a lie could make a loan unsafe.
    if (await attempt(market.connect(people.liquidator).getFunction("liquidate")(people.borrower, LENT)))
      this.count("LIQUIDATED");
  }

  private async oracleWork(a: number): Promise<void> {
    if (a % 3 === 0) await attempt(this.oracle.drop(ETHER_ASSET));
    else if (a % 3 === 1 && this.lies.length > 0)
      await attempt(this.oracle.noteDispute(ETHER_ASSET, this.lies[a % this.lies.length].index));
    else if (this.truth !== null) await attempt(this.oracle.prove(ETHER_ASSET, evidenceOf(this.truth, ETHER_ASSET)));
  }

  private async check(): Promise<string | null> {
    const forbidden = Object.keys(this.counts).find((what) => what === what.toUpperCase());
    if (forbidden !== undefined) return forbidden;
    const ratio = await this.truthRatio();
    // Rationale: bridge and program are sound, so that the truth is 1, and nothing that a liar does makes it more.
    if (ratio > FULL) return `the feed says ${ratio}`;
    const isUndone = this.lies.length === 0 || (this.truth !== null && !this.hasChild);
    if (ratio < FULL && isUndone) return `the feed says ${ratio} where no lie stands, or each has an honest rival`;
    if (((await this.market.badDebt()) as bigint) > 0n) return "bad debt";
    if ((await hre.ethers.provider.getBalance(this.liarsTarget)) > 0n) return "the liar was paid";
    return this.bucketBroken();
  }

  /** Rationale: what fits leaves at most at the bucket's rate, over any stretch of time. */
  private bucketBroken(): string | null {
    const last = this.payments.at(-1);
    if (last === undefined) return null;
    let sum = 0n;
    for (const { at, amount } of this.payments.toReversed()) {
      sum += amount;
      const most = LIMIT.capacity + (LIMIT.capacity * BigInt(last.at - at)) / BigInt(LIMIT.drainTime);
      if (sum > most) return `${sum} left within ${last.at - at} s`;
    }
    return null;
  }

  private async truthRatio(): Promise<bigint> {
    return ((await this.oracle.backing(ETHER_ASSET)) as { ratio: bigint }).ratio;
  }

  private braked(): Contract {
    return new hre.ethers.Contract(
      this.system.portal.target as string,
      ["function heldUntil(bytes32) view returns (uint64)"],
      this.system.user,
    ) as unknown as Contract;
  }

  private proveExit(
    { index, output, state }: AssertedState,
    transaction: WithdrawalTransaction,
    hash: Hex,
    by: Signer,
  ): Promise<{ wait(): Promise<unknown> }> {
    const { storageProof } = state.proof(PASSER, [BigInt(messageSlot(hash))]);
    const preimage = {
      version: ZeroHash,
      stateRoot: output.stateRoot,
      messagePasserStorageRoot: output.messagePasserStorageRoot,
      latestBlockhash: keccak256(output.header),
    };
    const prove = this.system.portal.connect(by).getFunction("proveWithdrawalTransaction");
    return prove(transaction, index, preimage, storageProof[0].proof) as Promise<{ wait(): Promise<unknown> }>;
  }

  private forged(): { transaction: WithdrawalTransaction; hash: Hex } {
    const sender = toBeHex(8, 20) as Hex;
    const fields = { nonce: 2n ** 64n, sender, target: this.liarsTarget as Hex, value: ETHER };
    const transaction = { ...fields, gasLimit: 100_000n, data: "0x" as Hex };
    return { transaction, hash: hashWithdrawal(transaction) };
  }
}

/** Gives an edge what a proven step gives it: its timer, in bits 40 to 79 of its word. */
export async function markProven(system: Pick<System, "deployment" | "user">, id: Hex): Promise<void> {
  const { queue } = system.deployment.addresses;
  for (let position = 0; position < 64; position++) {
    const slot = messageSlot(id, position);
    const word = BigInt(await hre.ethers.provider.getStorage(queue, slot));
    // The other mapping by edges' names has no entry under an id.
    if (word === 0n) continue;
    const cleared = word & ~((2n ** 40n - 1n) << 40n);
    await setStorageAt(queue, slot, toBeHex(cleared | (PROVEN << 40n), 32));
    if ((await queueOf(system.deployment, system.user).edge(id)).timer === PROVEN) return;
    await setStorageAt(queue, slot, toBeHex(word, 32));
  }
  throw new Error(`no storage holds the edge ${id}`);
}
