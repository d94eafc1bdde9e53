import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, parseEther, Wallet } from "ethers";
import { devAccount, ROLES } from "../../devnet/accounts";
import { PREDEPLOYS } from "../../deployment";
import { Arena } from "./support/arena";
import { buildWithdrawalProof, withdrawalsIn } from "../../client";
import { MESSAGE_PASSER_ABI } from "../../client/abi";
import { checkBooks } from "./support/books";
import { expectHonestWinner, newSeed } from "./support/frauds";
import { eventually, TestSystem } from "./support/system";

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
const FEES = parseEther("0.1");

describe("e2e: walkaway", function () {
  this.timeout(300_000);
  const without = ["challenger"];
  const arena = new Arena(new TestSystem({ without, forceDelaySeconds: FORCE_DELAY_SECONDS, batchAgeMs: 500 }));
  const { system } = arena;
  const options = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };
  let l2: JsonRpcProvider;
  before(async () => {
    await arena.start();
    l2 = new JsonRpcProvider(system.devnet.info.l2.verifier!, undefined, options);
  });
  after(async () => {
    l2?.destroy();
    await arena.stop();
  });

  it("exit with every actor deleted and the stake borrowed: a user is paid while a liar fights it", async () => {
    const user = devAccount(USER).address;
    const { addresses } = system.deployment;

    // While all is well, the user moves ether on L2.
    const sequencer = new JsonRpcProvider(system.devnet.info.l2.sequencer!, undefined, options);
    const wallet = new Wallet(devAccount(USER).privateKey, sequencer);
    const sent = await wallet.sendTransaction({ to: devAccount(5).address, value: parseEther("1") });
    const { blockNumber } = (await sent.wait())!;
    sequencer.destroy();
    await eventually("the transfer is safe", async () => (await l2.getBlock("safe"))!.number >= blockNumber);

    // Then every actor dies for good, and all that it knew.
    const before = await l2.getBalance(user, "safe");
    const folder = dirname(system.devnet.info.deploymentFile);
    for (const actor of ["sequencer", "verifier"]) {
      await system.devnet.processes.stopOne(actor, "SIGKILL");
      expect(existsSync(join(folder, actor))).to.equal(true);
      rmSync(join(folder, actor), { recursive: true });
    }
    l2.destroy();
    const outsider = await system.devnet.startVerifier("outsider", 0, { sequencerUrl: undefined });
    l2 = new JsonRpcProvider(outsider, undefined, options);
    await eventually("a stranger's verifier has the chain from L1 alone", async () => {
      return (await l2.getBlock("safe"))!.number >= blockNumber;
    });
    await system.deposit(USER, parseEther("5"));
    const inbox = system.contract("inbox/Inbox", addresses.inbox, USER);
    const withdraw = MESSAGE_PASSER_ABI.encodeFunctionData("initiateWithdrawal", [user, 100_000n, "0x"]);
    await (await inbox.sendMessage(PREDEPLOYS.messagePasser, parseEther("30"), 300_000n, false, withdraw)).wait();
    expect(await l2.getBalance(user, "safe")).to.equal(before);

    // Nobody includes the messages, so the user does, after the delay; not before it.
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
    await eventually("the messages are safe", async () => {
      return (await l2.getBalance(user, "safe")) === before + parseEther("5") - parseEther("30");
    });

    // A stranger who has nothing borrows the stake and what a dispute takes, and proposes what that gives; a liar something else.
    const stranger = devAccount(ROLES.stranger).address;
    await system.provider.send("hardhat_setBalance", [stranger, "0x0"]);
    await (await system.signer(LENDER).sendTransaction({ to: stranger, value: LOAN })).wait();
    const seed = newSeed();
    const liar = { fault: "wrong-state:last", seed, account: ROLES.liar };
    const battle = await arena.fight([liar], () => arena.startHonest("stranger", ROLES.stranger));
    console.log(`      ${liar.fault}, seed ${seed}: ${battle.seconds.toFixed(1)} s`);
    expectHonestWinner(arena, battle);
    expect(battle.proven, "steps that L1 executed").to.have.length(1);

    // The user proves the withdrawal by the stranger's assertion and is paid.
    const logs = await l2.getLogs({ address: PREDEPLOYS.messagePasser, fromBlock: 0, toBlock: "safe" });
    const [withdrawal] = withdrawalsIn({ logs, blockNumber: logs[0].blockNumber });
    expect(withdrawal.transaction).to.include({ value: parseEther("30") });
    const { number } = (await l2.getBlock("safe"))!;
    const { assertions } = arena.record.replica;
    const confirmed = [...assertions.values()].find(
      ({ id, l2BlockNumber }) => l2BlockNumber >= number && arena.record.replica.edge(id)!.status === "confirmed",
    )!;
    const portal = system.contract("bridge/Portal", addresses.portal, USER);
    const { index, l2BlockNumber: l2Block, outputRoot } = confirmed;
    const assertion = { index: BigInt(index), l2Block, outputRoot, createdAt: 0 };
    const { output, storageProof } = await buildWithdrawalProof(l2, assertion, withdrawal);
    await (await portal.proveWithdrawalTransaction(withdrawal.transaction, index, output, storageProof)).wait();
    const held = await system.provider.getBalance(user);
    const receipt = await (await portal.finalizeWithdrawalTransaction(withdrawal.transaction)).wait();
    const fee = BigInt(receipt.gasUsed) * BigInt(receipt.gasPrice);
    const paid = (await system.provider.getBalance(user)) - held + fee;
    expect(paid, "paid out on L1").to.equal(parseEther("30"));

    await checkBooks(system, arena.record, [arena.honestAccount]);

    // And the loan goes back, all but gas.
    const queue = system.contract("games/edges/StateRootQueue", addresses.queue, ROLES.stranger);
    await eventually("the stakes are back", async () => {
      const [held, wallet] = [await queue.balanceOf(stranger), await system.provider.getBalance(stranger)];
      return held + wallet > LOAN - FEES;
    });
    const audit = await eventually("an audit that knows of the payment", async () => {
      const found = (await l2.send("rollup_getAudit", [])) as Audit;
      return found.l1Block.number >= receipt.blockNumber && found;
    });
    expect(audit.alerts).to.deep.equal([]);
    expect(BigInt(audit.assets[0].supply)).to.equal(parseEther("975"));
    expect(BigInt(audit.assets[0].escrow)).to.equal(parseEther("975"));
  });
});
