import { z } from "zod";
import type { Hex } from "../../protocol/types";

const port = z.number().int().min(0).max(65_535);

export const privateKey = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "must be a private key: 0x and 64 hex digits")
  .transform((text) => text as Hex);

/** A URL of an HTTP endpoint. */
export const httpUrl = z.string().regex(/^https?:\/\//, "must be an http:// or https:// URL");

/** A URL of a WebSocket. */
export const socketUrl = z.string().regex(/^wss?:\/\//, "must be a ws:// or wss:// URL");

/** URLs: one, a list, or a text with commas between them. */
const urls = z
  .union([z.string().transform((text) => text.split(",").map((url) => url.trim())), z.array(z.string())])
  .pipe(z.array(httpUrl));

/** URLs of NATS servers: one, a list, or a text with commas between them. */
export const natsUrls = z
  .union([z.string().transform((text) => text.split(",").map((url) => url.trim())), z.array(z.string())])
  .pipe(z.array(z.string().regex(/^(nats|tls):\/\//, "must be a nats:// or tls:// URL")).min(1));

/** Readers that a node gives its feed of blocks at the same time; 0 serves none. */
export const mostFeedReaders = z.number().int().min(0).default(256);

/** URLs of L1 nodes. */
export const l1Urls = urls.refine((list) => list.length > 0, "must name an L1 node");

/** What every actor's configuration has. Durations in milliseconds where the name ends so, else in seconds. */
export const actorShape = {
  /** Folder for all that the actor keeps; created when absent. */
  dataDir: z.string().min(1),
  /** Path of the JSON file that `npm run deploy` wrote: addresses, parameters, genesis. */
  deployment: z.string().min(1),
  /** Where one fails or its answers do not fit, the next is asked. */
  l1Url: l1Urls,
  /** Servers of batches that are off L1, where the deployment keeps them there: all are given what is posted, one gives it back. */
  dataUrl: urls.default([]),
  l1: z
    .strictObject({
      pollIntervalMs: z.number().int().min(20).default(1_000),
      /** A node's WebSocket that tells new heads: L1 is then read when one came, and each two seconds. */
      headsUrl: socketUrl.optional(),
      /** Blocks under L1's head that count as final, or `tag` for L1's own `finalized`. */
      finality: z.union([z.number().int().min(0), z.literal("tag")]).default("tag"),
      /** Blocks per eth_getLogs while catching up. */
      logRange: z.number().int().min(1).default(1_000),
      timeoutMs: z.number().int().min(100).default(10_000),
    })
    .prefault({}),
  rpc: z
    .strictObject({
      host: z.string().default("127.0.0.1"),
      port: port.default(0),
      corsOrigin: z.string().default("*"),
      /** How long a call, an estimate or a trace may run. */
      callTimeoutMs: z.number().int().min(100).default(10_000),
    })
    .prefault({}),
  metrics: z.strictObject({ host: z.string().default("127.0.0.1"), port: port.default(0) }).prefault({}),
  /** Of a devnet only: where its nodes' RPC sends what moves time or blocks of the whole system. */
  controlUrl: httpUrl.optional(),
  logLevel: z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]).default("info"),
};
