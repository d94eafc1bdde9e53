import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, parseEther, Wallet, type TransactionReceipt } from "ethers";
import { buildWithdrawalProof, withdrawalsIn } from "../../../client";
import { MESSAGE_PASSER_ABI } from "../../../client/abi";
import { PREDEPLOYS } from "../../../deployment";
import { devAccount, ROLES } from "../../../devnet/accounts";
import type { DevnetOptions } from "../../../devnet/devnet";
import type { EdgesGame } from "../../../games/edges";
import { DataServer } from "../../../node/data/altda/server";
import { Arena } from "./arena";
import { checkBooks } from "./books";
import { expectHonestWinner, newSeed } from "./frauds";
import { GameRecord } from "./record";
import { eventually, TestSystem } from "./system";

type Assertion = EdgesGame["replica"]["assertions"] extends Map<unknown, infer One> ? One : never;
type Audit = {
  l1Block: { number: number };
  assets: { escrow: string; supply: string; surplus: string }[];
  alerts: unknown[];
};

const USER = 4;
const FORCE_DELAY_SECONDS = 30;
const LENDER = 6;
/** Of the default stakes: one whole way down, twice over, and gas. */
const LOAN = parseEther("4");
/** Where batches come from servers, one by one, a second assertion besides, with the reserve that a challenger keeps for its answers. */
const LONGER_LOAN = parseEther("40");
const FEES = parseEther("0.1");
const [DEPOSIT, WITHDRAWAL] = [parseEther("5"), parseEther("30")];
/** Of genesis and the deposit, without the withdrawal. */
const LEFT = parseEther("975");
/** Anvil mines once a second. */
const ANVIL_STILL_MS = 4_000;
/** Between two jumps of L1's clock: whoever is to act meanwhile sees the first. */
const JUMP_MS = 2_000;
const SLOW_SECONDS = 240;
const CLIENT = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

/**
 * A user whose ether is on L2 when every actor dies for good, with all that it knew. What is left: L1, the user, and a stranger who has
 * nothing. Of batches that are off L1 the user kept the bytes, as everybody must who wants to be able to do this.
 */
export class Walkaway {
  private readonly arena: Arena;
  private readonly system: TestSystem;
  private readonly user = devAccount(USER).address;
  private l2!: JsonRpcProvider;
  private kept: DataServer | null = null;
  private readonly loan: bigint;
  /** The user's ether on L2 when all have died. */
  private before = 0n;
  /** The last block that the user cares for. */
  private height = 0;

  constructor(options: Partial<DevnetOptions> = {}) {
    const own = { without: ["challenger"], forceDelaySeconds: FORCE_DELAY_SECONDS, batchAgeMs: 500 };
    this.arena = new Arena(new TestSystem({ ...own, ...options }), options.l1 === "anvil" ? ANVIL_STILL_MS : undefined);
    this.system = this.arena.system;
    this.loan = options.data === "altda" ? LONGER_LOAN : LOAN;
  }

  async start(): Promise<void> {
    await this.arena.start();
    this.l2 = new JsonRpcProvider(this.system.devnet.info.l2.verifier!, undefined, CLIENT);
  }

  async stop(): Promise<void> {
    this.l2?.destroy();
    await this.arena.stop();
    await this.kept?.stop();
  }

  async play(): Promise<void> {
    await this.useWhileAllIsWell();
    await this.deleteEverybody();
    await this.forceIn();
    await this.settleAgainstLiar();
    const receipt = await this.bePaid();
    await this.balanceBooks(receipt);
  }

  /** The user moves ether on L2. */
  private async useWhileAllIsWell(): Promise<void> {
    const sequencer = new JsonRpcProvider(this.system.devnet.info.l2.sequencer!, undefined, CLIENT);
    const wallet = new Wallet(devAccount(USER).privateKey, sequencer);
    const sent = await wallet.sendTransaction({ to: devAccount(5).address, value: parseEther("1") });
    this.height = (await sent.wait())!.blockNumber;
    sequencer.destroy();
    await eventually("the transfer is safe", () => this.isDerived());
  }

  private async isDerived(): Promise<boolean> {
    return (await this.l2.getBlock("safe"))!.number >= this.height;
  }

  private async deleteEverybody(): Promise<void> {
    const { devnet } = this.system;
    const { dataDir, members } = devnet.info;
    this.before = await this.l2.getBalance(this.user, "safe");
    const [batches, own] = [join(dataDir, "batches"), join(dataDir, "kept-by-the-user")];
    if (existsSync(batches)) {
      cpSync(batches, own, { recursive: true });
      await devnet.stopDataServer();
      rmSync(batches, { recursive: true });
    }
    for (const actor of ["sequencer", ...Object.keys(members), "verifier"]) {
      await devnet.processes.stopOne(actor, "SIGKILL");
      expect(existsSync(join(dataDir, actor)), actor).to.equal(true);
      rmSync(join(dataDir, actor), { recursive: true });
    }
    this.l2.destroy();
    if (existsSync(own)) {
      this.kept = await DataServer.start(own);
      this.system.dataUrl = [this.kept.url];
    }
    const config = { sequencerUrl: undefined, watchUrls: [], dataUrl: this.system.dataUrl ?? devnet.dataUrl };
    this.l2 = new JsonRpcProvider(await devnet.startVerifier("outsider", 0, config), undefined, CLIENT);
    await eventually("a stranger's verifier has the chain", () => this.isDerived());
  }

