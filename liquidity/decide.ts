import { Contract, formatEther, ZeroAddress } from "ethers";
import type { ExitTerms } from "../client";
import { EXIT_MARKET_ABI } from "../client/abi";
import { vaultOf } from "../client/fastExit";
import type { LayerSigner } from "../client/types";
import type { Withdrawal } from "../client/withdrawal";
import type { Outlook } from "./outlook";
import { CLAIM_GAS, priceOf } from "./quote";

/** Seconds before the deadline from which a purchase may come too late. */
const LAST_SECONDS = 2n;

/** What a maker decides by. */
export interface Position {
  l1: LayerSigner;
  market: string;
  outlook: Outlook;
  /** Newest block of L2 whose withdrawals are bought, and the newest that L1 cannot take back. */
  boughtUpTo: number;
  finalized: number;
  yearlyRate: bigint;
  dropRisk: bigint;
  /** Wei that may be spent beside what is out. */
  allowance: bigint;
}

/** Why a maker waits: the same for as long as it is the same trouble, whatever figures the words have. */
type Cause = "unseen" | "not-final" | "trouble" | "price" | "exposure" | "funds";

/** What to do with an offer; one that is not bought has a reason in words, and no time changes what is `refused`. */
export type Decision = { buys: true; value: bigint } | { buys: false; cause: Cause | "refused"; reason: string };

const wait = (cause: Cause, reason: string): Decision => ({ buys: false, cause, reason });
const refuse = (reason: string): Decision => ({ buys: false, cause: "refused", reason });

/**
 * Whether to buy: only what this node has re-executed, at a price that pays for the wait and its risk, and not while anything on L1 is
 * fought over.
 * @param withdrawals - What the transaction on L2 started, as this node's own chain has it; null where it has no such transaction.
 * @see docs/spec/14-fast-exit.md#price
 */
export async function decide(
  position: Position,
  terms: ExitTerms,
  withdrawals: Withdrawal[] | null,
): Promise<Decision> {
  const { l1, market, outlook } = position;
  if (terms.asset !== ZeroAddress) return refuse("this maker buys ether alone");
  const { provider } = l1;
  const now = BigInt((await provider.getBlock("latest"))!.timestamp);
  if (now + LAST_SECONDS > terms.deadline) return refuse(`for sale until ${terms.deadline}, and it is ${now}`);
  if (withdrawals === null) return wait("unseen", "no block that this node derived from L1 has the transaction yet");
  const vault = await vaultOf(provider, market, terms);
  const found = withdrawals.find(({ transaction }) => transaction.target === vault);
  if (found === undefined) return refuse(`the transaction started no withdrawal to the vault ${vault}`);
  const { l2Block } = found;
  const { value, data } = found.transaction;
  if (data !== "0x") return refuse("the withdrawal calls the vault with data, which it may refuse");
  if (l2Block > position.boughtUpTo) return wait("not-final", `block ${l2Block} is not final on L1 yet`);
  const contract = new Contract(market, EXIT_MARKET_ABI, provider);
  const holder = ((await contract.holderOf(terms)) as string).toLowerCase();
  if (holder !== terms.owner.toLowerCase()) return refuse(`sold to ${holder}`);
  const gone = (await contract.collected(await contract.claimOf(terms))) as bigint;
  if (gone > 0n) return refuse(`${formatEther(gone)} ether have left the vault already`);
  if (outlook.trouble !== null) return wait("trouble", outlook.trouble);
  const most = await worthOf(position, l2Block, value);
  // What is worth nothing is not taken as a present: gas would be paid for it.
  if (terms.price > most || most === 0n)
    return wait(
      "price",
      `asks ${formatEther(terms.price)} ether for ${formatEther(value)}, worth at most ${formatEther(most)} now`,
    );
  if (terms.price > position.allowance)
    return wait(
      "exposure",
      `takes ${formatEther(terms.price)} ether of the ${formatEther(position.allowance)} that may be out`,
    );
  const { maxFeePerGas, gasPrice } = await provider.getFeeData();
  const needed = terms.price + (maxFeePerGas ?? gasPrice ?? 0n) * CLAIM_GAS.buy;
  const balance = await provider.getBalance(await l1.getAddress());
  return balance >= needed
    ? { buys: true, value }
    : wait("funds", `the maker has ${formatEther(balance)} ether and needs ${formatEther(needed)}`);
}

/** The most that a withdrawal of that block is worth to this maker now. */
export async function worthOf(
  { l1, outlook, finalized, yearlyRate, dropRisk }: Omit<Position, "market" | "allowance" | "boughtUpTo">,
  l2Block: number,
  value: bigint,
): Promise<bigint> {
  const { gasPrice } = await l1.provider.getFeeData();
  return priceOf(value, {
    waitSeconds: await outlook.waitSeconds(l2Block, value),
    yearlyRate,
    dropRisk: l2Block <= finalized ? 0n : dropRisk,
    gasPrice: gasPrice ?? 0n,
  });
}
