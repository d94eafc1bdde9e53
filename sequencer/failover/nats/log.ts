import {
  DiscardPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from "@nats-io/jetstream";
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { SolventError } from "../../../protocol/errors";
import type { FencedLog, LogBounds, Topic } from "../log";

interface NatsLogOptions {
  /** Servers of one cluster. */
  url: readonly string[];
  /** Of the log: letters, digits and `_`. */
  name: string;
  /** Servers of the cluster that keep each entry. */
  replicas: number;
  /** Of one question to the server. */
  timeoutMs: number;
}

/** Codes of the server. Source: its errors.json. */
const [WRONG_LAST_SEQUENCE, STREAM_NOT_FOUND] = [10_071, 10_059];
/** How a server words that there is no room; it has written nothing then. */
const NO_ROOM = /maximum|exceeded|insufficient|no space/i;
const RECONNECT_MS = 100;
/** A server that answers no ping for so long is gone. */
const PING_MS = 1_000;

/** The client of one connection. */
interface Client {
  connection: NatsConnection;
  stream: JetStreamClient;
  manager: JetStreamManager;
}

/** A stream of NATS JetStream: `Nats-Expected-Last-Sequence` is the fence. It connects by itself, again and again. */
export class NatsLog implements FencedLog {
  private client: Client | null = null;
  private isConnected = false;
  private isClosed = false;
  private readonly listeners: [Topic, (payload: Uint8Array) => void][] = [];

  private constructor(private readonly options: NatsLogOptions) {}

  static open(options: NatsLogOptions): NatsLog {
    const log = new NatsLog(options);
    void log.connect();
    return log;
  }

  async bounds(): Promise<LogBounds | null> {
    try {
      const { state, created } = await this.ask(({ manager }) => manager.streams.info(this.options.name));
      return { first: state.first_seq, last: state.last_seq, identity: created };
    } catch (error) {
      const cause = error instanceof SolventError ? error.cause : undefined;
      if (cause instanceof JetStreamApiError && cause.code === STREAM_NOT_FOUND) return null;
      throw error;
    }
  }

  async create(): Promise<void> {
    const { name, replicas } = this.options;
    const subjects = [this.subject("log")];
    await this.ask(({ manager }) =>
      manager.streams.add({ name, subjects, discard: DiscardPolicy.New, num_replicas: replicas }),
    );
  }

  async append(payload: Uint8Array, last: number): Promise<number> {
    const { timeoutMs: timeout } = this.options;
    const expect = { lastSequence: last };
    try {
      return await this.ask(async ({ stream }) => {
        const { seq } = await stream.publish(this.subject("log"), payload, { expect, timeout, retries: 0 });
        return seq;
      });
    } catch (error) {
      const cause = error instanceof SolventError ? error.cause : undefined;
      if (!(cause instanceof JetStreamApiError)) throw error;
      if (cause.code === WRONG_LAST_SEQUENCE)
        throw new SolventError("failover-fenced", `another process has written behind entry ${last}`, { cause });
      if (!NO_ROOM.test(cause.message)) throw error;
      throw new SolventError("failover-full", cause.message, { cause, retry: true });
    }
  }

  async read(sequence: number): Promise<Uint8Array | null> {
    const stored = await this.ask(({ manager }) => manager.streams.getMessage(this.options.name, { seq: sequence }));
    return stored?.data ?? null;
  }

  async forget(sequence: number): Promise<void> {
    await this.ask(({ manager }) => manager.streams.purge(this.options.name, { seq: sequence + 1 }));
  }

  tell(topic: Topic, payload: Uint8Array): void {
    // What is told later is of no use: it would be sent when the connection is back.
    if (this.isConnected) this.client?.connection.publish(this.subject(topic), payload);
  }

  hear(topic: Topic, listener: (payload: Uint8Array) => void): void {
    this.listeners.push([topic, listener]);
    if (this.client !== null) this.subscribe(this.client.connection, topic, listener);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.client?.connection.close();
  }

  private subject(topic: Topic | "log"): string {
    return `solvent.failover.${this.options.name}.${topic}`;
  }

  private async connect(): Promise<void> {
    const { url, timeoutMs: timeout } = this.options;
    const lasting = { maxReconnectAttempts: -1, reconnectTimeWait: RECONNECT_MS, reconnectJitter: 0 };
    const servers = [...url];
    while (!this.isClosed)
      try {
        const connection = await connect({ servers, timeout, pingInterval: PING_MS, maxPingOut: 2, ...lasting });
        if (this.isClosed) return await connection.close();
        const manager = await jetstreamManager(connection, { timeout, checkAPI: false });
        for (const [topic, listener] of this.listeners) this.subscribe(connection, topic, listener);
        this.client = { connection, manager, stream: jetstream(connection, { timeout }) };
        this.isConnected = true;
        return await this.watch(connection);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status())
      if (type === "disconnect") this.isConnected = false;
      else if (type === "reconnect") this.isConnected = true;
  }

  private subscribe(connection: NatsConnection, topic: Topic, listener: (payload: Uint8Array) => void): void {
    const callback = (error: Error | null, { data }: Msg): void => {
      if (error === null) listener(data);
    };
    connection.subscribe(this.subject(topic), { callback });
  }

  private async ask<T>(question: (client: Client) => Promise<T>): Promise<T> {
    try {
      if (this.client === null || !this.isConnected) throw new Error("there is no connection");
      return await question(this.client);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const servers = this.options.url.join(", ");
      const remedy =
        "start a NATS server with JetStream there (apt-get install nats-server; nats-server -js -sd FOLDER)";
      const text = `the log at ${servers} does not answer (${reason}): ${remedy}`;
      throw new SolventError("failover-unavailable", text, { cause, retry: true });
    }
  }
}
