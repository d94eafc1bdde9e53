import { hexlify, Transaction } from "ethers";
import { BLOB_BYTES } from "../../protocol/blob";
import type { Hex } from "../../protocol/types";

/** Mined transactions are watched for reorgs until they are this deep. */
const FINAL_DEPTH = 64;

/** Blob gas of a blob; Source: EIP-4844. */
export const BLOB_GAS = BigInt(BLOB_BYTES);

export interface L1Request {
  /** Names the purpose (`batch 7`); a second request of the same name while the first is alive changes nothing. */
  key: string;
  to: Hex;
  data: Hex;
  value?: bigint;
  /** Estimated with a margin where absent. */
  gasLimit?: bigint;
  /** Rides along, `BLOB_BYTES` of it. */
  blob?: Uint8Array;
  /**
   * It is of use only to the L1 that it was made for: where L1 has lost it, it is not sent again by itself, for what it answers may be gone
   * with it. Who still wants it asks again.
   */
  lapses?: boolean;
}

/** One signed transaction. Versions under one nonce may have different contents: at most one is mined. */
export interface Version {
  key: string;
  raw: Hex;
  hash: Hex;
  maxFee: string;
  tip: string;
  /** Where it carries a blob. */
  blobFee?: string;
}

/**
 * `pending`: sent, not mined. `mined` / `reverted`: in a block. `displaced`: its nonce was used by a transaction that is not
 * ours (the key is used elsewhere), so it can never be mined. `withdrawn`: L1 dropped it, and does not take it again for lack of funds or
 * is not given it again since it lapses; its nonce is the next request's.
 */
export type OutgoingStatus = "pending" | "mined" | "reverted" | "displaced" | "withdrawn";

/** One nonce of ours with every version that L1 may have. */
export interface Outgoing {
  key: string;
  nonce: number;
  to: Hex;
  data: Hex;
  value: string;
  gasLimit: string;
  /** Absent where none rides along. */
  blob?: Hex;
  lapses?: boolean;
  versions: Version[];
  status: OutgoingStatus;
  minedNumber: number | null;
  minedHash: Hex | null;
  gasUsed: string | null;
  /** L1 head when the last version was sent. */
  sentAt: number;
}

/** What is asked of L1, as an entry keeps it. */
type Content = Pick<Outgoing, "key" | "to" | "data" | "value" | "gasLimit" | "blob" | "lapses">;

export function newEntry(request: L1Request, nonce: number, gasLimit: string): Outgoing {
  const unmined = { minedNumber: null, minedHash: null, gasUsed: null };
  return { ...contentOf(request, gasLimit), nonce, versions: [], status: "pending", ...unmined, sentAt: 0 };
}

/** What a request puts into an entry. */
export function contentOf({ key, to, data, value, blob, lapses }: L1Request, gasLimit: string): Content {
  return { key, to, data, value: String(value ?? 0n), gasLimit, blob: blob && (hexlify(blob) as Hex), lapses };
}

/** The content that a version was signed with, which may have been replaced since. */
export function contentOfVersion({ key, raw }: Version): Content {
  const { to, data, value, gasLimit, blobs } = Transaction.from(raw);
  const amounts = { value: String(value), gasLimit: String(gasLimit) };
  return { key, to: to!.toLowerCase() as Hex, data: data as Hex, ...amounts, blob: blobs?.[0].data as Hex | undefined };
}

/** Most that L1 may take for an entry, in wei: its value, and its gas at the last version's bid. */
export function costOf({ value, gasLimit, versions }: Outgoing): bigint {
  const { maxFee, blobFee } = versions.at(-1) ?? { maxFee: 0 };
  return BigInt(value) + BigInt(gasLimit) * BigInt(maxFee) + BLOB_GAS * BigInt(blobFee ?? 0);
}

export function isFinal({ status, minedNumber }: Outgoing, head: number): boolean {
  return status !== "pending" && minedNumber !== null && head - minedNumber >= FINAL_DEPTH;
}