  /** Nobody includes the user's messages, so the user does, after the delay; not before it. */
  private async forceIn(): Promise<void> {
    const { system, user } = this;
    await system.deposit(USER, DEPOSIT);
    const inbox = system.inbox(USER);
    const withdraw = MESSAGE_PASSER_ABI.encodeFunctionData("initiateWithdrawal", [user, 100_000n, "0x"]);
    await (await inbox.sendMessage(PREDEPLOYS.messagePasser, WITHDRAWAL, 300_000n, false, withdraw)).wait();
    expect(await this.l2.getBalance(user, "safe")).to.equal(this.before);
    const force = async (): Promise<unknown> => {
      const [count, delayed] = [await inbox.batchCount(), await inbox.delayedCount()];
      await inbox.forceInclude.staticCall(count, delayed);
      return (await inbox.forceInclude(count, delayed)).wait();
    };
    await force().then(
      () => expect.fail("forced before the delay"),
      (error: { revert?: { name: string } }) => expect(error.revert?.name).to.equal("NotOverdue"),
    );
    await system.jump(FORCE_DELAY_SECONDS + 1);
    await force();
    if (system.devnet.options.data === "altda") await system.settle(USER);
    await eventually("the messages are safe", async () => {
      return (await this.l2.getBalance(user, "safe")) === this.before + DEPOSIT - WITHDRAWAL;
    });
  }

  /** A stranger who has nothing borrows the stake and what a dispute takes, and proposes what that gives; a liar something else. */
  private async settleAgainstLiar(): Promise<void> {
    const { system, arena } = this;
    const stranger = devAccount(ROLES.stranger).address;
    await system.provider.send("hardhat_setBalance", [stranger, "0x0"]);
    await (await system.signer(LENDER).sendTransaction({ to: stranger, value: this.loan })).wait();
    const seed = newSeed();
    const liar = { fault: "wrong-state:last", seed, account: ROLES.liar };
    const battle = await arena.fight([liar], () => arena.startHonest("stranger", ROLES.stranger));
    console.log(`      ${liar.fault}, seed ${seed}: ${battle.seconds.toFixed(1)} s`);
    expectHonestWinner(arena, battle);
    expect(battle.proven, "steps that L1 executed").to.have.length(1);
  }

  /** The user proves the withdrawal by the stranger's assertion and is paid. */
  private async bePaid(): Promise<TransactionReceipt> {
    const { system, l2, user } = this;
    const logs = await l2.getLogs({ address: PREDEPLOYS.messagePasser, fromBlock: 0, toBlock: "safe" });
    const [withdrawal] = withdrawalsIn({ logs, blockNumber: logs[0].blockNumber });
    expect(withdrawal.transaction).to.include({ value: WITHDRAWAL });
    const confirmed = await this.confirmedFrom((await l2.getBlock("safe"))!.number);
    const portal = system.contract("bridge/Portal", system.deployment.addresses.portal, USER);
    const { index, l2BlockNumber: l2Block, outputRoot } = confirmed;
    const assertion = { index: BigInt(index), l2Block, outputRoot, createdAt: 0 };
    const { output, storageProof } = await buildWithdrawalProof(l2, assertion, withdrawal);
    await (await portal.proveWithdrawalTransaction(withdrawal.transaction, index, output, storageProof)).wait();
    const held = await system.provider.getBalance(user);
    const receipt = await (await portal.finalizeWithdrawalTransaction(withdrawal.transaction)).wait();
    const fee = BigInt(receipt.gasUsed) * BigInt(receipt.gasPrice);
    const paid = (await system.provider.getBalance(user)) - held + fee;
    expect(paid, "paid out on L1").to.equal(WITHDRAWAL);
    return receipt as TransactionReceipt;
  }

  /** The stranger may have asserted before all of it was derived, and the rest later: that is confirmed when its time is over. */
  private async confirmedFrom(block: number): Promise<Assertion> {
    const { system, arena } = this;
    const { game } = arena.honest;
    const covering = (status: string): Assertion | undefined =>
      [...game.replica.assertions.values()].find(
        ({ id, l2BlockNumber }) => l2BlockNumber >= block && game.replica.edge(id)!.status === status,
      );
    const find = async (): Promise<Assertion | false> => {
      const found = covering("confirmed");
      if (found !== undefined) return found;
      if (covering("open") !== undefined) await system.jump(game.parameters.challengePeriodSeconds + 1);
      await new Promise((resolve) => setTimeout(resolve, JUMP_MS));
      return false;
    };
    const confirmed = await eventually("an assertion of it is confirmed", find, SLOW_SECONDS);
    arena.record = await GameRecord.read(system.provider, system.deployment, game.parameters);
    return confirmed;
  }

  /** Nothing is missing anywhere, and the loan goes back, all but gas. */
  private async balanceBooks(receipt: TransactionReceipt): Promise<void> {
    const { system, arena, l2 } = this;
    await checkBooks(system, arena.record, [arena.honestAccount]);
    const stranger = devAccount(ROLES.stranger).address;
    const queue = system.contract("games/edges/StateRootQueue", system.deployment.addresses.queue, ROLES.stranger);
    await eventually("the stakes are back", async () => {
      const [held, wallet] = [await queue.balanceOf(stranger), await system.provider.getBalance(stranger)];
      return held + wallet > this.loan - FEES;
    });
    const audit = await eventually("an audit that knows of the payment", async () => {
      const found = (await l2.send("rollup_getAudit", [])) as Audit;
      return found.l1Block.number >= receipt.blockNumber && found;
    });
    expect(audit.alerts).to.deep.equal([]);
    expect(BigInt(audit.assets[0].supply)).to.equal(LEFT);
    expect(BigInt(audit.assets[0].escrow)).to.equal(LEFT);
  }
}
