import { Interface } from "ethers";
import type { BlockTables, StoredBlock } from "../../node/chain/blockTables";
import { decodeReceipt } from "../../node/chain/receipts";
import type { Hex } from "../../protocol/types";
import { PREDEPLOYS } from "../../deployment";
import type { L1Message } from "../../node/l1/types";

/** Ether, or the address of a token on L1 (lower case). */
export type Asset = "ether" | Hex;

/** What L2 holds of one asset after a block, in its smallest unit. */
export interface AssetBooks {
  /** All balances; of a token, the supply of every L2 token that stands for it. */
  supply: bigint;
  /** Part of `supply` that can never move again: withdrawn ether stays in the message passer. */
  dead: bigint;
  /** Sum of all withdrawals recorded since genesis. */
  withdrawn: bigint;
  /** L2 tokens that stand for the asset; none for ether. */
  tokens: Hex[];
}

/** One asset's books at one L1 block and the L2 block derived from it; amounts in the asset's smallest unit. */
export interface AssetAudit {
  asset: Asset;
  /** What L1 holds. */
  escrow: bigint;
  /** What can move on L2. */
  supply: bigint;
  /** Recorded on L2, not paid on L1. */
  withdrawalsUnderWay: bigint;
  /** Taken on L1, not consumed on L2. */
  depositsUnderWay: bigint;
  /** Paid after a trap by proof under the last root: balances, and deposits that were never consumed. */
  exited: bigint;
  /** Escrow beyond all that is still owed; negative means insolvent. Ether that was forced on the portal stays here. */
  surplus: bigint;
}

/** The books of all assets after one block. */
export type Books = Map<Asset, AssetBooks>;

/** What one recorded withdrawal takes out of escrow. */
export interface Withdrawal {
  hash: Hex;
  asset: Asset;
  amount: bigint;
}

/** What the logs of one block say about assets. */
export interface BlockMovements {
  withdrawals: Withdrawal[];
  /** Tokens that the factory made in this block: L2 token to L1 token. */
  created: Map<Hex, Hex>;
}

const LOGS = new Interface([
  "event MessagePassed(uint256 indexed nonce, address indexed sender, address indexed target, uint256 value, uint256 gasLimit, bytes data, bytes32 withdrawalHash)",
  "event TokenCreated(address indexed l1Token, address indexed l2Token, string name, string symbol, uint8 decimals)",
]);
const CALLS = new Interface([
  "function releaseToken(address l1Token, address from, address to, uint256 amount)",
  "function finalizeDeposit(address l1Token, address l2Token, address from, address to, uint256 amount)",
]);
const ALIAS_OFFSET = 0x1111000000000000000000000000000000001111n;

/** Reads withdrawals and new tokens from a block's receipts. */
export function movementsOf(tables: BlockTables, block: StoredBlock, tokenBridge: Hex): BlockMovements {
  const found: BlockMovements = { withdrawals: [], created: new Map() };
  block.transactionHashes.forEach((_, index) => {
    for (const [address, topics, data] of decodeReceipt(tables.rawReceipt(block.hash, index)).logs) {
      if (address === PREDEPLOYS.messagePasser) {
        const log = LOGS.parseLog({ topics: [...topics], data });
        if (log?.name === "MessagePassed") found.withdrawals.push(...withdrawalsOf(log.args, tokenBridge));
      } else if (address === PREDEPLOYS.tokenFactory) {
        const log = LOGS.parseLog({ topics: [...topics], data });
        if (log?.name === "TokenCreated") found.created.set(lower(log.args.l2Token), lower(log.args.l1Token));
      }
    }
  });
  return found;
}

/** One message may take both: ether by its value, tokens by a call of the token bridge that the L2 bridge made. */
function withdrawalsOf(args: Record<string, unknown>, tokenBridge: Hex): Withdrawal[] {
  const hash = args.withdrawalHash as Hex;
  const found: Withdrawal[] = [{ hash, asset: "ether", amount: args.value as bigint }];
  if (lower(args.sender) === PREDEPLOYS.l2Bridge && lower(args.target) === tokenBridge) {
    const call = CALLS.decodeFunctionData("releaseToken", args.data as string);
    found.push({ hash, asset: lower(call.l1Token), amount: call.amount as bigint });
  }
  return found;
}

/** What a delayed message brings to L2, by asset; of tokens only what the token bridge itself sent. */
export function depositsOf(message: L1Message, tokenBridge: Hex): Map<Asset, bigint> {
  const brought = new Map<Asset, bigint>([["ether", BigInt(message.mint)]]);
  if (message.sender.toLowerCase() !== aliasOf(tokenBridge) || message.to.toLowerCase() !== PREDEPLOYS.l2Bridge)
    return brought;
  const call = CALLS.decodeFunctionData("finalizeDeposit", message.data);
  return brought.set(lower(call.l1Token), call.amount as bigint);
}

/** Address on L2 of a contract on L1. Twin of `Aliasing.alias_`. */
export function aliasOf(address: Hex): Hex {
  const aliased = (BigInt(address) + ALIAS_OFFSET) % 2n ** 160n;
  return `0x${aliased.toString(16).padStart(40, "0")}`;
}

export function addTo(sums: Map<Asset, bigint>, asset: Asset, amount: bigint): void {
  sums.set(asset, (sums.get(asset) ?? 0n) + amount);
}

export function encodeBooks(books: Books): string {
  return JSON.stringify([...books], (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}

export function decodeBooks(text: string): Books {
  const revive = (_key: string, value: unknown): unknown =>
    typeof value === "string" && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value;
  return new Map(JSON.parse(text, revive) as [Asset, AssetBooks][]);
}

function lower(address: unknown): Hex {
  return (address as string).toLowerCase() as Hex;
}
