import { useEffect, useRef, useState } from "preact/hooks";
import { Disconnected, RpcSocket } from "./rpc";

/** What the server says at the start. */
export interface Config {
  rpc: string;
  l1: string | null;
  sequencer: string | null;
  accounts: { address: string; privateKey: string }[];
  roles: Readonly<Record<string, string>>;
}

/** What moves a view: a new block of one of the layers. */
export type Layer = "l1" | "l2";

const response = await fetch("/config.json");
export const config = (await response.json()) as Config;

/** Which part of the devnet an account plays, as who serves the page says; null where nobody does. Nothing that a chain says comes in here. */
export function roleOf(address: string): string | null {
  const key = address.toLowerCase();
  return Object.hasOwn(config.roles, key) ? config.roles[key] : null;
}

export const node = new RpcSocket("/rpc/node");
export const l1 = config.l1 === null ? null : new RpcSocket("/rpc/l1");

/** Blocks come as fast as five a second; eyes do not. */
const LEAST_MS = 400;

const counts: Record<Layer, number> = { l1: 0, l2: 0 };
const listeners = new Set<() => void>();
/** L1's clock: time of its newest block, and when it came. */
let l1Clock: { seconds: number; at: number } | null = null;

function tell(): void {
  for (const listener of listeners) listener();
}

function pulse(layer: Layer): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      counts[layer]++;
      tell();
    }, LEAST_MS);
  };
}

const pulseL2 = pulse("l2");
const pulseL1 = pulse("l1");
node.subscribe("newHeads", pulseL2);
node.onChange(pulseL2);
node.onChange(tell);
node.onChange(() => void reloadIfAnother());
l1?.subscribe("newHeads", (head) => {
  setClock(head as { timestamp: string });
  pulseL1();
});
l1?.onChange(pulseL1);
l1?.onChange(() => void readClock());

function setClock({ timestamp }: { timestamp: string }): void {
  l1Clock = { seconds: Number(timestamp), at: Date.now() };
}

/** Without waiting for L1's next block: a devnet's clock may be far from this computer's. */
async function readClock(): Promise<void> {
  if (l1?.isOpen !== true) return;
  try {
    setClock(await l1.send<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]));
    tell();
  } catch {
    // The connection went again: the next one asks again.
  }
}

/** Which rollup the page shows; null until the node has said it. */
let shown: string | null = null;

/** A devnet that was started anew may be another rollup: what the page has read of the old one is forgotten. */
async function reloadIfAnother(): Promise<void> {
  if (!node.isOpen) return;
  try {
    const [rollup, genesis] = await Promise.all([
      node.send("rollup_config"),
      node.send<{ hash: string }>("eth_getBlockByNumber", ["0x0", false]),
    ]);
    const found = JSON.stringify([rollup, genesis.hash]);
    if (shown !== null && shown !== found) location.reload();
    shown = found;
  } catch {
    // The connection went again: the next one asks again.
  }
}

/** Whether the node, and L1 where there is one, answer. */
export function useConnection(): { node: boolean; l1: boolean } {
  useChanges();
  return { node: node.isOpen, l1: l1 === null || l1.isOpen };
}

/** L1's time in seconds, going on between its blocks; null before the first. */
export function useL1Seconds(): number | null {
  const [, setCount] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setCount((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return l1Clock === null ? null : Math.floor(l1Clock.seconds + (Date.now() - l1Clock.at) / 1_000);
}

export interface Query<T> {
  data: T | undefined;
  error: Error | null;
}

/**
 * What a question gets, asked again with every block of the layers named. The last answer stays while the next one is on its way.
 * @param key - Another key is another question.
 */
export function useQuery<T>(key: string, ask: () => Promise<T>, moves: readonly Layer[] = []): Query<T> {
  useChanges();
  const [state, setState] = useState<Query<T> & { key: string }>({ key, data: undefined, error: null });
  const latest = useRef({ key, ask, isBusy: false, isDue: false, isGone: false });
  latest.current.ask = ask;
  latest.current.key = key;
  const stamp = [key, node.isOpen, l1?.isOpen, ...moves.map((layer) => counts[layer])].join();
  useEffect(() => {
    const now = latest.current;
    const run = async (): Promise<void> => {
      if (now.isBusy) return void (now.isDue = true);
      now.isBusy = true;
      const asked = now.key;
      try {
        const data = await now.ask();
        if (!now.isGone && asked === now.key) setState({ key: asked, data, error: null });
      } catch (caught) {
        const error = caught instanceof Error ? caught : new Error(String(caught));
        // A connection that went is shown once, at the top.
        if (!now.isGone && asked === now.key && !(error instanceof Disconnected))
          setState({ key: asked, data: undefined, error });
      }
      now.isBusy = false;
      if (now.isDue && !now.isGone) {
        now.isDue = false;
        void run();
      }
    };
    void run();
  }, [stamp]);
  useEffect(() => {
    latest.current.isGone = false;
    return () => void (latest.current.isGone = true);
  }, []);
  return state.key === key ? state : { data: undefined, error: null };
}

function useChanges(): void {
  const [, setCount] = useState(0);
  useEffect(() => {
    const listener = (): void => setCount((count) => count + 1);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
}
