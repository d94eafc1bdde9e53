import { AbiCoder, Contract, keccak256, type TransactionReceipt } from "ethers";
import { PREDEPLOYS } from "../protocol/predeploys";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { L2_BRIDGE_ABI, MESSAGE_PASSER_ABI } from "./abi";
import { logsOf, mined } from "./deposit";
import type { LayerSigner } from "./types";

/** What the message passer on L2 recorded, as the portal on L1 wants it. */
export interface WithdrawalTransaction {
  nonce: bigint;
  sender: Hex;
  target: Hex;
  /** Wei. */
  value: bigint;
  /** Gas that L1 must give the call. */
  gasLimit: bigint;
  data: Hex;
}

export interface Withdrawal {
  /** Hash of the transaction below: what L2 stores, and what L1 pays once. */
  hash: Hex;
  /** Hash of the transaction on L2 that started it: `withdrawalsIn` its receipt is this again. */
  l2Hash: Hex;
  /** L2 block that recorded it: an assertion that ends there or later covers it. */
  l2Block: number;
  transaction: WithdrawalTransaction;
}

/** Starts a withdrawal of ether (with or without a call) on L2. */
export async function startWithdrawal(
  l2: LayerSigner,
  { amount, to, gasLimit = 50_000n, data = "0x" }: { amount: bigint; to?: string; gasLimit?: bigint; data?: string },
): Promise<Withdrawal> {
  const passer = new Contract(PREDEPLOYS.messagePasser, MESSAGE_PASSER_ABI, l2);
  const target = to ?? (await l2.getAddress());
  return onlyWithdrawal(await mined(await passer.initiateWithdrawal(target, gasLimit, data, { value: amount })));
}

/** Burns tokens on L2 and starts the withdrawal of what they stand for. */
export async function startTokenWithdrawal(
  l2: LayerSigner,
  { l2Token, amount, to }: { l2Token: string; amount: bigint; to?: string },
): Promise<Withdrawal> {
  const bridge = new Contract(PREDEPLOYS.l2Bridge, L2_BRIDGE_ABI, l2);
  return onlyWithdrawal(await mined(await bridge.withdrawToken(l2Token, to ?? (await l2.getAddress()), amount)));
}

/** The withdrawals that a transaction on L2 started, in order. */
export function withdrawalsIn(receipt: Pick<TransactionReceipt, "logs" | "blockNumber">): Withdrawal[] {
  const l2Hash = receipt.logs[0]?.transactionHash as Hex;
  return logsOf(receipt.logs, PREDEPLOYS.messagePasser, MESSAGE_PASSER_ABI, "MessagePassed").map((args) => {
    const { withdrawalHash, ...fields } = args;
    const transaction = { ...fields, sender: lower(args.sender), target: lower(args.target) } as WithdrawalTransaction;
    return { hash: withdrawalHash as Hex, l2Hash, l2Block: receipt.blockNumber, transaction };
  });
}

/** Twin of `Withdrawals.hash`. */
export function hashWithdrawal({ nonce, sender, target, value, gasLimit, data }: WithdrawalTransaction): Hex {
  const types = ["uint256", "address", "address", "uint256", "uint256", "bytes"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [nonce, sender, target, value, gasLimit, data])) as Hex;
}

/** Slot of `sentMessages[hash]` of the message passer. @see docs/spec/08-bridge.md */
export function withdrawalSlot(hash: Hex): Hex {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256"], [hash, 0])) as Hex;
}

function onlyWithdrawal(receipt: TransactionReceipt): Withdrawal {
  const withdrawals = withdrawalsIn(receipt);
  if (withdrawals.length !== 1)
    throw new SolventError(
      "no-withdrawal",
      `transaction ${receipt.hash} started ${withdrawals.length} withdrawals, not one`,
    );
  return withdrawals[0];
}

function lower(address: unknown): Hex {
  return (address as string).toLowerCase() as Hex;
}
