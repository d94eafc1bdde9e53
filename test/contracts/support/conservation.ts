import { expect } from "chai";
import hre from "hardhat";
import type { Contract } from "ethers";
import { PREDEPLOYS } from "../../../deployment";
import { eventsOf, predeploys, type System } from "./system";
import { withdrawalsOf } from "./withdrawals";

/**
 * Rationale: everything that L2 can ever claim must lie on L1. Counted from events, not from the contracts' own books.
 * Ether: genesis + mints - finalised withdrawals is what L2's accounts and withdrawals under way add up to.
 */
export async function expectEtherCovered(system: System): Promise<void> {
  const provider = hre.ethers.provider;
  const minted = eventsOf(
    system.inbox,
    await provider.getLogs({ address: system.deployment.addresses.inbox, fromBlock: 0 }),
    "MessageSent",
  ).reduce((sum, { mint }) => sum + (mint as bigint), 0n);
  const finalized = new Set(
    eventsOf(
      system.portal,
      await provider.getLogs({ address: system.deployment.addresses.portal, fromBlock: 0 }),
      "WithdrawalFinalized",
    ).map(({ withdrawalHash }) => withdrawalHash as string),
  );
  const started = await withdrawalsOf(await provider.getLogs({ address: PREDEPLOYS.messagePasser, fromBlock: 0 }));
  const paid = started.filter((item) => finalized.has(item.withdrawalHash)).reduce((sum, item) => sum + item.value, 0n);
  const owed = (await system.portal.genesisBalance()) + minted - paid;
  const held = await provider.getBalance(system.deployment.addresses.portal);
  expect(held >= owed, `portal holds ${held}, L2 is owed ${owed}`).to.equal(true);
}

/**
 * Rationale: for each token the escrow on the books is the supply of its L2 tokens and what is under way, and what the bridge would
 * pay for all of it is no more than what it holds.
 */
export async function expectTokenCovered(
  system: System,
  l1Token: Contract,
  l2Tokens: readonly Contract[],
  underWay: bigint,
): Promise<void> {
  let supply = 0n;
  for (const l2Token of l2Tokens) supply += (await l2Token.totalSupply()) as bigint;
  const escrow = await system.tokenBridge.escrow(l1Token.target);
  expect(escrow).to.equal(supply + underWay);
  const held = await l1Token.balanceOf(system.tokenBridge.target);
  const payout = escrow === 0n ? 0n : await system.tokenBridge.payout(l1Token.target, escrow);
  expect(held >= payout, `bridge holds ${held} and would pay ${payout}`).to.equal(true);
}

/** What a token's L2 side is called. */
export async function createL2Token(l1Token: Contract, name = "Bridged", decimals = 18): Promise<Contract> {
  const { factory } = await predeploys();
  await (await factory.createToken(l1Token.target, name, "BRG", decimals)).wait();
  const address = await factory.tokenAddress(l1Token.target, name, "BRG", decimals);
  return (await hre.ethers.getContractAt("L2Token", address)) as unknown as Contract;
}
