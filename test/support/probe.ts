import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { answerPrecompile } from "../../node/precompiles";
import { buildTarget } from "../../stf/build/stf";
import { keccak_256 } from "@noble/hashes/sha3.js";

const ROOT = join(__dirname, "..", "..");
const WASM = join(ROOT, "build", "probe.wasm");

export type Call = (...args: (number | bigint)[]) => number;

/**
 * The parts of the program that tests call one by one (stf/probe.ts), over a host that is a map of preimages by hex hash.
 * Memory below 0x5c00000 belongs to the program; tests put their data into `ENGINE`, 4 MiB behind it.
 */
export type Probe = {
  call: Record<string, Call>;
  global(name: string): number;
  nodes: Map<string, Uint8Array>;
  hints: { kind: number; hash: string; length: number }[];
  preimageCalls: () => number;
  write(at: number, bytes: Uint8Array): void;
  read(at: number, length: number): Uint8Array;
};

const HINT_PRECOMPILE = 2;

export const SCRATCH = 0x5c00000;

let compiled: WebAssembly.Module | undefined;

/** Compiles stf/probe.ts if build/probe.wasm is older than stf/, and makes a fresh instance. */
export async function createProbe(): Promise<Probe> {
  if (compiled === undefined) {
    mkdirSync(join(ROOT, "build"), { recursive: true });
    if (!existsSync(WASM) || statSync(WASM).mtimeMs < newest(join(ROOT, "stf"))) await buildTarget("probe.wasm");
    compiled = new WebAssembly.Module(readFileSync(WASM));
  }
  const nodes = new Map<string, Uint8Array>();
  const hints: Probe["hints"] = [];
  let calls = 0;
  const bytes = () => new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const solvent = {
    input: () => 0,
    output: () => 0,
    inbox: () => 0,
    preimage: (_kind: number, key: number, offset: number, to: number): number => {
      if ((key | offset | to) & 31) throw new Error("misaligned host call");
      calls += 1;
      const data = nodes.get(Buffer.from(bytes().subarray(key, key + 32)).toString("hex"));
      if (data === undefined) throw new Error("no such preimage");
      const part = data.subarray(offset, offset + 32);
      bytes().fill(0, to, to + 32);
      bytes().set(part, to);
      return data.length;
    },
    hint: (kind: number, at: number, length: number): void => {
      if (at & 31) throw new Error("misaligned hint");
      const data = bytes().slice(at, at + length);
      const hash = Buffer.from(keccak_256(data)).toString("hex");
      hints.push({ kind, hash, length });
      nodes.set(hash, kind === HINT_PRECOMPILE ? answerPrecompile(data) : data);
    },
  };
  const exports: Record<string, unknown> = new WebAssembly.Instance(compiled, { solvent }).exports;
  return {
    call: exports as unknown as Record<string, Call>,
    global: (name) => (exports[name] as WebAssembly.Global).value as number,
    nodes,
    hints,
    preimageCalls: () => calls,
    write: (at, data) => bytes().set(data, at),
    read: (at, length) => bytes().slice(at, at + length),
  };
}

/**
 * Applies changes to the program's trie in one batch. @param changes - Key and value; an empty value deletes.
 * @param root - Hex without `0x`, like the new root that is returned.
 */
export function updateTrie(probe: Probe, root: string, changes: [key: Uint8Array, value: Uint8Array][]): string {
  const items = probe.global("TRANSACTION");
  probe.write(SCRATCH, Buffer.from(root, "hex"));
  let at = SCRATCH + 64;
  changes.forEach(([key, value], index) => {
    probe.write(at, key);
    probe.write(at + key.length, value);
    probe.call.putItem!(items, index, at, key.length * 2, at + key.length, value.length);
    at += key.length + value.length;
  });
  probe.call.sortItems!(items, changes.length);
  probe.call.trieUpdate!(SCRATCH, items, changes.length, SCRATCH + 32);
  return Buffer.from(probe.read(SCRATCH + 32, 32)).toString("hex");
}

function newest(folder: string): number {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}
