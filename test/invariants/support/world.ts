import { time } from "@nomicfoundation/hardhat-network-helpers";
import {
  type Contract,
  type ContractTransactionReceipt,
  hexlify,
  keccak256,
  toBeHex,
  ZeroAddress,
  ZeroHash,
} from "ethers";
import hre from "hardhat";
import type { Hex } from "../../../protocol/types";
import { encodeHeader, toHex } from "../../../protocol";
import { assertOutput, queueOf, type RealAssertion } from "../../contracts/support/assertions";
import { createL2Token } from "../../contracts/support/conservation";
import { fetchHeader } from "../../contracts/support/header";
import {
  deployRealSystem,
  ETHER,
  executeMessage,
  messagesOf,
  predeploys,
  type SentMessage,
} from "../../contracts/support/system";
import {
  messageSlot,
  passerStorage,
  proveStorage,
  type Withdrawal,
  withdrawalsOf,
} from "../../contracts/support/withdrawals";

const TOKENS = ["OrdinaryToken", "FeeToken", "FalseToken", "RebasingToken", "SilentToken", "ReentrantToken"];
const SUPPLY = 10n ** 6n;

/** A token with its two sides, and what this model knows of it. */
export interface TokenState {
  l1: Contract;
  l2: Contract;
  /** L2 tokens that deposits and withdrawals under way stand for. */
  underWay: bigint;
}

/** A message that L1 has sent, and the tokens it brings. */
interface Pending {
  message: SentMessage;
  token?: TokenState;
  amount: bigint;
}

/** A withdrawal that L2 has recorded (or, forged, that a liar says it has). */
export interface Started {
  withdrawal: Withdrawal;
  token?: TokenState;
  /** Ether, or tokens of L2. */
  amount: bigint;
  isForged: boolean;
  isPaid: boolean;
}

/** An assertion with the storage it was made over. */
interface Asserted {
  assertion: RealAssertion;
  output: { version: string; stateRoot: string; messagePasserStorageRoot: string; latestBlockhash: string };
  prove(withdrawalHash: string): string[] | null;
  isTrue: boolean;
}

type Base = Awaited<ReturnType<typeof deployWorld>>;

/** What a world starts from: the real contracts and a token of each make. Use with `loadFixture`. */
export async function deployWorld() {
  const system = await deployRealSystem();
  const tokens: { l1: Contract; l2: Contract }[] = [];
  for (const kind of TOKENS) {
    const l1 = (await hre.ethers.deployContract(kind, system.user)) as unknown as Contract;
    await (await l1.mint(await system.user.getAddress(), SUPPLY)).wait();
    await (await l1.approve(system.tokenBridge.target, 2n ** 255n)).wait();
    const l2 = await createL2Token(l1);
    tokens.push({ l1, l2 });
    const user = await system.user.getAddress();
    const deposit = system.tokenBridge.connect(system.user).getFunction("depositToken");
    const [message] = messagesOf(system, await (await deposit(l1.target, l2.target, user, SUPPLY / 10n)).wait());
    await executeMessage(message);
  }
  const consumed = await system.inbox.delayedCount();
  const last = await system.inbox.messageHash(consumed - 1n);
  const post = system.inbox.connect(system.sequencer).getFunction("postBatch");
  await (await post(0, ZeroHash, consumed, last, "0x")).wait();
  const refuser = (await hre.ethers.deployContract("Relay")).target as string;
  return { system, tokens, refuser, consumed: Number(consumed), l2: await predeploys() };
}

/** The real contracts of L1, and L2's on the same network, with a model of who is owed what. Every method is one step of a random play. */
export class World {
  readonly queue: Contract;
  readonly tokens: TokenState[];
  readonly pending: Pending[] = [];
  readonly started: Started[] = [];
  readonly asserted: Asserted[] = [];
  /** Wei that L2's accounts hold. */
  supply = 100n * ETHER;
  /** How often each thing succeeded; a play in which nothing is ever paid proves nothing. */
  readonly counts: Record<string, number> = {};
  readonly system: Base["system"];
  private readonly l2: Base["l2"];
  private readonly refuser: string;
  /** Messages that were executed before the play began. */
  private readonly before: number;
  private executed = 0;

