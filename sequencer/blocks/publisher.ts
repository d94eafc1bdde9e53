import type { NodeCore } from "../../actor/core";
import type { RollupSystem } from "../../actor/system";
import type { ChainBlock } from "../../node/chain/types";
import { encodeFeedMessage, feedDomain } from "../../node/feed/message";
import { FeedServer } from "../../node/feed/server";
import type { NatsFeed } from "../../node/feed/nats/feed";
import type { Promises } from "../../node/rotation/promises";
import { decodeCursor, fromHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { SequencerConfig } from "../config";
import type { Ledger } from "./ledger";

interface PublisherDeps {
  core: NodeCore;
  ledger: Ledger;
  promises: Promises;
}

/**
 * Tells the feed of each block above the safe head that this process holds the bytes of, signed with the key of its batches. Such a
 * signature says who told it and costs nobody a stake: after a reorg of L1 an honest sequencer signs another block for the same height.
 */
export class Publisher {
  private readonly domain: Uint8Array;
  private readonly key: Uint8Array;

  /** @param nats - null where no cluster is told. */
  constructor(
    private readonly deps: PublisherDeps,
    privateKey: Hex,
    readonly server: FeedServer,
    private readonly nats: NatsFeed | null,
  ) {
    const { core } = deps;
    this.domain = feedDomain(core.system);
    this.key = fromHex(privateKey);
    core.chain.subscribe({
      onHead: ({ dropped, added }) => {
        const lowest = dropped.at(-1)?.header.number;
        if (lowest !== undefined) server.forget(lowest);
        for (const block of added) this.publish(block);
      },
    });
  }

  /** Tells of the blocks that were there before. */
  begin(): void {
    const { chain } = this.deps.core;
    for (let number = chain.safe.number + 1; number <= chain.unsafe.number; number++)
      this.publish(chain.requireBlockAt(number));
  }

  close(): void {
    this.server.close();
    this.nats?.close();
  }

  private publish({ header, hash: blockHash }: ChainBlock): void {
    const { core, ledger, promises } = this.deps;
    const { number, parentHash, extraData } = header;
    const record = number > core.chain.safe.number ? ledger.record(number) : undefined;
    if (record?.blockHash !== blockHash) return;
    const { body } = record;
    const { batch, segment, offset } = decodeCursor(extraData);
    const place = { batch, segment, offset: offset - body.length };
    const promise = promises.at(number).find((one) => one.blockHash === blockHash) ?? null;
    const message = encodeFeedMessage(this.domain, { number, parentHash, blockHash, place, body, promise }, this.key);
    this.server.publish(number, message);
    this.nats?.publish(message);
  }
}

/** The publisher that a configuration asks for. */
export function openPublisher(
  { feed, privateKey }: Pick<SequencerConfig, "feed" | "privateKey">,
  deps: PublisherDeps,
): Publisher {
  const { registry, system } = deps.core;
  const server = new FeedServer(feed.maxReaders, registry);
  return new Publisher(deps, privateKey, server, feed.natsUrl === undefined ? null : openNats(feed.natsUrl, system));
}

function openNats(url: readonly string[], { chainId, genesisOutputRoot }: RollupSystem): NatsFeed {
  // Read where it is needed: few sequencers have a cluster.
  const { NatsFeed, feedSubject } =
    require("../../node/feed/nats/feed") as typeof import("../../node/feed/nats/feed.js");
  return new NatsFeed({ url, subject: feedSubject(chainId, genesisOutputRoot) }, null);
}
