import { Contract, parseEther, Wallet } from "ethers";
import { offerFastExit, postSum, proveBacking, quoteFastExit, startFastExit, type Withdrawal } from "../../client";
import { BRAKE_ABI, SOLVENCY_ORACLE_ABI, SUM_ROOTS_ABI } from "../../client/abi";
import { devAccount, ROLES } from "../../devnet/accounts";
import type { Devnet, DevnetOptions } from "../../devnet/devnet";
import { startReferee, untilSlashed, type Referee } from "../../devnet/referee";
import { originHash } from "../../games/names";
import type { AssertionInfo } from "../../games/types";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { Hex } from "../../protocol/types";
import { AuditWatch } from "./auditWatch";
import { announceSnark, playSnark } from "./snark";
import { ETHER_ASSET, forgeBackingEvidence } from "./forgedBacking";
import { ether, eventually, type Narrator } from "./narrator";
import { describeReading, Onlookers, type Reading } from "./onlookers";
import { User } from "./user";

/** What may leave at once, and how long what does not fit waits. */
const CAPACITY = parseEther("10");
const DRAIN_SECONDS = 60;
/** Time enough for a challenger that is held up while the lie stands. */
const CHALLENGE_SECONDS = 60;
const DEPOSIT = parseEther("30");
const SLOW = parseEther("12");
const FAST = parseEther("3");
/** What the lie adds to what withdrawals have taken out of L2. */
const FORGED_ETHER = 10_000;
/** Between the withdrawal on L2 and its price on L1, at most. */
const FAST_LIMIT_SECONDS = 60;

/** The devnet that the story is told on. */
export const SOLVENCY_DEVNET: Partial<DevnetOptions> = {
  brake: { ether: { capacity: String(CAPACITY), drainTime: String(DRAIN_SECONDS) } },
  challengePeriodSeconds: CHALLENGE_SECONDS,
  l1IntervalMs: 200,
};

/**
 * A liar asserts an insolvent root. The feed, the market over it and the auditor say so in the L1 block that tells them; a user leaves by
 * fast exit meanwhile; the brake holds what does not fit; the verdict restores all of it; a SNARK of the honest root verifies on L1, where
 * its prover is installed.
 * @throws Error where any of that does not happen.
 */
export async function playSolvency(
  devnet: Devnet,
  story: Narrator,
  seed: number,
  cleanUp: (() => void)[],
): Promise<void> {
  story.intro("A liar asserts an insolvent root: who notices, how fast, and who gets out. Some three minutes.");
  story.intro(announceSnark());
  const scene = await SolvencyScene.open(devnet, story, cleanUp);
  await scene.settle();
  await scene.lie(seed);
  await scene.leave();
  await scene.judge();
  await scene.prove();
}

class SolvencyScene {
  private slow!: Withdrawal;
  /** The claim about the sum of all accounts, and the assertion that it is about. */
  private claim!: number;
  private summed!: AssertionInfo;
  private lied!: AssertionInfo;
  /** L1 block in which the lie was proven to the oracle. */
  private toldAt = 0;
  private rivalAt = 0;
  private from = 0;

  private constructor(
    private readonly devnet: Devnet,
    private readonly story: Narrator,
    private readonly referee: Referee,
    private readonly user: User,
    private readonly onlookers: Onlookers,
    private readonly audit: AuditWatch,
  ) {}

  static async open(devnet: Devnet, story: Narrator, cleanUp: (() => void)[]): Promise<SolvencyScene> {
    story.chapter("1. A rollup whose bridge has a brake, and those on L1 who take nobody's word");
    const { l1, l2, deployment } = await devnet.start();
    await devnet.startMaker({ buysInDisputes: true });
    const limit = `${ether(CAPACITY)} ether may leave at once, more waits at most ${DRAIN_SECONDS} s`;
    story.tell(`L1, contracts, sequencer, verifier, challenger and maker are up; ${limit}`, "ready", { l1, l2 });
    const referee = await startReferee(l1.url, deployment, 50);
    const user = new User(devnet.info, story, 0);
    const audit = new AuditWatch(l2.verifier!);
    cleanUp.push(
      () => referee.stop(),
      () => user.close(),
      () => audit.stop(),
    );
    const { tokenBridge, sumRoots } = deployment.addresses;
    const onlookers = await Onlookers.deploy(user.onL1, tokenBridge, sumRoots!);
    story.tell(
      "anybody deployed an oracle, a Chainlink feed and a lending market over it: none has an owner",
      "onlookers",
    );
    return new SolvencyScene(devnet, story, referee, user, onlookers, audit);
  }

