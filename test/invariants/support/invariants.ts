import { expect } from "chai";
import hre from "hardhat";
import { getBytes, Interface, ZeroHash } from "ethers";
import type { Hex } from "../../../protocol/types";
import { batchRecordHash, chunksHash, messageHash } from "../../../protocol";
import { expectEtherCovered, expectTokenCovered } from "../../contracts/support/conservation";
import { eventsOf } from "../../contracts/support/system";
import type { World } from "./world";

/** Everything that must hold between any two calls. */
export async function expectInvariants(world: World): Promise<void> {
  await expectEtherCovered(world.system as never);
  await expectL2Covered(world);
  for (const { l1, l2, underWay } of world.tokens) await expectTokenCovered(world.system as never, l1, [l2], underWay);
  await expectStakesCovered(world);
  await expectPaidOnce(world);
  const { inbox } = world.system;
  expect((await inbox.consumedCount()) <= (await inbox.delayedCount()), "consumed messages").to.equal(true);
}

/** Rationale: the same as from events, from what the model says that L2's accounts hold and have on the way out. */
async function expectL2Covered({ system, supply, pending, started, counts }: World): Promise<void> {
  const executed = (counts.call ?? 0) + (counts["failed call"] ?? 0);
  const arriving = pending.slice(executed).reduce((sum, { message }) => sum + message.mint, 0n);
  const leaving = started
    .filter(({ token, isForged, isPaid }) => token === undefined && !isForged && !isPaid)
    .reduce((sum, { amount }) => sum + amount, 0n);
  const held = await hre.ethers.provider.getBalance(system.portal.target);
  expect(held).to.equal(supply + arriving + leaving);
}

/** Rationale: no stake is lost or paid twice. */
async function expectStakesCovered({ queue, asserted, system }: World): Promise<void> {
  let owed = (await queue.burnt()) as bigint;
  owed += (await queue.balanceOf(await system.other.getAddress())) as bigint;
  const stake = (await queue.stakeOf(0)) as bigint;
  for (const { assertion } of asserted) {
    const { status, stakeMoved } = (await queue.edge(assertion.id)) as { status: bigint; stakeMoved: boolean };
    if (status === 1n) owed += stake;
    // One stake for both, until the upper assertion is confirmed.
    if (stakeMoved && status !== 3n) owed -= stake;
  }
  expect(await hre.ethers.provider.getBalance(queue.target)).to.equal(owed);
}

/** Rationale: a withdrawal is paid once at most, and never one that L2 does not know. */
async function expectPaidOnce({ system, started, counts }: World): Promise<void> {
  const logs = await hre.ethers.provider.getLogs({ address: system.deployment.addresses.portal, fromBlock: 0 });
  const paid = eventsOf(system.portal, logs, "WithdrawalFinalized").map(({ withdrawalHash }) => withdrawalHash);
  expect(new Set(paid).size).to.equal(paid.length);
  const known = started.filter(({ isPaid }) => isPaid).map(({ withdrawal }) => withdrawal.withdrawalHash);
  expect([...paid].sort()).to.deep.equal(known.sort());
  expect(
    started.some(({ isForged, isPaid }) => isForged && isPaid),
    "a forged withdrawal was paid",
  ).to.equal(false);
  expect(counts["lie confirmed"] ?? 0).to.equal(0);
}

/** Rationale: who has only L1's transactions and events computes the same records and hashes. */
export async function expectInboxRebuilt({ system }: World): Promise<void> {
  const { inbox } = system;
  const provider = hre.ethers.provider;
  const logs = await provider.getLogs({ address: inbox.target as string, fromBlock: 0 });
  const abi = new Interface(["function postBatch(uint256, bytes32, uint256, bytes32, bytes data)"]);
  let record = ZeroHash as Hex;
  let message = ZeroHash as Hex;
  for (const log of logs) {
    const { name, args } = inbox.interface.parseLog(log)!;
    if (name === "BatchAppended") {
      const { data } = (await provider.getTransaction(log.transactionHash))!;
      const bytes = args.forced
        ? new Uint8Array(0)
        : getBytes(abi.decodeFunctionData("postBatch", data).data as string);
      const { delayedCount, l1Number, l1Time } = args.toObject() as Record<string, bigint>;
      record = batchRecordHash({ previous: record, chunksHash: chunksHash(bytes), delayedCount, l1Number, l1Time });
      expect(await inbox.batchRecord(args.index)).to.equal(record);
    } else {
      const fields = args.toObject() as never as Parameters<typeof messageHash>[0] & { data: string };
      const own = { previous: message, inbox: system.deployment.addresses.inbox, data: getBytes(fields.data as never) };
      message = messageHash({ ...fields, ...own });
      expect(await inbox.messageHash(args.index)).to.equal(message);
    }
  }
}
