import { blockHash } from "../../protocol";
import type { Hex } from "../../protocol/types";

/** A block as L1's RPC gives it, with the hashes of its transactions. */
export interface RpcBlock {
  number: string;
  hash: Hex;
  parentHash: Hex;
  timestamp: string;
  logsBloom: Hex;
  baseFeePerGas?: string;
  transactions: Hex[];
}

const TEXT_FIELDS = [
  ...["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"],
  ...["extraData", "mixHash", "nonce", "withdrawalsRoot", "parentBeaconBlockRoot", "requestsHash"],
];
const BIG_FIELDS = ["difficulty", "gasLimit", "gasUsed", "baseFeePerGas", "blobGasUsed", "excessBlobGas"];
const SMALL_FIELDS = ["number", "timestamp"];
const HEADER_FIELDS = new Set([...TEXT_FIELDS, ...BIG_FIELDS, ...SMALL_FIELDS]);
/** What stands beside the header in an answer. */
const OTHER_FIELDS = new Set(["hash", "size", "totalDifficulty", "transactions", "uncles", "withdrawals"]);

/**
 * Whether the fields of a block are those that its hash commits to. Then its bloom filter and its receipts root can be relied on.
 * @returns null where that cannot be told: a field is missing, or one is there that this version does not know (a later fork, another
 * kind of chain).
 */
export function isHeaderOf(block: RpcBlock): boolean | null {
  const fields = block as unknown as Record<string, unknown>;
  const present = Object.keys(fields).filter((key) => fields[key] !== undefined && fields[key] !== null);
  if (present.some((key) => !HEADER_FIELDS.has(key) && !OTHER_FIELDS.has(key))) return null;
  const read = (names: readonly string[], convert: (value: string) => unknown): [string, unknown][] =>
    names.filter((name) => present.includes(name)).map((name) => [name, convert(fields[name] as string)]);
  try {
    const entries = [...read(TEXT_FIELDS, String), ...read(BIG_FIELDS, BigInt), ...read(SMALL_FIELDS, Number)];
    return blockHash(Object.fromEntries(entries) as unknown as Parameters<typeof blockHash>[0]) === block.hash;
  } catch {
    return null;
  }
}