  constructor({ system, l2, tokens, refuser, consumed }: Base) {
    this.system = system;
    this.l2 = l2;
    this.refuser = refuser;
    this.before = consumed;
    this.queue = queueOf(system.deployment, system.other);
    this.tokens = tokens.map((token) => ({ ...token, underWay: 0n }));
  }

  async depositEther(a: number, b: number): Promise<void> {
    const value = BigInt(a) * 10n ** 14n;
    // A call that fails on L2 every third time: the mint must stand.
    const to = b % 3 === 0 ? this.refuser : await this.system.user.getAddress();
    const call = this.system.portal.connect(this.system.user).getFunction("depositTransaction");
    await this.send(await (await call(to, value, 100_000, false, "0x", { value })).wait(), undefined, 0n);
  }

  async depositToken(a: number, b: number): Promise<void> {
    const token = this.token(a);
    const user = await this.system.user.getAddress();
    const to = b % 5 === 0 ? ZeroAddress : user;
    const l2Token = b % 7 === 0 ? user : (token.l2.target as string);
    const { tokenBridge } = this.system;
    const before = (await tokenBridge.escrow(token.l1.target)) as bigint;
    const call = tokenBridge.connect(this.system.user).getFunction("depositToken");
    const receipt = await tried(() => call(token.l1.target, l2Token, to, 1 + (b % 1000)));
    const received = ((await tokenBridge.escrow(token.l1.target)) as bigint) - before;
    if (receipt === null) return;
    token.underWay += received;
    await this.send(receipt, token, received);
  }

  async sendMessage(a: number): Promise<void> {
    const data = hexlify(new Uint8Array(a % 300).fill(a & 0xff));
    const call = this.system.inbox.connect(this.system.user).getFunction("sendMessage");
    await this.send(await (await call(this.refuser, 0, 100_000, false, data)).wait(), undefined, 0n);
  }

  async postBatch(a: number, b: number): Promise<void> {
    const { inbox, sequencer } = this.system;
    const counts = [inbox.batchCount(), inbox.delayedCount(), inbox.consumedCount()];
    const [index, total, consumed] = (await Promise.all(counts)) as [bigint, bigint, bigint];
    const delayed = consumed + ((total - consumed) * BigInt(a % 4 === 0 ? 1 : 2)) / 2n;
    const previous = index === 0n ? ZeroHash : await inbox.batchRecord(index - 1n);
    const last = delayed === 0n ? ZeroHash : await inbox.messageHash(delayed - 1n);
    const data = hexlify(new Uint8Array(b % 9000).fill(b & 0xff));
    await (await inbox.connect(sequencer).getFunction("postBatch")(index, previous, delayed, last, data)).wait();
    this.count("batch");
  }

  async forceInclude(): Promise<void> {
    const { inbox } = this.system;
    const [count, consumed, overdue] = await Promise.all([
      inbox.batchCount(),
      inbox.consumedCount(),
      inbox.overdueCount(),
    ]);
    const isDue = overdue > consumed;
    const receipt = await tried(() => inbox.getFunction("forceInclude")(count, consumed + 1n));
    if ((receipt !== null) !== isDue) throw new Error(`forceInclude: ${overdue} overdue, ${consumed} consumed`);
    if (isDue) this.count("forced");
  }

  async passTime(a: number): Promise<void> {
    await time.increase(1 + (a % 10 === 0 ? 4000 : a % 120));
  }

  /** L2 executes the next message that a batch has consumed. */
  async execute(): Promise<void> {
    if (BigInt(this.before + this.executed) >= (await this.system.inbox.consumedCount())) return;
    const { message, token, amount } = this.pending[this.executed++];
    this.supply += message.mint;
    const receipt = await executeMessage(message).catch(() => null);
    this.count(receipt === null ? "failed call" : "call");
    if (token === undefined) return;
    const [returned] = await withdrawalsOf(receipt!.logs);
    // What was minted is no longer under way; what goes back still is.
    if (returned === undefined) token.underWay -= amount;
    else this.started.push({ withdrawal: returned, token, amount, isForged: false, isPaid: false });
  }

  async withdrawEther(a: number, b: number): Promise<void> {
    const value = (this.supply * BigInt(a % 20)) / 100n;
    const target = b % 4 === 0 ? this.refuser : toBeHex(0xeeee0000 + (b % 8), 20);
    const call = this.l2.messagePasser.connect(this.system.user).getFunction("initiateWithdrawal");
    const receipt = (await (await call(target, 50_000, "0x", { value })).wait())!;
    this.supply -= value;
    const [withdrawal] = await withdrawalsOf(receipt.logs);
    this.started.push({ withdrawal, amount: value, isForged: false, isPaid: false });
  }

