/** Where messages of a feed come from. It connects by itself, again and again, until it is closed. */
export interface FeedSource {
  /** Whether there is a connection: what comes, comes at once. */
  readonly isOpen: boolean;
  /** What came is of no use: whoever is connected is let go for a while, where another could be asked. */
  punish(): void;
  close(): void;
}

/** What a source tells its owner. */
export interface FeedEvents {
  /** The height from which on messages are of use. */
  from(): number;
  onMessage(bytes: Uint8Array): void;
  /** A message came that is longer than any block's, and was not read. */
  onOversize(): void;
}
