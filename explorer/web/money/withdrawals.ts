import { withdrawalsIn, type Withdrawal } from "../../../client/withdrawal";
import { withdrawalStatus, type WithdrawalStatus } from "../../../client/settle";
import type { RollupAddresses } from "../../../client/types";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import { quantity } from "../../../protocol/quantity";
import type { Assertion, RpcLog, SyncStatus, SystemConfig } from "../chain/types";
import { node } from "../live";
import { l1Provider } from "./providers";
import { usuallyCoveredAt } from "./usual";

/** A withdrawal with where it is. */
export interface SeenWithdrawal {
  withdrawal: Withdrawal;
  l2Hash: string;
  status: WithdrawalStatus;
  /** When an assertion usually covers it, in L1 seconds; null where one does, or nothing is known. */
  coveredAt: number | null;
}

/** Blocks of L2 that are looked through. */
const SPAN = 50_000;
/** Assertions whose distances are taken for what is usual. */
const LAST_ASSERTIONS = 20;

/** Withdrawals of the last many blocks, newest first. @param sender - Only theirs. */
export async function readWithdrawals(most: number, sender?: string): Promise<SeenWithdrawal[]> {
  const [head, rollup] = await Promise.all([node.send<string>("eth_blockNumber"), rollupAddresses()]);
  const fromBlock = quantity(Math.max(0, Number(head) - SPAN));
  const filter = { address: PREDEPLOYS.messagePasser, fromBlock, toBlock: head };
  const logs = await node.send<RpcLog[]>("eth_getLogs", [filter]);
  const found = logs.flatMap((log) => {
    const receipt = { logs: [log], blockNumber: Number(log.blockNumber) };
    const own = withdrawalsIn(receipt as unknown as Parameters<typeof withdrawalsIn>[0]);
    return own.map((withdrawal) => ({ withdrawal, l2Hash: log.transactionHash }));
  });
  const shown = found.filter(
    ({ withdrawal: { transaction } }) => sender === undefined || transaction.sender === sender,
  );
  const seen = await Promise.all(
    shown
      .slice(-most)
      .reverse()
      .map(async (one) => ({ ...one, status: await withdrawalStatus(l1Provider(), rollup, one.withdrawal, sender) })),
  );
  const isWaiting = seen.some(({ status }) => status.state === "waiting-for-assertion");
  const usual = isWaiting ? await readUsual() : null;
  return seen.map((one) => {
    const isDue = usual !== null && one.status.state === "waiting-for-assertion";
    return { ...one, coveredAt: isDue ? usual(one.withdrawal.l2Block) : null };
  });
}

/** When an L2 block is usually covered, as of now. */
async function readUsual(): Promise<(l2Block: number) => number | null> {
  const [assertions, { safe }] = await Promise.all([
    node.send<Assertion[]>("rollup_getAssertions", [quantity(LAST_ASSERTIONS)]),
    node.send<SyncStatus>("rollup_syncStatus"),
  ]);
  return (l2Block) => usuallyCoveredAt(assertions, l2Block <= safe.number);
}

/** Where the rollup stands on L1. */
export async function rollupAddresses(): Promise<RollupAddresses> {
  return (await node.send<SystemConfig>("rollup_config")) as unknown as RollupAddresses;
}
