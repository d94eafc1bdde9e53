import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import type { Hex } from "../../../protocol/types";
import type { FeedEvents, FeedSource } from "../source";

interface NatsFeedOptions {
  /** Servers of one cluster. */
  url: readonly string[];
  /** As `feedSubject`. */
  subject: string;
}

const RETRY_MS = 500;
const PING_MS = 5_000;
/** Bytes that may wait for a server that does not take them; what is more is lost, as all that a reader misses. */
const MOST_UNSENT_BYTES = 8 << 20;

/** The subject of one rollup's feed. */
export function feedSubject(chainId: bigint, genesisOutputRoot: Hex): string {
  // The genesis binds its inbox, so it names one system.
  return `solvent.feed.${chainId}.${genesisOutputRoot.slice(2, 18)}`;
}

/**
 * A feed over a NATS cluster: a sequencer publishes once, the servers multiply. What is lost is lost (core NATS keeps nothing): readers find
 * it elsewhere. It connects by itself.
 */
export class NatsFeed implements FeedSource {
  private connection: NatsConnection | null = null;
  private isClosed = false;
  private unsentBytes = 0;
  isOpen = false;

  /** @param events - null where nothing is read. */
  constructor(
    private readonly options: NatsFeedOptions,
    private readonly events: FeedEvents | null,
  ) {
    void this.connect();
  }

  publish(bytes: Uint8Array): void {
    const { connection } = this;
    if (connection === null || !this.isOpen || this.unsentBytes > MOST_UNSENT_BYTES) return;
    connection.publish(this.options.subject, bytes);
    this.unsentBytes += bytes.length;
    const settle = (): unknown => (this.unsentBytes -= bytes.length);
    connection.flush().then(settle, settle);
  }

  /** Who wrote it is not known: there is nobody to leave. */
  punish(): void {}

  close(): void {
    this.isClosed = true;
    void this.connection?.close();
  }

  private async connect(): Promise<void> {
    const lasting = { maxReconnectAttempts: -1, reconnectTimeWait: RETRY_MS, pingInterval: PING_MS, maxPingOut: 2 };
    while (!this.isClosed)
      try {
        const connection = await connect({ servers: [...this.options.url], ...lasting });
        if (this.isClosed) return await connection.close();
        this.connection = connection;
        if (this.events !== null) this.subscribe(connection, this.events);
        this.isOpen = true;
        return await this.watch(connection);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
  }

  private subscribe(connection: NatsConnection, events: FeedEvents): void {
    const callback = (error: Error | null, { data }: Msg): void => {
      if (error === null) events.onMessage(data);
    };
    connection.subscribe(this.options.subject, { callback });
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status())
      if (type === "disconnect") this.isOpen = false;
      else if (type === "reconnect") this.isOpen = true;
  }
}
