import { FEED_PATH } from "../../node/feed/server";
import { SocketFeed } from "../../node/feed/socket";
import type { FeedEvents, FeedSource } from "../../node/feed/source";
import type { RollupSystem } from "../../actor/system";
import type { VerifierConfig } from "../config";
import { FeedReader, type FeedReaderDeps } from "./reader";

/** The feed that a configuration asks for; null where blocks are only asked for, or no sequencer is followed. */
export function openFeed(
  { sequencerUrl, feed: { source } }: Pick<VerifierConfig, "sequencerUrl" | "feed">,
  deps: Omit<FeedReaderDeps, "open">,
): FeedReader | null {
  if (sequencerUrl === undefined || source === "none") return null;
  const { system } = deps.core;
  if (Array.isArray(source)) return new FeedReader({ ...deps, open: (events) => openNats(source, system, events) });
  const url = source === "sequencer" ? feedUrlOf(sequencerUrl) : source;
  return new FeedReader({ ...deps, open: (events) => new SocketFeed(url, events) });
}

/** Where a node gives its feed. @param rpcUrl - of its JSON-RPC. */
export function feedUrlOf(rpcUrl: string): string {
  return rpcUrl.replace(/^http/, "ws").replace(/\/$/, "") + FEED_PATH;
}

function openNats(
  url: readonly string[],
  { chainId, genesisOutputRoot }: RollupSystem,
  events: FeedEvents,
): FeedSource {
  // Read where it is needed: few nodes have a cluster.
  const { NatsFeed, feedSubject } =
    require("../../node/feed/nats/feed") as typeof import("../../node/feed/nats/feed.js");
  return new NatsFeed({ url, subject: feedSubject(chainId, genesisOutputRoot) }, events);
}
