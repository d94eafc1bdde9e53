import { WebSocket } from "ws";
import { MAX_MESSAGE_BYTES } from "./message";
import type { FeedEvents, FeedSource } from "./source";

/** Between two attempts to connect: at first, and at most, where what came was of no use again and again. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 30_000];
/** A line that carries neither a message nor a ping for so long is dead; a server pings each ten seconds. */
const SILENCE_MS = 25_000;
/** How ws says that it stopped reading a message for its length. */
const TOO_LONG = "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
/** A connection that stood for so long was none of many that fail. */
const SOUND_MS = 10_000;

/** A feed over WebSocket, of a sequencer or of any node that passes it on. */
export class SocketFeed implements FeedSource {
  private socket: WebSocket | null = null;
  private waitMs = FIRST_WAIT_MS;
  private timer: NodeJS.Timeout | null = null;
  private silence: NodeJS.Timeout | null = null;
  private openedAt = 0;
  private isClosed = false;

  /** @param url - `ws://` or `wss://`, with the path of the feed. */
  constructor(
    private readonly url: string,
    private readonly events: FeedEvents,
  ) {
    this.connect();
  }

  get isOpen(): boolean {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  punish(): void {
    // As if it had never stood: the next wait is twice as long.
    this.openedAt = Infinity;
    this.socket?.terminate();
  }

  close(): void {
    this.isClosed = true;
    for (const timer of [this.timer, this.silence]) if (timer !== null) clearTimeout(timer);
    this.socket?.terminate();
  }

  private connect(): void {
    const socket = new WebSocket(`${this.url}?from=${this.events.from()}`, {
      ...{ maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false, handshakeTimeout: SILENCE_MS },
    });
    this.socket = socket;
    socket.on("open", () => {
      this.openedAt = performance.now();
      this.hear(socket);
    });
    socket.on("ping", () => this.hear(socket));
    socket.on("message", (data: Buffer) => {
      this.hear(socket);
      if (socket.readyState === WebSocket.OPEN) this.events.onMessage(data);
    });
    socket.on("error", ({ code }: NodeJS.ErrnoException) => {
      if (code === TOO_LONG) this.events.onOversize();
      socket.terminate();
    });
    socket.on("close", () => this.again());
  }

  private hear(socket: WebSocket): void {
    if (this.silence !== null) clearTimeout(this.silence);
    this.silence = setTimeout(() => socket.terminate(), SILENCE_MS).unref();
  }

  private again(): void {
    if (this.isClosed) return;
    const isSound = performance.now() - this.openedAt > SOUND_MS;
    this.waitMs = isSound ? FIRST_WAIT_MS : Math.min(LONGEST_WAIT_MS, 2 * this.waitMs);
    this.timer = setTimeout(() => this.connect(), this.waitMs).unref();
  }
}
