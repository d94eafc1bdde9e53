import { withdrawalsIn, type Withdrawal } from "../../../client/withdrawal";
import { withdrawalStatus, type WithdrawalStatus } from "../../../client/settle";
import type { RollupAddresses } from "../../../client/types";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import type { RpcLog, SystemConfig } from "../chain/types";
import { hex } from "../format";
import { node } from "../live";
import { l1Provider } from "./providers";

/** A withdrawal with where it is. */
export interface SeenWithdrawal {
  withdrawal: Withdrawal;
  l2Hash: string;
  status: WithdrawalStatus;
}

/** Blocks of L2 that are looked through. */
const SPAN = 50_000;

/** Withdrawals of the last many blocks, newest first. @param sender - Only theirs. */
export async function readWithdrawals(most: number, sender?: string): Promise<SeenWithdrawal[]> {
  const [head, rollup] = await Promise.all([node.send<string>("eth_blockNumber"), rollupAddresses()]);
  const fromBlock = hex(Math.max(0, Number(head) - SPAN));
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
  return Promise.all(
    shown
      .slice(-most)
      .reverse()
      .map(async (one) => ({ ...one, status: await withdrawalStatus(l1Provider(), rollup, one.withdrawal, sender) })),
  );
}

/** Where the rollup stands on L1. */
export async function rollupAddresses(): Promise<RollupAddresses> {
  return (await node.send<SystemConfig>("rollup_config")) as unknown as RollupAddresses;
}
