/*
 * Logs of the running transaction, in order. A reverted frame takes its logs with it.
 *
 *   Log:  0  data length u32    4  number of topics u32    8  address, 20 bytes    32  topics, 32 bytes each; then the data;
 *   the next log starts at a multiple of 16.
 */
import { copyBytes, reverse32 } from "../bytes";
import { LOGS, LOGS_END } from "../memory";
import { addressOf } from "./accounts";
import { logsEnd, noteLog, setLogsEnd } from "./journal";
import { Account } from "./records";

const HEADER: usize = 32;

/**
 * Appends a log; journaled.
 * @param topicsPtr Topics as words (little-endian limbs) on the EVM stack: topic i is at `topicsPtr + 32 * i`.
 * @param dataPtr `length` bytes, copied.
 */
export function appendLog(account: Account, topics: u32, topicsPtr: usize, dataPtr: usize, length: u32): void {
  const log = logsEnd;
  const data = log + HEADER + ((<usize>topics) << 5);
  const end = (data + length + 15) & ~15;
  if (end > LOGS_END) unreachable();
  noteLog(log);
  store<u32>(log, length);
  store<u32>(log, topics, 4);
  copyBytes(log + 8, addressOf(account), 20);
  for (let i: u32 = 0; i < topics; i++) reverse32(log + HEADER + ((<usize>i) << 5), topicsPtr + ((<usize>i) << 5));
  copyBytes(data, dataPtr, length);
  setLogsEnd(end);
}

/** The first log, or `lastLog()` when there is none: `for (let log = firstLog(); log < lastLog(); log = nextLog(log))`. */
export function firstLog(): usize {
  return LOGS;
}

/** The place behind the last log. */
export function lastLog(): usize {
  return logsEnd;
}

export function nextLog(log: usize): usize {
  return (logData(log) + logLength(log) + 15) & ~15;
}

/** Pointer to the 20 bytes of the address. */
export function logAddress(log: usize): usize {
  return log + 8;
}

export function logTopics(log: usize): u32 {
  return load<u32>(log, 4);
}

/** Pointer to topic `index`, 32 bytes as they are hashed. */
export function logTopic(log: usize, index: u32): usize {
  return log + HEADER + ((<usize>index) << 5);
}

export function logData(log: usize): usize {
  return log + HEADER + ((<usize>load<u32>(log, 4)) << 5);
}

/** Length of the data in bytes. */
export function logLength(log: usize): u32 {
  return load<u32>(log);
}

/** Forgets all logs; for the start of a transaction. */
export function resetLogs(): void {
  setLogsEnd(LOGS);
}
