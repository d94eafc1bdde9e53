/** What a node answered instead of a result. `data` is that of a revert. */
export class RpcFailure extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly data?: unknown,
  ) {
    super(message);
    this.name = "RpcFailure";
  }
}

/** The connection went, or is not there: asked again by whoever needs the answer when it is back. */
export class Disconnected extends Error {
  constructor() {
    super("not connected");
    this.name = "Disconnected";
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 2_000;
const LONGEST_WAIT_MS = 5_000;

/** JSON-RPC over one WebSocket that comes back by itself, with its subscriptions. */
export class RpcSocket {
  isOpen = false;
  private readonly url: string;
  private readonly waiting = new Map<number, Waiting>();
  private readonly kinds: { kind: string; notify(result: unknown): void }[] = [];
  private readonly byId = new Map<string, (result: unknown) => void>();
  private readonly listeners = new Set<() => void>();
  private socket: WebSocket | null = null;
  private nextId = 1;
  private retryMs = FIRST_RETRY_MS;

  /** @param path - On this page's own server. */
  constructor(path: string) {
    this.url = `${location.origin.replace(/^http/, "ws")}${path}`;
    this.open();
  }

  /** @throws RpcFailure with the node's own words, or Disconnected. */
  send<Result>(method: string, params: readonly unknown[] = []): Promise<Result> {
    const socket = this.socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Disconnected());
    const id = this.nextId++;
    return new Promise<Result>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** Resolves once the node answers, or after a few seconds without an answer. */
  opened(): Promise<void> {
    if (this.isOpen) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(), LONGEST_WAIT_MS);
      const forget = this.onChange(() => this.isOpen && done());
      const done = (): void => {
        clearTimeout(timer);
        forget();
        resolve();
      };
    });
  }

  /** Subscribes now and after each reconnection. @param kind - e.g. `newHeads`. */
  subscribe(kind: string, notify: (result: unknown) => void): void {
    this.kinds.push({ kind, notify });
    if (this.isOpen) void this.start(kind, notify);
  }

  /** @param listener - Called when the connection comes or goes. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private open(): void {
    const socket = new WebSocket(this.url);
    this.socket = socket;
    socket.onopen = () => void this.greet(socket);
    socket.onmessage = ({ data }) => this.receive(String(data));
    socket.onclose = () => {
      const wasOpen = this.isOpen;
      this.isOpen = false;
      this.byId.clear();
      for (const { reject } of this.waiting.values()) reject(new Disconnected());
      this.waiting.clear();
      if (wasOpen) this.tell();
      setTimeout(() => this.open(), this.retryMs);
      this.retryMs = Math.min(2 * this.retryMs, LAST_RETRY_MS);
    };
  }

  /** The socket leads to this page's server: only an answer says that the node behind it is there. */
  private async greet(socket: WebSocket): Promise<void> {
    try {
      await this.send("eth_chainId");
    } catch (error) {
      if (error instanceof RpcFailure) socket.close();
      return;
    }
    this.isOpen = true;
    this.retryMs = FIRST_RETRY_MS;
    for (const { kind, notify } of this.kinds) void this.start(kind, notify);
    this.tell();
  }

  private async start(kind: string, notify: (result: unknown) => void): Promise<void> {
    try {
      this.byId.set(await this.send<string>("eth_subscribe", [kind]), notify);
    } catch {
      // The connection went: the next one subscribes again.
    }
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as {
      id?: number;
      result?: unknown;
      error?: { code: number; message: string; data?: unknown };
      params?: { subscription: string; result: unknown };
    };
    if (message.params !== undefined) return this.byId.get(message.params.subscription)?.(message.params.result);
    const waiting = this.waiting.get(message.id ?? -1);
    this.waiting.delete(message.id ?? -1);
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new RpcFailure(message.error.message, message.error.code, message.error.data));
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