  /** Until what L2 owes is proven under a confirmed root, and what does not fit the brake is held. */
  async settle(): Promise<void> {
    const { story, user, referee, devnet } = this;
    story.chapter("2. What L2 owes, by proof");
    await user.deposit(DEPOSIT);
    this.slow = await user.startWithdrawal(SLOW);
    story.tell(`started a withdrawal of ${ether(SLOW)} ether the slow way`, "withdrawal", { hash: this.slow.hash });
    const honest = devAccount(ROLES.challenger).address;
    const covers = ({ l2BlockNumber }: AssertionInfo): boolean => l2BlockNumber >= this.slow.l2Block;
    const assertion = await eventually("an assertion", async () => referee.assertedBy(honest).find(covers));
    await user.prove(this.slow, assertion);
    const forecast = await this.audit.until("a forecast", ({ oldest }) => oldest?.assertion === assertion.index);
    const left = forecast.oldest!.payableAt! - (await user.l1.getBlock("latest"))!.timestamp;
    story.tell(`asserted; the auditor expects that it can be paid in ${left} s`, "forecast", forecast);
    await eventually("its confirmation", () => user.isConfirmed(assertion.id), 3 * CHALLENGE_SECONDS);
    const block = await proveBacking(user.onL1, user.l2, this.onlookers.oracle, assertion, ETHER_ASSET);
    const now = await this.tellReading(
      block,
      `the confirmed root is proven to the oracle in L1 block ${block}`,
      "proven",
    );
    if (now.backing === null || now.backing < 1 || !now.lends) throw new Error("a sound rollup must look like one");
    this.claim = await postSum(user.onL1, user.connect(devnet.info.l2.verifier!), this.sumRoots, assertion);
    this.summed = assertion;
    story.tell(
      `what all accounts own together is posted on L1 behind a bond, claim ${this.claim}: whoever knows better takes it down`,
      "sum",
      { claim: this.claim },
    );
    await this.brake(devnet.info.deployment.addresses.portal);
  }

  private get sumRoots(): string {
    return this.devnet.info.deployment.addresses.sumRoots!;
  }

  private async brake(portal: string): Promise<void> {
    const { story, user } = this;
    const before = await user.l1.getBlockNumber();
    await eventually("the brake", () => user.finalize(this.slow), 30);
    const brake = new Contract(portal, BRAKE_ABI, user.l1);
    const isHeld = async (blockTag: number): Promise<boolean> =>
      ((await brake.heldUntil(this.slow.hash, { blockTag })) as bigint) > 0n;
    const held = await firstBlock(before, await user.l1.getBlockNumber(), isHeld);
    if (held === null) throw new Error(`${ether(SLOW)} ether went through a brake of ${ether(CAPACITY)}`);
    story.tell(`${ether(SLOW)} ether do not fit: held in L1 block ${held}, the one that asked for them`, "held", {
      l1Block: held,
    });
  }

  /** A lie about what stands already would have a rival from its first block on, and could be proven to nobody. */
  private async untilAllConfirmed(): Promise<void> {
    const honest = devAccount(ROLES.challenger).address;
    const isDone = async (): Promise<boolean> => {
      const confirmed = await Promise.all(this.referee.assertedBy(honest).map(({ id }) => this.user.isConfirmed(id)));
      return confirmed.every(Boolean);
    };
    await eventually("everything's confirmation", isDone, 3 * CHALLENGE_SECONDS);
  }

