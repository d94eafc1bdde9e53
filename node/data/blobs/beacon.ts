import { BLOB_BYTES } from "../../../protocol/blob";
import { SolventError } from "../../../protocol/errors";
import { fromHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { commitToBlob, versionedHashOf } from "../../kzg/kzg";

/** So long a node may take for one answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** Blobs that a block of L1 has at most, with room for forks to come. */
const MOST_BLOBS = 128;
/** Hex and quotes around each, and what stands around the list. */
const MOST_BYTES = MOST_BLOBS * (2 * BLOB_BYTES + 16) + 4096;
/** Of the beacon chain; Source: consensus-specs, mainnet preset. */
const SLOT_SECONDS = 12;

/** The block of L1 that holds a blob's transaction. */
export interface BlobPlace {
  blockHash: Hex;
  /** Seconds. */
  blockTime: number;
}

/**
 * Nodes that give blobs by the beacon API (`GET /eth/v1/beacon/blobs/{block}`): L1's own, which forget them after some 18 days, and
 * archives. None is believed: whatever comes is committed to here.
 */
export class BeaconNodes {
  private readonly genesisTimes = new Map<string, number>();

  /** @param urls - of nodes, asked in order; none where this node has no way to get blobs. */
  constructor(private readonly urls: readonly string[]) {}

  /** The blob behind a versioned hash; null where no node gives it, whatever it gives instead. */
  async get(versionedHash: Hex, place: BlobPlace): Promise<Uint8Array | null> {
    for (const url of this.urls) {
      const blob = await this.getFrom(url, versionedHash, place).catch((error: unknown) => {
        if (error instanceof SolventError) throw error;
        return null;
      });
      if (blob !== null) return blob;
    }
    return null;
  }

  private async getFrom(url: string, versionedHash: Hex, place: BlobPlace): Promise<Uint8Array | null> {
    // A beacon chain names blocks by slot or by its own roots; an L1 without one, as anvil, by L1's block hash.
    for (const block of [await this.slotOf(url, place.blockTime), place.blockHash]) {
      const answer = await this.ask(url, `blobs/${block}?versioned_hashes=${versionedHash}`);
      for (const item of listOf(answer)) {
        const blob = blobOf(item);
        if (blob !== null && versionedHashOf(commitToBlob(blob)) === versionedHash) return blob;
      }
    }
    return null;
  }

  private async slotOf(url: string, time: number): Promise<number> {
    let genesis = this.genesisTimes.get(url);
    if (genesis === undefined) {
      const { data } = (await this.ask(url, "genesis")) as { data: { genesis_time: string } };
      genesis = Number(data.genesis_time);
      this.genesisTimes.set(url, genesis);
    }
    return Math.max(0, Math.floor((time - genesis) / SLOT_SECONDS));
  }

  /** @returns null where the node does not have it. */
  private async ask(url: string, path: string): Promise<unknown> {
    const answer = await fetch(`${url.replace(/\/+$/, "")}/eth/v1/beacon/${path}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      return null;
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      length += (part as Uint8Array).length;
      if (length > MOST_BYTES) return null;
      parts.push(part as Uint8Array);
    }
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  }
}

function listOf(answer: unknown): unknown[] {
  const data = (answer as { data?: unknown } | null)?.data;
  return Array.isArray(data) ? data : [];
}

function blobOf(item: unknown): Uint8Array | null {
  if (typeof item !== "string" || !/^0x[0-9a-f]*$/i.test(item) || item.length !== 2 + 2 * BLOB_BYTES) return null;
  return fromHex(item as Hex);
}
