import { z } from "zod";
import { actorShape, httpUrl, mostFeedReaders, natsUrls, privateKey } from "../actor/config/schema";

/** The sequencer's configuration file. */
export const sequencerConfig = z.strictObject({
  ...actorShape,
  /** The account whose one power is `postBatch`. */
  privateKey,
  /** A block is tried this often. */
  blockTimeMs: z.number().int().min(20).default(1_000),
  /** When blocks are made: as often as that, as soon as there is something for one, or when a devnet asks. */
  blocks: z.enum(["interval", "instant", "manual"]).default("interval"),
  /** Make a block each second even when there is nothing to put into it; if false, one follows the last with transactions all the same. */
  emptyBlocks: z.boolean().default(true),
  /** Time between two of them once nothing was put into a block for 15 s. */
  idleBlockMs: z.number().int().min(1_000).default(1_000),
  /** Depth under L1's head at which a delayed message is consumed. */
  l1Confirmations: z.number().int().min(0).default(4),
  /** Several processes with this key, of which one leads; absent where this is the only one. */
  failover: z
    .strictObject({
      /** NATS servers of one cluster. */
      url: natsUrls,
      /** Of this process among them. */
      id: z.string().min(1),
      /** Where the others reach this process's JSON-RPC; by default as it is served. */
      rpcUrl: httpUrl.optional(),
      /** A leader that is silent for so long is taken for gone. */
      leaseMs: z.number().int().min(200).default(1_000),
      /** Servers that keep each entry of the log. */
      replicas: z.number().int().min(1).max(5).default(1),
      /** Begins with another log where the one that was followed is lost. */
      anew: z.boolean().default(false),
    })
    .optional(),
  /** What other nodes are told of blocks above the safe head. */
  feed: z
    .strictObject({
      maxReaders: mostFeedReaders,
      /** NATS servers of one cluster that are told, too. */
      natsUrl: natsUrls.optional(),
    })
    .prefault({}),
  batch: z
    .strictObject({
      /** A batch is closed when its first block is so old, or when it is full. */
      maxAgeMs: z.number().int().min(0).default(12_000),
      /** Batches are closed only when a devnet asks, or when they are full. */
      isManual: z.boolean().default(false),
      /** Where the deployment has blobs: each batch is one, or it is calldata where that costs less on L1 when it is sent. */
      blobs: z.enum(["always", "cheaper"]).default("always"),
      /** L1 blocks after which a stuck transaction is replaced by a dearer one. */
      stuckBlocks: z.number().int().min(1).default(3),
      /** Highest bid, in gwei per gas. */
      maxFeeGwei: z.number().positive().default(500),
    })
    .prefault({}),
  pool: z
    .strictObject({
      total: z.number().int().min(1).default(10_000),
      /** Bytes of all transactions together. */
      totalBytes: z.number().int().min(1).default(64_000_000),
      perSender: z.number().int().min(1).default(1_000),
      queuedPerSender: z.number().int().min(0).default(64),
      /** Of all, how many may wait behind a nonce gap, their bytes, and for how long; the rest is for those that are next. */
      queuedTotal: z.number().int().min(0).default(2_000),
      queuedBytes: z.number().int().min(0).default(16_000_000),
      queuedSeconds: z.number().int().min(1).default(3_600),
      /** Longest transaction, in bytes; it has to fit a batch even where it does not compress. */
      maxTransactionBytes: z.number().int().min(200).max(110_000).default(100_000),
    })
    .prefault({}),
});

export type SequencerConfig = z.output<typeof sequencerConfig>;