  async withdrawToken(a: number, b: number): Promise<void> {
    const token = this.token(a);
    const owned = (await token.l2.balanceOf(await this.system.user.getAddress())) as bigint;
    const amount = (owned * BigInt(1 + (b % 10))) / 10n;
    if (amount === 0n) return;
    const call = this.l2.l2Bridge.connect(this.system.user).getFunction("withdrawToken");
    const receipt = await (await call(token.l2.target, toBeHex(0xffff0000 + (b % 8), 20), amount)).wait();
    const [withdrawal] = await withdrawalsOf(receipt!.logs);
    token.underWay += amount;
    this.started.push({ withdrawal, token, amount, isForged: false, isPaid: false });
  }

  /** A token freezes or thaws, grows or shrinks. */
  async disturbToken(a: number, b: number): Promise<void> {
    const frozen = this.tokens[TOKENS.indexOf("FalseToken")].l1;
    const rebasing = this.tokens[TOKENS.indexOf("RebasingToken")].l1;
    if (a % 2 === 0) await (await frozen.freeze(b % 2 === 0)).wait();
    else await (await rebasing.rebase(50 + (b % 150))).wait();
  }

  /** The truth about L2 as it stands, on top of the last true assertion. */
  async assertTruth(): Promise<void> {
    await this.assert(true, {});
  }

  /** A rival of the last true assertion, over a storage in which everything there is was withdrawn; early ones stop its clock. */
  async lie(a: number): Promise<void> {
    const truth = this.lastTruth();
    if (truth === undefined) return;
    if (a % 10 !== 0) await time.increase(100);
    const held = await hre.ethers.provider.getBalance(this.system.portal.target);
    const fields = {
      nonce: BigInt(1_000_000 + a),
      sender: await this.system.user.getAddress(),
      target: toBeHex(0xdead, 20),
    };
    const forged: Withdrawal = { ...fields, value: held, gasLimit: 21_000n, data: "0x", withdrawalHash: "" };
    forged.withdrawalHash = keccak256(
      hre.ethers.AbiCoder.defaultAbiCoder().encode(
        ["uint256", "address", "address", "uint256", "uint256", "bytes"],
        [forged.nonce, forged.sender, forged.target, forged.value, forged.gasLimit, forged.data],
      ),
    );
    this.count("forged");
    this.started.push({ withdrawal: forged, amount: held, isForged: true, isPaid: false });
    await this.assert(false, { [messageSlot(forged.withdrawalHash)]: toBeHex(1, 32) });
  }

  async confirm(a: number): Promise<void> {
    const item = this.pick(this.asserted, a);
    if (item === undefined) return;
    if (a % 2 === 0) await time.increase(100);
    const receipt = await tried(() => this.queue.confirm(item.assertion.at, item.assertion.root));
    if (receipt !== null) this.count(item.isTrue ? "confirmed" : "lie confirmed");
  }

  /** Somebody proves a withdrawal, forged or not, against an assertion: accepted where its storage has it. */
  async prove(a: number, b: number): Promise<void> {
    const [item, against] = [this.pick(this.started, a), this.pick(this.asserted, b)];
    if (item !== undefined && against !== undefined) await this.proveAgainst(item, against, b);
  }

  /** Somebody finalises: paid if and only if that submitter's proof stands on a confirmed assertion and the target takes it. */
  async finalize(a: number, b: number): Promise<void> {
    const item = this.pick(this.started, a);
    if (item !== undefined) await this.finalizeFor(item, b);
  }

  /** The whole way of one withdrawal, as an honest party goes it: to the end where no early lie holds up what it stands on. */
  async settle(a: number, b: number): Promise<void> {
    const item = this.pick(
      this.started.filter(({ isPaid, isForged }) => !isPaid && !isForged),
      a,
    );
    if (item === undefined) return;
    await this.assertTruth();
    await this.proveAgainst(item, this.lastTruth()!, b);
    await time.increase(100);
    for (const { assertion, isTrue } of this.asserted) {
      if (isTrue) await tried(() => this.queue.confirm(assertion.at, assertion.root));
    }
    await this.finalizeFor(item, b);
  }

