import { AckPolicy, jetstream, jetstreamManager, type JsMsg } from "@nats-io/jetstream";
import { headers, nanos, type NatsConnection } from "@nats-io/transport-node";
import { randomUUID } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { SolventError } from "../../../protocol/errors";
import type { Job, JobResult } from "./job";
import type { Pool, Take } from "./pool";
import { HEADERS, JOBS, RESULTS, connectTo, ensureQueue } from "./queue";

/** Jobs that wait in the queue at once: as many as keep any cluster busy, and not ten thousand at the server. */
const MOST_WAITING = 2_000;
/** Jobs that are sent before the server has said that it has them. */
const SENT_AT_ONCE = 100;

/** Plays on whatever workers pull jobs from a NATS server with JetStream: `simulate worker`, on any number of machines. */
export class NatsPool implements Pool {
  private constructor(private readonly connection: NatsConnection) {}

  /** @param leaseSeconds - After which a silent worker's job is given to another; decided by whoever makes the queue. */
  static async connect(url: string, leaseSeconds?: number): Promise<NatsPool> {
    const connection = await connectTo(url);
    await ensureQueue(connection, leaseSeconds);
    return new NatsPool(connection);
  }

  async play(jobs: readonly Job[], take: Take): Promise<void> {
    if (jobs.length === 0) return;
    const stream = jetstream(this.connection);
    // A place of its own for the results of this run; what a stopped one had played is in its store.
    const sweep = randomUUID();
    const durable = `sweep-${sweep}`;
    const manager = await jetstreamManager(this.connection);
    await manager.consumers.add(RESULTS.stream, {
      durable_name: durable,
      filter_subject: `${RESULTS.subject}.${sweep}`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(600_000),
      inactive_threshold: nanos(86_400_000),
    });
    const consumer = await stream.consumers.get(RESULTS.stream, durable);
    const send = async (job: Job): Promise<void> => {
      const about = headers();
      about.set(HEADERS.sweep, sweep);
      await stream.publish(JOBS.subject, JSON.stringify(job), { msgID: `${sweep} ${job.key}`, headers: about });
    };
    const open = new Set(jobs.map(({ key }) => key));
    const first = jobs.slice(0, MOST_WAITING);
    for (let at = 0; at < first.length; at += SENT_AT_ONCE)
      await Promise.all(first.slice(at, at + SENT_AT_ONCE).map(send));
    let sent = first.length;
    const parts = new Map<string, JsMsg[]>();
    const messages = await consumer.consume();
    try {
      for await (const message of messages) {
        const whole = assembled(parts, message);
        if (whole === null) continue;
        const [key, result] = whole;
        if (open.delete(key)) {
          await take(result());
          if (sent < jobs.length) await send(jobs[sent++]);
        }
        for (const part of parts.get(attemptOf(message))!) part.ack();
        parts.delete(attemptOf(message));
        if (open.size === 0) break;
      }
    } finally {
      await messages.close();
    }
    await this.connection.flush();
    await manager.consumers.delete(RESULTS.stream, durable);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/** @returns the job's key and its result, once all parts of one worker's answer are there. */
function assembled(parts: Map<string, JsMsg[]>, message: JsMsg): [key: string, result: () => JobResult] | null {
  const about = message.headers!;
  const list = parts.get(attemptOf(message)) ?? [];
  list.push(message);
  parts.set(attemptOf(message), list);
  if (list.length < Number(about.get(HEADERS.parts))) return null;
  const key = about.get(HEADERS.key);
  const result = (): JobResult => {
    const error = about.get(HEADERS.error);
    if (error !== "") throw new SolventError("pool-failed", `job ${key} fails: ${error}`);
    const bytes = gunzipSync(Buffer.concat(list.map(({ data }) => data)));
    return JSON.parse(bytes.toString()) as JobResult;
  };
  return [key, result];
}

function attemptOf(message: JsMsg): string {
  return message.headers!.get(HEADERS.attempt);
}
