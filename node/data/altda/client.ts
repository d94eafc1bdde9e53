import { chunksHash, toHex } from "../../../protocol";
import { MAX_BATCH_BYTES } from "../../../protocol/batch";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { encodeCommitment } from "./commitment";

/** So long a data server may take for one answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Data servers, asked by the OP Stack's alt-DA protocol: `PUT /put` takes bytes and answers with their commitment, `GET /get/0x..` gives
 * them back. None is believed: whatever comes is hashed here, and nothing longer than a batch is read.
 */
export class DataServers {
  /** @param urls - of servers; none where this node has no way to get what is off L1. */
  constructor(private readonly urls: readonly string[]) {}

  /**
   * Gives the bytes to every server.
   * @throws SolventError `l1-data-missing`, to be retried, where none of them takes the bytes and names their commitment.
   */
  async put(data: Uint8Array): Promise<void> {
    const required = encodeCommitment(chunksHash(data));
    const failures = await Promise.all(this.urls.map((url) => this.putTo(url, data, required)));
    if (failures.includes(null)) return;
    throw missing(`no data server takes a batch of ${data.length} bytes: ${this.reasons(failures)}`);
  }

  /** The bytes behind a chunks hash; null where no server gives them, whatever it gives instead. */
  async get(hash: Hex): Promise<Uint8Array | null> {
    for (const url of this.urls) {
      const data = await this.getFrom(url, hash).catch(() => null);
      if (data !== null) return data;
    }
    return null;
  }

  private async putTo(url: string, data: Uint8Array, required: Hex): Promise<string | null> {
    try {
      const headers = { "content-type": "application/octet-stream" };
      const answer = await this.ask(url, "put", { method: "PUT", headers, body: Buffer.from(data) });
      if (!answer.ok) return `${url} answers ${answer.status}`;
      const made = await bytesOf(answer, 256);
      // As raw bytes, as the specification has it, or as text in hex.
      const isSame =
        made !== null && [toHex(made), Buffer.from(made).toString().trim().toLowerCase()].includes(required);
      return isSame ? null : `${url} makes another commitment of it`;
    } catch (error) {
      return `${url}: ${(error as Error).message}`;
    }
  }

  private async getFrom(url: string, hash: Hex): Promise<Uint8Array | null> {
    const answer = await this.ask(url, `get/${encodeCommitment(hash)}`, {});
    if (!answer.ok) {
      await answer.body?.cancel();
      return null;
    }
    const data = await bytesOf(answer, MAX_BATCH_BYTES);
    return data !== null && chunksHash(data) === hash ? data : null;
  }

  private ask(url: string, path: string, init: RequestInit): Promise<Response> {
    return fetch(`${url.replace(/\/+$/, "")}/${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }

  private reasons(failures: readonly (string | null)[]): string {
    return failures.length === 0 ? "set dataUrl to one" : failures.join("; ");
  }
}

/** The body of an answer; null where it is longer than that, and then no more of it is read. */
async function bytesOf(answer: Response, mostBytes: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of answer.body ?? []) {
    length += (part as Uint8Array).length;
    if (length > mostBytes) return null;
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
}

/** What the batch's bytes are needed for waits until somebody has them. */
export function missing(text: string): SolventError {
  return new SolventError("l1-data-missing", text, { retry: true });
}