  private async proveAgainst(item: Started, against: Asserted, by: number): Promise<void> {
    const nodes = against.prove(item.withdrawal.withdrawalHash);
    const call = this.system.portal.connect(this.submitter(by)).getFunction("proveWithdrawalTransaction");
    const receipt = await tried(() => call(item.withdrawal, against.assertion.index, against.output, nodes ?? []));
    if ((receipt !== null) !== (nodes !== null))
      throw new Error("prove: accepted what is not recorded, or the reverse");
    if (receipt !== null) this.count("proven");
  }

  private async finalizeFor(item: Started, by: number): Promise<void> {
    const { withdrawal, token } = item;
    const { portal } = this.system;
    const submitter = this.submitter(by);
    const proven = await portal.provenWithdrawals(withdrawal.withdrawalHash, await submitter.getAddress());
    const isConfirmed = proven.timestamp !== 0n && (await this.queue.isGameClaimValid(proven.disputeGameProxy));
    const isFrozen = token !== undefined && token === this.tokens[2] && (await token.l1.frozen());
    const takes = withdrawal.target !== this.refuser && !isFrozen;
    const receipt = await tried(() =>
      portal.connect(submitter).getFunction("finalizeWithdrawalTransaction")(withdrawal),
    );
    const isExpected = isConfirmed && takes && !item.isPaid;
    if ((receipt !== null) !== isExpected) throw new Error(`finalize: expected ${isExpected}`);
    if (receipt === null) return;
    item.isPaid = true;
    if (token !== undefined) token.underWay -= item.amount;
    this.count(token === undefined ? "ether paid" : "tokens paid");
  }

  private async assert(isTrue: boolean, extra: Record<string, string>): Promise<void> {
    const { header, hash } = await fetchHeader("latest");
    const slots = { ...(await passerStorage(header.number)), ...extra };
    const storage = proveStorage(slots);
    const { stateRoot } = header;
    const encoded = toHex(encodeHeader(header)) as Hex;
    const truths = this.asserted.filter((item) => item.isTrue);
    // A liar stands beside the last truth, the next truth on top of it.
    const parent = isTrue ? truths.at(-1) : truths.at(-2);
    const assertion = await assertOutput(
      this.system.deployment,
      this.system.other,
      { stateRoot, messagePasserStorageRoot: storage.root, header: encoded },
      parent === undefined ? {} : { origin: parent.assertion.childOrigin },
    ).catch((error: unknown) => {
      // Nobody can lie beside what is decided.
      if (!isTrue && String(error).includes("AlreadyDecided")) return null;
      throw error;
    });
    if (assertion === null) return;
    const output = { version: ZeroHash, stateRoot, messagePasserStorageRoot: storage.root, latestBlockhash: hash };
    const prove = (withdrawalHash: string): string[] | null =>
      messageSlot(withdrawalHash) in slots ? storage.prove(messageSlot(withdrawalHash)) : null;
    this.asserted.push({ assertion, output, prove, isTrue });
    this.count(isTrue ? "asserted" : "lied");
  }

  private async send(
    receipt: ContractTransactionReceipt | null,
    token: TokenState | undefined,
    amount: bigint,
  ): Promise<void> {
    const [message] = messagesOf(this.system, receipt);
    this.pending.push({ message, token, amount });
    this.count("sent");
  }

  private lastTruth(): Asserted | undefined {
    return this.asserted.findLast((item) => item.isTrue);
  }

  private token(a: number): TokenState {
    return this.tokens[a % this.tokens.length];
  }

  private submitter(b: number) {
    return b % 8 === 0 ? this.system.other : this.system.user;
  }

  private pick<T>(list: readonly T[], a: number): T | undefined {
    // The newest most of the time: what is old is paid, or never will be.
    const reach = a % 8 === 0 ? list.length : Math.min(list.length, 5);
    return list[list.length - 1 - (Math.floor(a / 8) % Math.max(1, reach))];
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }
}

/** The receipt, or null where the contract refused. */
async function tried(
  send: () => Promise<{ wait(): Promise<ContractTransactionReceipt | null> }>,
): Promise<ContractTransactionReceipt | null> {
  try {
    return await (await send()).wait();
  } catch (error) {
    if (/revert/.test(String(error))) return null;
    throw error;
  }
}