  /** The lie, and who reacts to it. */
  async lie(seed: number): Promise<void> {
    const { story, user, referee, devnet, onlookers } = this;
    story.chapter(`3. A lie: withdrawals of ${FORGED_ETHER} ether that nobody had`);
    const liar = devAccount(ROLES.liar);
    await this.untilAllConfirmed();
    const challenger = devnet.processes.pid("challenger")!;
    process.kill(challenger, "SIGSTOP");
    try {
      story.tell("the honest challenger is held up for a moment", "held-up");
      this.from = referee.seen.length;
      await user.transfer(devAccount(1).address, 1n);
      const more = { beneficiary: PREDEPLOYS.messagePasser, amountEther: FORGED_ETHER };
      await devnet.startLiar("wrong-state", seed, "liar", liar, more);
      this.lied = await eventually("the lie", () => this.findLie(liar.address), 120);
      const { id } = this.lied;
      const at = referee.seen.find(({ told }) => told?.kind === "asserted" && told.assertion.id === id)!.l1Block;
      story.tell(`asserted in L1 block ${at}`, "lie", this.lied);
      await this.tellAudit(at);
      const evidence = await forgeBackingEvidence(user.l2, this.lied, parseEther(String(FORGED_ETHER)));
      const oracle = new Contract(onlookers.oracle, SOLVENCY_ORACLE_ABI, user.onL1);
      const receipt = (await (await oracle.prove(ETHER_ASSET, evidence)).wait()) as { blockNumber: number };
      this.toldAt = receipt.blockNumber;
    } finally {
      process.kill(challenger, "SIGCONT");
    }
    await this.tellReading(this.toldAt - 1, `L1 block ${this.toldAt - 1}`, "before");
    const fallen = await this.tellReading(
      this.toldAt,
      `L1 block ${this.toldAt}, which proves what the lie says`,
      "fallen",
    );
    if (fallen.backing === null || fallen.backing > 0.2 || fallen.lends || fallen.ltv !== 0)
      throw new Error("feed and market must fall in the block that tells them");
    await onlookers.sync();
  }

  /** What it asserts first may be true: an assertion sees the inbox as its parent was made. */
  private async findLie(liar: Hex): Promise<AssertionInfo | null> {
    for (const assertion of this.referee.assertedBy(liar)) if (!(await this.user.agrees(assertion))) return assertion;
    return null;
  }

  private async tellAudit(lieAt: number): Promise<void> {
    const { l1Block, text } = await this.audit.firstSince(lieAt, "false-root");
    this.story.tell(`the auditor, in L1 block ${l1Block}: ${text}`, "auditor", { l1Block });
  }

  /** Out by the maker's ether, while the lie is fought over. */
  async leave(): Promise<void> {
    const { story, user, devnet, onlookers } = this;
    story.chapter("4. Out in seconds, while it is fought over");
    const contested = await eventually("the rival", async () => {
      const number = await user.l1.getBlockNumber();
      return (await onlookers.isContested(number)) && number;
    });
    this.rivalAt = (await firstBlock(this.toldAt, contested, (block) => onlookers.isContested(block)))!;
    const rivalled = await this.tellReading(this.rivalAt, `an honest rival in L1 block ${this.rivalAt}`, "rivalled");
    if (rivalled.backing !== 1 || rivalled.lends)
      throw new Error("in a dispute neither root counts, and nothing is lent");
    const { url, market } = devnet.info.maker!;
    const maker = user.connect(url);
    const { price } = await quoteFastExit(maker, FAST);
    // A little under what is quoted: gas may be dearer when it buys.
    const asked = (price * 999n) / 1_000n;
    const owner = Wallet.createRandom().address;
    const started = Date.now();
    const exit = await startFastExit(user.l1, user.onL2, market, { amount: FAST, price: asked, seconds: 600, owner });
    await eventually("the maker's payment", async () => {
      const { state } = await offerFastExit(maker, exit);
      return state === "bought" && (await user.l1.getBalance(owner)) === asked;
    });
    const seconds = (Date.now() - started) / 1_000;
    if (seconds > FAST_LIMIT_SECONDS || !(await onlookers.isContested()))
      throw new Error(`out after ${seconds} s, which is too late for this story`);
    story.tell(
      `${ether(FAST)} ether left L2 and ${ether(asked)} are on L1 ${seconds.toFixed(1)} s later, the dispute still open`,
      "fast-exit",
      { asked, seconds },
    );
  }

