import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { Counter, Gauge, type Registry } from "prom-client";
import { WebSocketServer, type WebSocket } from "ws";

/** Where a node's RPC server gives the feed. */
export const FEED_PATH = "/feed";

/** Messages that are kept for who comes, or comes back: so many, and so many bytes. */
const [MOST_KEPT, MOST_KEPT_BYTES] = [1_024, 8 << 20];
/** Bytes that may wait for a reader: more than all that is kept. */
const MOST_UNREAD_BYTES = 16 << 20;
/** A reader has nothing to say. */
const MOST_ASKED_BYTES = 1_024;
/** A reader that answered no ping between two of them is gone. */
const PING_MS = 10_000;

/**
 * Gives blocks to readers over WebSocket: those that are kept from the height on that a reader names (`/feed?from=N`), then each as it
 * comes. Nobody is waited for: who does not read is let go when too much waits for it, and comes back by itself.
 */
export class FeedServer {
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MOST_ASKED_BYTES,
    clientTracking: true,
  });
  private readonly kept: { number: number; message: Buffer }[] = [];
  private keptBytes = 0;
  private readonly quiet = new WeakSet<WebSocket>();
  private readonly timer: NodeJS.Timeout;
  private readonly bytes: Counter;
  private readonly lost: Counter;

  /** @param mostReaders - at the same time; who comes then is refused, and asks elsewhere. */
  constructor(
    private readonly mostReaders: number,
    registry: Registry,
  ) {
    const registers = [registry];
    const { sockets } = this;
    this.bytes = new Counter({
      name: "solvent_feed_sent_bytes_total",
      help: "Bytes of the feed, to all readers",
      registers,
    });
    this.lost = new Counter({
      name: "solvent_feed_readers_lost_total",
      help: "Readers that were let go: they did not read",
      registers,
    });
    new Gauge({
      ...{ name: "solvent_feed_readers", help: "Readers of the feed", registers },
      collect() {
        this.set(sockets.clients.size);
      },
    });
    this.timer = setInterval(() => this.ping(), PING_MS).unref();
  }

  /** Takes over a connection that asks for the feed. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (this.sockets.clients.size >= this.mostReaders) {
      socket.on("error", () => socket.destroy());
      socket.end("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (reader) => this.welcome(reader, fromOf(request)));
  };

  /** Gives a message to all, and keeps it. */
  publish(number: number, bytes: Uint8Array): void {
    const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.kept.push({ number, message });
    this.keptBytes += message.length;
    while (this.kept.length > MOST_KEPT || this.keptBytes > MOST_KEPT_BYTES)
      this.keptBytes -= this.kept.shift()!.message.length;
    for (const reader of this.sockets.clients) this.give(reader, message);
  }

  /** Blocks from a height on stand on the chain no more: nobody is given them any more. */
  forget(from: number): void {
    const left = this.kept.filter(({ number }) => number < from);
    this.kept.splice(0, this.kept.length, ...left);
    this.keptBytes = left.reduce((sum, { message }) => sum + message.length, 0);
  }

  close(): void {
    clearInterval(this.timer);
    for (const reader of this.sockets.clients) reader.terminate();
    this.sockets.close();
  }

  private welcome(reader: WebSocket, from: number): void {
    reader.on("error", () => reader.terminate());
    reader.on("message", () => reader.terminate());
    reader.on("pong", () => this.quiet.delete(reader));
    for (const { number, message } of this.kept) if (number >= from) this.give(reader, message);
  }

  private give(reader: WebSocket, message: Buffer): void {
    if (reader.readyState !== reader.OPEN) return;
    if (reader.bufferedAmount > MOST_UNREAD_BYTES) {
      this.lost.inc();
      reader.terminate();
      return;
    }
    this.bytes.inc(message.length);
    reader.send(message);
  }

  private ping(): void {
    for (const reader of this.sockets.clients) {
      if (this.quiet.has(reader)) reader.terminate();
      this.quiet.add(reader);
      reader.ping();
    }
  }
}

/** The height that a reader begins with: a number, or 0 where it names none. */
function fromOf({ url }: IncomingMessage): number {
  const from = new URL(url ?? "/", "http://feed").searchParams.get("from") ?? "0";
  return /^\d{1,15}$/.test(from) ? Number(from) : 0;
}
