import {
  Contract,
  isError,
  type ContractTransactionResponse,
  type Interface,
  type LogParams,
  type TransactionReceipt,
} from "ethers";
import { depositFrom, depositSourceHash, fromHex, keccak256, toHex } from "../protocol";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { INBOX_ABI, PORTAL_ABI, TOKEN_ABI, TOKEN_BRIDGE_ABI } from "./abi";
import type { LayerProvider, LayerSigner, RollupAddresses } from "./types";

/** A delayed message on its way to L2. */
export interface Deposit {
  /** Number of the message in the Inbox. */
  index: bigint;
  /** Hash of the transaction that it becomes on L2; known as soon as L1 has the message. */
  l2Hash: Hex;
  /** Time of the L1 block that took it, in seconds: from here the delay of a forced inclusion counts. */
  sentAtSeconds: number;
}

/** Where a deposit is: L2 has not taken it in yet, or it has, and how its call ended. The mint stands either way. */
export type DepositStatus = { state: "waiting" } | { state: "included"; l2Block: number; callSucceeded: boolean };

export interface EtherDeposit {
  /** Wei that are escrowed and minted. */
  amount: bigint;
  /** Who is called on L2, by default the sender itself. */
  to?: string;
  /** Wei sent on to `to`, by default all of `amount`. */
  value?: bigint;
  /** Gas on L2, by default 100,000. */
  gasLimit?: bigint;
  data?: string;
}

/**
 * Escrows ether on L1; L2 mints it and calls `to`.
 * @returns the deposit once L1 has mined it.
 * @throws what the signer throws where L1 refuses.
 */
export async function depositEther(
  l1: LayerSigner,
  rollup: RollupAddresses,
  { amount, to, value = amount, gasLimit = 100_000n, data = "0x" }: EtherDeposit,
): Promise<Deposit> {
  const portal = new Contract(rollup.portal, PORTAL_ABI, l1);
  const target = to ?? (await l1.getAddress());
  const sent = await portal.depositTransaction(target, value, gasLimit, false, data, { value: amount });
  return onlyDeposit(await mined(sent), rollup);
}

/**
 * Escrows tokens on L1 (after allowing the bridge to take them) and mints what arrived as `l2Token`, which L2's token factory made
 * for `l1Token`. Where there is no such L2 token, L2 starts the withdrawal back.
 */
export async function depositToken(
  l1: LayerSigner,
  rollup: RollupAddresses,
  { l1Token, l2Token, amount, to }: { l1Token: string; l2Token: string; amount: bigint; to?: string },
): Promise<Deposit> {
  await mined(await new Contract(l1Token, TOKEN_ABI, l1).approve(rollup.tokenBridge, amount));
  const bridge = new Contract(rollup.tokenBridge, TOKEN_BRIDGE_ABI, l1);
  const sent = await bridge.depositToken(l1Token, l2Token, to ?? (await l1.getAddress()), amount);
  return onlyDeposit(await mined(sent), rollup);
}

/**
 * Sends a transaction to L2 through L1: no sequencer can leave it out for longer than the Inbox's delay of a forced inclusion.
 * @param l1 - An account with a key; it is the sender on L2, too, and pays there what `value` says.
 */
export async function forceTransaction(
  l1: LayerSigner,
  rollup: RollupAddresses,
  {
    to,
    value = 0n,
    gasLimit = 100_000n,
    data = "0x",
  }: { to: string; value?: bigint; gasLimit?: bigint; data?: string },
): Promise<Deposit> {
  const inbox = new Contract(rollup.inbox, INBOX_ABI, l1);
  return onlyDeposit(await mined(await inbox.sendMessage(to, value, gasLimit, false, data)), rollup);
}

/** The deposits of an L1 transaction, in order. */
export function depositsIn(receipt: Pick<TransactionReceipt, "logs">, rollup: RollupAddresses): Deposit[] {
  return logsOf(receipt.logs, rollup.inbox, INBOX_ABI, "MessageSent").map((args) => {
    const encoded = depositFrom(depositSourceHash(rollup.inbox, args.index as bigint), {
      sender: lower(args.sender),
      isCreation: args.isCreation as boolean,
      to: lower(args.to),
      mint: args.mint as bigint,
      value: args.value as bigint,
      gasLimit: args.gasLimit as bigint,
      data: fromHex(args.data as string),
    });
    return {
      index: args.index as bigint,
      l2Hash: toHex(keccak256(encoded)),
      sentAtSeconds: Number(args.l1Time),
    };
  });
}

/** Where a deposit is now, by a node of L2. */
export async function depositStatus(l2: LayerProvider, { l2Hash }: Pick<Deposit, "l2Hash">): Promise<DepositStatus> {
  const receipt = (await l2.send("eth_getTransactionReceipt", [l2Hash])) as {
    blockNumber: string;
    status: string;
  } | null;
  if (receipt === null) return { state: "waiting" };
  return { state: "included", l2Block: Number(receipt.blockNumber), callSucceeded: receipt.status === "0x1" };
}

/** Arguments of the logs of one contract's event. */
export function logsOf(
  logs: readonly LogParams[] | TransactionReceipt["logs"],
  address: string,
  abi: Interface,
  event: string,
): Record<string, unknown>[] {
  const own = [...logs].filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const parsed = own.map((log) => abi.parseLog({ topics: [...log.topics], data: log.data }));
  return parsed.filter((log) => log?.name === event).map((log) => log!.args.toObject() as Record<string, unknown>);
}

/** Blocks before the newest in which what took a transaction's nonce may already stand when it is waited for. */
const LOOK_BACK = 8;

/**
 * Waits until a call is mined.
 * @returns its receipt, or that of the same call which its account sent again for another price.
 * @throws SolventError `transaction-reverted`; `transaction-replaced` where another of its account took its nonce, which a message from L1
 * does, too: it was waited for without end otherwise.
 */
export async function mined(sent: ContractTransactionResponse): Promise<TransactionReceipt> {
  // What a contract's call answers has forgotten the block at which it was sent, from which ethers looks for what took its place.
  const from = Math.max(0, (await sent.provider.getBlockNumber()) - LOOK_BACK);
  const receipt = await sent
    .replaceableTransaction(from)
    .wait()
    .catch((error: unknown) => {
      if (!isError(error, "TRANSACTION_REPLACED")) throw error;
      if (error.reason === "repriced") return error.receipt;
      throw new SolventError(
        "transaction-replaced",
        `transaction ${sent.hash} never runs: ${error.replacement.hash} took its nonce ${sent.nonce}: send it again`,
        { retry: true, cause: error },
      );
    });
  if (receipt === null || receipt.status !== 1)
    throw new SolventError(
      "transaction-reverted",
      `transaction ${sent.hash} reverted: call it with the same data to see why`,
    );
  return receipt;
}

function onlyDeposit(receipt: TransactionReceipt, rollup: RollupAddresses): Deposit {
  const deposits = depositsIn(receipt, rollup);
  if (deposits.length !== 1)
    throw new SolventError(
      "wrong-rollup",
      `transaction ${receipt.hash} sent ${deposits.length} messages to the inbox ${rollup.inbox}: the addresses are not those of one rollup`,
    );
  return deposits[0];
}

function lower(address: unknown): Hex {
  return (address as string).toLowerCase() as Hex;
}
