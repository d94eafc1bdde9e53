import { Session, type Profiler } from "node:inspector/promises";

/** Share of the time by where it was spent, in the order of the shares; they sum to 1. */
export type Shares = [place: string, share: number][];

/** Samples `work` and says where its time went. */
export async function profile(work: () => void): Promise<Shares> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  work();
  const { profile: sampled } = await session.post("Profiler.stop");
  session.disconnect();
  return shares(sampled);
}

function shares({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Shares {
  const places = new Map(nodes.map((node) => [node.id, placeOf(node.callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  samples.forEach((id, i) => {
    const place = places.get(id)!;
    if (place === null) return;
    times.set(place, (times.get(place) ?? 0) + timeDeltas[i]);
    total += timeDeltas[i];
  });
  return [...times].map(([place, time]): [string, number] => [place, time / total]).sort((a, b) => b[1] - a[1]);
}

function placeOf({ url, functionName }: { url: string; functionName: string }): string | null {
  if (functionName === "(idle)" || functionName === "(root)") return null;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (url.startsWith("wasm:")) return "wasm (the engine; keccak of what the node files)";
  if (/hash-wasm|keccak/.test(url)) return "around the node's keccak";
  if (url.includes("/node/engine/")) return "host calls and the engine's TypeScript";
  if (url.includes("emoryNodes") || functionName === "latin1Slice" || functionName === "toString")
    return "the node store";
  return "the rest";
}
