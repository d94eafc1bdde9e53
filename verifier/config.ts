import { z } from "zod";
import { actorShape, httpUrl, mostFeedReaders, natsUrls, privateKey, socketUrl } from "../actor/config/schema";

/** The verifier's configuration file. */
export const verifierConfig = z.strictObject({
  ...actorShape,
  /** Whose unsafe blocks are followed and where transactions are forwarded; without it the unsafe head is the safe one. */
  sequencerUrl: httpUrl.optional(),
  /** Other nodes whose soft confirmations are compared with those of the sequencer: who shows two blocks shows them to two. */
  watchUrls: z.array(httpUrl).default([]),
  /** The account that reports leaders who signed two blocks, for half their stake; without it they are only shown. */
  reporterKey: privateKey.optional(),
  /** Where each new alert of the audit is posted, as JSON. */
  alertUrl: httpUrl.optional(),
  /** Keeps which addresses occur where, so that searches by address need not trace the chain. */
  addressIndex: z.boolean().default(true),
  /** How often the sequencer is asked for new blocks. */
  sequencerPollMs: z.number().int().min(20).default(500),
  /** Blocks above the safe head, as they are built. */
  feed: z
    .strictObject({
      /**
       * Who tells them: `sequencer` (the node at `sequencerUrl`), the WebSocket of another node that passes them on, NATS servers, or `none`:
       * they are only asked for.
       */
      source: z.union([z.enum(["sequencer", "none"]), socketUrl, natsUrls]).default("sequencer"),
      /** Of what this node passes on. */
      maxReaders: mostFeedReaders,
    })
    .prefault({}),
});

export type VerifierConfig = z.output<typeof verifierConfig>;
