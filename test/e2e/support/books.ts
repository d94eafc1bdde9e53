import { expect } from "chai";
import type { Hex } from "../../../protocol/types";
import { QUEUE_ABI } from "../../../games/edges";
import type { GameRecord } from "./record";
import type { TestSystem } from "./system";

/**
 * The list of invariants that holds after each scenario of the game.
 * @param honest - Accounts that must not have lost anything.
 */
export async function checkBooks(
  { provider, deployment }: Pick<TestSystem, "provider" | "deployment">,
  record: GameRecord,
  honest: readonly Hex[],
): Promise<void> {
  const { replica, seen } = record;
  const { queue } = deployment.addresses;
  const { stakes } = replica.parameters;
  const staked = [...replica.edges].filter(([, edge]) => BigInt(edge.staker) !== 0n);
  // One stake for an assertion and the child that it moves to, until the upper one is confirmed.
  const openStakes = (account?: Hex): bigint =>
    staked
      .filter(([, { staker }]) => (account ?? staker) === staker)
      .map(([, { status, stakeMoved, at }]) => {
        const stands = Number(status === "open") - Number(stakeMoved && status !== "confirmed");
        return BigInt(stands) * stakes[at.level];
      })
      .reduce((sum, stake) => sum + stake, 0n);

  // Rationale: the contract can pay everybody at once, to the wei; nothing is created and nothing gets stuck.
  const balances = [...replica.balances.values(), ...replica.rewards.values()];
  const owed = balances.reduce((sum, balance) => sum + balance, replica.burnt) + openStakes();
  // Pinned to the record's block: rewards are still being claimed after a fight.
  const blockTag = record.at;
  expect(await provider.getBalance(queue, blockTag), "escrow").to.equal(owed);

  // Rationale: what the logs say and what the contract holds is the same, so the logs may be judged.
  for (const [account, balance] of replica.balances) {
    const data = QUEUE_ABI.encodeFunctionData("balanceOf", [account]);
    const held = BigInt(await provider.call({ to: queue, data, blockTag }));
    expect(held, `balance of ${account}`).to.equal(balance);
  }

  // Rationale: a stake ends once: given back or forfeited, never both, never twice.
  const ends = seen.flatMap(({ event }) => (event.kind === "Confirmed" || event.kind === "Slashed" ? [event.id] : []));
  expect(new Set(ends).size, "stakes settled twice").to.equal(ends.length);

  // Rationale: of rivals at most one is confirmed.
  const winners = seen.flatMap(({ event }) => (event.kind === "Confirmed" ? [event.mutualId] : []));
  expect(new Set(winners).size, "two winners at one place").to.equal(winners.length);

  for (const account of honest) {
    const sum = (kind: "Deposited" | "Withdrawn"): bigint =>
      seen.reduce(
        (total, { event }) => (event.kind === kind && event.account === account ? total + event.amount : total),
        0n,
      );
    // Rationale: an honest party is never punished and gets back all it put in.
    const slashed = seen.filter(({ event }) => event.kind === "Slashed" && event.staker === account);
    expect(slashed, `stakes of ${account} slashed`).to.deep.equal([]);
    const left = (replica.balances.get(account) ?? 0n) + openStakes(account) + sum("Withdrawn");
    expect(left >= sum("Deposited"), `${account} lost ${sum("Deposited") - left} wei of stakes`).to.equal(true);
  }
}
