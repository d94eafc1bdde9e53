import { WebSocket } from "ws";

/** So long nothing may come before the node is asked all the same: it may have gone back, or the line may be dead. */
const LONGEST_SILENCE_MS = 2_000;
const RECONNECT_MS = 1_000;
const SUBSCRIBE = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_subscribe", params: ["newHeads"] });

/**
 * A node's `newHeads` over WebSocket: whether it is worth a question by now. Only when is decided by what it tells, never what is true: a
 * feed that is silent, lies or breaks delays a question by two seconds at most, and one that cannot be had leaves the caller's own
 * interval as it is.
 */
export class HeadFeed {
  private socket: WebSocket | null = null;
  private isLive = false;
  private hasNews = true;
  private takenAt = 0;
  private timer: NodeJS.Timeout | null = null;
  private isClosed = false;

  /** @param url - of the node, `ws://` or `wss://`. */
  constructor(private readonly url: string) {
    this.connect();
  }

  /** Whether the node should be asked now. */
  get isDue(): boolean {
    return !this.isLive || this.hasNews || Date.now() - this.takenAt >= LONGEST_SILENCE_MS;
  }

  /** Before the node is asked: what is told from here on is news again. */
  take(): void {
    this.hasNews = false;
    this.takenAt = Date.now();
  }

  /** The question was not answered: it is due again. */
  giveBack(): void {
    this.hasNews = true;
  }

  close(): void {
    this.isClosed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.terminate();
  }

  private connect(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.on("open", () => socket.send(SUBSCRIBE));
    socket.on("message", (data: Buffer) => this.hear(data.toString()));
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.isLive = false;
      if (!this.isClosed) this.timer = setTimeout(() => this.connect(), RECONNECT_MS).unref();
    });
  }

  /** The subscription's answer, then a notification a head. */
  private hear(text: string): void {
    this.hasNews = true;
    this.isLive ||= /"result"\s*:\s*"/.test(text);
  }
}