  /** Until everything is as it was. */
  async judge(): Promise<void> {
    const { story, user, referee, onlookers } = this;
    story.chapter("5. The verdict");
    const liar = devAccount(ROLES.liar).address;
    const verdict = await untilSlashed(referee, liar, this.from, (2 * CHALLENGE_SECONDS + 120) * 1_000);
    if (verdict.by !== "proof") throw new Error("the lie was not refuted by proof");
    const latest = await user.l1.getBlockNumber();
    const settled = await firstBlock(this.rivalAt, latest, async (block) => !(await onlookers.isContested(block)));
    if (settled === null) throw new Error("the verdict must end the dispute");
    await this.tellReading(settled - 1, `L1 block ${settled - 1}`, "before-verdict");
    const now = await this.tellReading(settled, `the verdict in L1 block ${settled}`, "verdict");
    if (!now.lends) throw new Error("the market must lend again in the block of the verdict");
    const loan = await onlookers.borrow();
    story.tell(`a loan is drawn in L1 block ${loan}`, "loan", { l1Block: loan });
    await eventually("the held payment", () => user.settle(this.slow), 2 * DRAIN_SECONDS);
    story.tell(`the brake has let the ${ether(SLOW)} ether go when their time had come`, "released");
    const end = await this.audit.until("an audit without warnings", ({ warnings }) => warnings.length === 0);
    if (end.alerts.length > 0) throw new Error(`the auditor found ${end.alerts.join("; ")}`);
    story.tell(`the auditor has nothing open, and every unit covered, in L1 block ${end.l1Block}`, "audited", end);
    await this.settledSum();
  }

  /** The challenger guards sums, and settles those that nobody could take down. */
  private async settledSum(): Promise<void> {
    const { story, user, onlookers, summed } = this;
    const sums = new Contract(this.sumRoots, SUM_ROOTS_ABI, user.l1);
    const total = await eventually("the sum's settlement", async () => {
      const [settled, isProven] = (await sums.sumOf(summed.id)) as [bigint, boolean];
      return isProven && settled;
    });
    const excess = await onlookers.noteExcess(summed.index);
    if (excess !== 0n) throw new Error(`the accounts own ${ether(excess)} ether that nobody paid in`);
    story.tell(
      `claim ${this.claim} stood its window and the challenger settled it: all accounts own ${ether(total)} ether, no more than was paid in`,
      "sum-settled",
      { total },
    );
  }

  /** Of the root that won: what a window and a bond stand for above, by a proof. */
  async prove(): Promise<void> {
    const { story, user, referee, devnet, lied } = this;
    story.chapter("6. The same sum in zero knowledge");
    const honest = devAccount(ROLES.challenger).address;
    const isRival = ({ origin }: AssertionInfo): boolean => originHash(origin) === originHash(lied.origin);
    const won = await eventually(
      "the honest root's confirmation",
      async () => {
        const rival = referee.assertedBy(honest).find(isRival);
        return rival !== undefined && (await user.isConfirmed(rival.id)) && rival;
      },
      3 * CHALLENGE_SECONDS,
    );
    const isProven = await playSnark(user, devnet.info.deployment.addresses, won, story);
    story.tell(isProven ? "all of it happened" : "all of it happened but the SNARK", "done", { snark: isProven });
  }

  private async tellReading(block: number, what: string, event: string): Promise<Reading> {
    const reading = await this.onlookers.at(block);
    this.story.tell(`${what}: ${describeReading(reading)}`, event, { l1Block: block, ...reading });
    return reading;
  }
}

/** The first of `low` to `high` that is so, where all after it are, too; null where none is. */
async function firstBlock(
  low: number,
  high: number,
  isSo: (block: number) => Promise<boolean>,
): Promise<number | null> {
  if (!(await isSo(high))) return null;
  for (let [from, to] = [low, high]; ;) {
    if (from >= to) return to;
    const middle = Math.floor((from + to) / 2);
    if (await isSo(middle)) to = middle;
    else from = middle + 1;
  }
}
