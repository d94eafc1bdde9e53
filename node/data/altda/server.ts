import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { chunksHash, fromHex } from "../../../protocol";
import { MAX_BATCH_BYTES } from "../../../protocol/batch";
import { isErrorCode, SolventError } from "../../../protocol/errors";
import { decodeCommitment, encodeCommitment } from "./commitment";

/** So long a client may take to send one request, in milliseconds. */
const REQUEST_MS = 30_000;

/**
 * Keeps batches in a folder, a file each, and serves them by the OP Stack's alt-DA protocol:
 *
 * - `PUT /put` (or `/put/`, or `POST`): the body's bytes, at most 120,000; the answer is their commitment, raw.
 * - `PUT /put/0x0153..`: the same, refused with 400 where the bytes have another commitment.
 * - `GET /get/0x0153..`: the bytes, hashed again as they are read; 404 where there are none that fit.
 *
 * Whoever reaches it may add to it: its owner bounds who does, and its disk.
 */
export class DataServer {
  private readonly server: Server;
  private parts = 0;
  private host = "";
  private port = 0;

  private constructor(private readonly folder: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.requestTimeout = REQUEST_MS;
  }

  /** @param folder - made where it is not. @param port - 0 for any. @throws SolventError `port-taken`. */
  static async start(folder: string, port = 0, host = "127.0.0.1"): Promise<DataServer> {
    await mkdir(folder, { recursive: true });
    const server = new DataServer(folder);
    await new Promise<void>((resolve, reject) => {
      const text = `cannot listen on ${host}:${port}: choose another port`;
      server.server.once("error", (cause) => reject(new SolventError("port-taken", text, { cause })));
      server.server.listen(port, host, resolve);
    });
    server.port = (server.server.address() as AddressInfo).port;
    server.host = host;
    return server;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const [, verb, commitment = ""] = /^\/(put|get)(?:\/([^/?]*))?$/.exec(request.url ?? "") ?? [];
      const { method = "" } = request;
      if (verb === "put" && ["PUT", "POST"].includes(method)) await this.put(request, response, commitment);
      else if (verb === "get" && method === "GET") await this.get(response, commitment);
      else end(response, 404, "PUT /put or GET /get/0x..");
    } catch (error) {
      if (isErrorCode(error, "data-refused")) end(response, 400, (error as Error).message);
      else end(response, 500, "the server's disk fails");
    }
  }

  private async put(request: IncomingMessage, response: ServerResponse, required: string): Promise<void> {
    const data = await bodyOf(request);
    if (data === null) return end(response, 413, `a batch has at most ${MAX_BATCH_BYTES} bytes`);
    const hash = chunksHash(data);
    if (required !== "" && decodeCommitment(required) !== hash)
      return end(response, 400, `these bytes have the commitment ${encodeCommitment(hash)}`);
    // Whole or not at all, whatever becomes of the process.
    const part = join(this.folder, `part-${process.pid}-${this.parts++}`);
    await writeFile(part, data, { flush: true });
    await rename(part, this.fileOf(hash));
    end(response, 200, fromHex(encodeCommitment(hash)));
  }

  private async get(response: ServerResponse, commitment: string): Promise<void> {
    const hash = decodeCommitment(commitment);
    const data = await readFile(this.fileOf(hash)).catch(() => null);
    if (data === null || chunksHash(data) !== hash) end(response, 404, "no such batch");
    else end(response, 200, data);
  }

  private fileOf(hash: string): string {
    return join(this.folder, `${hash.slice(2)}.batch`);
  }
}

/** The body of a request; null where it is longer than a batch, and then no more of it is kept. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > MAX_BATCH_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function end(response: ServerResponse, status: number, body: string | Uint8Array): void {
  const type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/octet-stream";
  response.writeHead(status, { "content-type": type, connection: status === 413 ? "close" : "keep-alive" }).end(body);
}
