import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { randomBytes } from "node:crypto";
import { Registry } from "prom-client";
import { WebSocket } from "ws";
import { FeedServer } from "../../../node/feed/server";
import { sleep } from "../rpc/client";

const READERS = 200;
const MESSAGES = 30;

/** Processor milliseconds of giving one message to one reader, and of reading it: both sides are in this process. */
export async function measureFanOut(bytes: number): Promise<number> {
  const feed = new FeedServer(READERS, new Registry());
  const http = createServer().on("upgrade", feed.upgrade);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  let received = 0;
  const readers = Array.from(
    { length: READERS },
    () => new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/feed`),
  );
  for (const reader of readers) reader.on("message", () => received++);
  await Promise.all(readers.map((reader) => new Promise((resolve) => reader.once("open", resolve))));
  const message = randomBytes(bytes);
  const before = process.cpuUsage();
  for (let number = 1; number <= MESSAGES; number++) {
    feed.publish(number, message);
    while (received < number * READERS) await sleep(1);
  }
  const { user, system } = process.cpuUsage(before);
  for (const reader of readers) reader.terminate();
  feed.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
  return (user + system) / 1_000 / (READERS * MESSAGES);
}
