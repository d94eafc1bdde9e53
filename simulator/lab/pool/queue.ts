import { AckPolicy, RetentionPolicy, jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos, type NatsConnection } from "@nats-io/transport-node";
import { SolventError } from "../../../protocol/errors";

/** Work queue of jobs, each gone once it is acknowledged; and of results, by sweep. */
export const JOBS = { stream: "SOLVENT_JOBS", subject: "solvent.jobs", consumer: "workers" };
export const RESULTS = { stream: "SOLVENT_RESULTS", subject: "solvent.results" };

/** A job whose worker is not heard of for so long is given to another. */
const LEASE_SECONDS = 20;
/** What nobody wants any more, because its run was stopped, is forgotten after a week. */
const KEPT_SECONDS = 7 * 86_400;
/** A message of NATS is a megabyte at the most; results are cut into parts of this size. */
export const PART_BYTES = 512 * 1_024;

/** What the parts of a result say of themselves. */
export const HEADERS = {
  sweep: "Solvent-Sweep",
  key: "Solvent-Key",
  attempt: "Solvent-Attempt",
  parts: "Solvent-Parts",
  error: "Solvent-Error",
};

/** @throws SolventError `pool-failed` if nobody answers there. */
export async function connectTo(url: string): Promise<NatsConnection> {
  try {
    return await connect({ servers: url, maxReconnectAttempts: -1 });
  } catch (cause) {
    const message = `no NATS server at ${url}; start one with nats-server -js`;
    throw new SolventError("pool-failed", message, { cause, retry: true });
  }
}

/** Makes both streams and the workers' consumer, or finds them. Whoever comes first decides the lease. */
export async function ensureQueue(connection: NatsConnection, leaseSeconds = LEASE_SECONDS): Promise<void> {
  const manager = await jetstreamManager(connection);
  const policy = { retention: RetentionPolicy.Workqueue, max_age: nanos(KEPT_SECONDS * 1_000) };
  await manager.streams.add({ name: JOBS.stream, subjects: [JOBS.subject], ...policy });
  await manager.streams.add({ name: RESULTS.stream, subjects: [`${RESULTS.subject}.*`], ...policy });
  const known = await manager.consumers.info(JOBS.stream, JOBS.consumer).catch(() => null);
  if (known !== null) return;
  await manager.consumers.add(JOBS.stream, {
    durable_name: JOBS.consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(leaseSeconds * 1_000),
    max_ack_pending: 100_000,
  });
}
