import { jetstream, type JsMsg } from "@nats-io/jetstream";
import { headers, type NatsConnection } from "@nats-io/transport-node";
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { codeVersion, type Job, type JobResult } from "./job";
import { HEADERS, JOBS, PART_BYTES, RESULTS, connectTo, ensureQueue } from "./queue";
import { ThreadPool } from "./threadPool";

/** How long a worker waits for a job before it asks again, and a job of other code before it is offered again. */
const PULL_MILLISECONDS = 5_000;
const OTHER_VERSION_MILLISECONDS = 2_000;
/** Text of numbers: the highest levels make it little smaller, and take more time than some games. */
const COMPRESSION = { level: 1 };

/**
 * Pulls jobs from a NATS server and plays them on threads, until Ctrl-C. A job is acknowledged when its result is at the server; of one
 * that dies before nothing is lost but its time.
 */
export async function serveNats(url: string, threads: number): Promise<void> {
  const connection = await connectTo(url);
  await ensureQueue(connection);
  const stream = jetstream(connection);
  const consumer = await stream.consumers.get(JOBS.stream, JOBS.consumer);
  const lease = Number((await consumer.info()).config.ack_wait ?? 0) / 1e6;
  const held = new Map<string, JsMsg>();
  let isStopped = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => (isStopped = true));
  // The server hears of a job that takes longer than its lease.
  const heartbeat = setInterval(() => {
    for (const message of held.values()) message.working();
  }, lease / 3);
  const pull = async (): Promise<Job | undefined> => {
    while (!isStopped) {
      const message = await consumer.next({ expires: PULL_MILLISECONDS });
      if (message === null) continue;
      const job = message.json<Job>();
      if (job.version !== codeVersion()) message.nak(OTHER_VERSION_MILLISECONDS);
      else {
        held.set(job.key, message);
        return job;
      }
    }
    return undefined;
  };
  const pool = new ThreadPool(threads);
  try {
    await pool.serve(pull, async (result) => {
      const message = held.get(result.key);
      // Offered twice to this worker, and answered already.
      if (message === undefined) return;
      held.delete(result.key);
      await send(connection, message.headers!.get(HEADERS.sweep), result);
      message.ack();
    });
    await connection.drain();
  } catch (error) {
    // Whoever waits for a job that cannot be played is told why.
    for (const [key, message] of held)
      if (String(error).includes(key)) {
        await send(connection, message.headers!.get(HEADERS.sweep), { key }, String(error));
        message.term();
      }
    await connection.drain();
    throw error;
  } finally {
    clearInterval(heartbeat);
    await pool.close();
  }
}

async function send(
  connection: NatsConnection,
  sweep: string,
  result: Pick<JobResult, "key">,
  error?: string,
): Promise<void> {
  const stream = jetstream(connection);
  const bytes = gzipSync(JSON.stringify(result), COMPRESSION);
  const parts = Math.max(1, Math.ceil(bytes.length / PART_BYTES));
  const attempt = randomUUID();
  for (let part = 0; part < parts; part++) {
    const about = headers();
    about.set(HEADERS.key, result.key);
    about.set(HEADERS.attempt, attempt);
    about.set(HEADERS.parts, String(parts));
    if (error !== undefined) about.set(HEADERS.error, error.replaceAll("\n", " "));
    await stream.publish(`${RESULTS.subject}.${sweep}`, bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES), {
      headers: about,
    });
  }
}
