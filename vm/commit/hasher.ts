import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { VmError } from "../errors";

/** What `tree.as.ts` exports. */
export interface HasherExports {
  memory: WebAssembly.Memory;
  start(): number;
  bufferSize(): number;
  keccak(source: number, length: number, target: number): void;
  setTag(source: number): void;
  hashPairs(count: number): void;
  initTree(depth: number, cached: number): void;
  updatePage(page: number): void;
  root(): number;
  pageNodes(page: number): number;
  upperNodes(): number;
  zeroNodes(): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * A new instance of the hasher module, with a memory of its own.
 * @throws {VmError} `vm.not-built` when build/vm/tree.wasm has not been built.
 */
export function createHasher(): { hasher: HasherExports; buffer: number } {
  if (compiled === undefined) {
    const path = join(__dirname, "..", "..", "build", "vm", "tree.wasm");
    if (!existsSync(path)) throw new VmError("vm.not-built", `${path} is missing: run \`npm run build vm\``);
    compiled = new WebAssembly.Module(readFileSync(path));
  }
  const hasher = new WebAssembly.Instance(compiled, {}).exports as unknown as HasherExports;
  return { hasher, buffer: hasher.start() };
}

let shared: ReturnType<typeof createHasher> | undefined;

/** keccak-256 of any number of bytes; synchronous. About twice as fast as `hash-wasm`. */
export function keccak256(bytes: Uint8Array): Uint8Array {
  const { hasher, buffer } = (shared ??= createHasher());
  if (bytes.length > hasher.bufferSize()) return keccakLarge(bytes);
  const memory = new Uint8Array(hasher.memory.buffer);
  memory.set(bytes, buffer);
  hasher.keccak(buffer, bytes.length, buffer);
  return memory.slice(buffer, buffer + 32);
}

function keccakLarge(bytes: Uint8Array): Uint8Array {
  const { hasher } = createHasher();
  const source = hasher.memory.buffer.byteLength;
  hasher.memory.grow(Math.ceil(bytes.length / 65536));
  new Uint8Array(hasher.memory.buffer).set(bytes, source);
  hasher.keccak(source, bytes.length, source);
  return new Uint8Array(hasher.memory.buffer).slice(source, source + 32);
}

const tags = new Map<string, Uint8Array>();

/** `TAG(name)` of docs/spec/01-interfaces.md: keccak256("solvent." + name), 32 bytes. The result is shared: do not write to it. */
export function tag(name: string): Uint8Array {
  let value = tags.get(name);
  if (value === undefined) tags.set(name, (value = keccak256(new TextEncoder().encode(`solvent.${name}`))));
  return value;
}

/** keccak256(tag || left || right) of two 32-byte nodes. */
export function hashNode(tagBytes: Uint8Array, left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(96);
  bytes.set(tagBytes, 0);
  bytes.set(left, 32);
  bytes.set(right, 64);
  return keccak256(bytes);
}

/** Hashes a level of a tree: `count` pairs of 32-byte nodes side by side in `level` to `count` nodes, each under the same tag. */
export function hashLevel(tagBytes: Uint8Array, level: Uint8Array, count: number): Uint8Array {
  const { hasher, buffer } = (shared ??= createHasher());
  const parents = new Uint8Array(count * 32);
  const memory = new Uint8Array(hasher.memory.buffer);
  memory.set(tagBytes, buffer);
  hasher.setTag(buffer);
  const most = hasher.bufferSize() / 64;
  for (let first = 0; first < count; first += most) {
    const pairs = Math.min(most, count - first);
    memory.set(level.subarray(first * 64, (first + pairs) * 64), buffer);
    hasher.hashPairs(pairs);
    parents.set(memory.subarray(buffer, buffer + pairs * 32), first * 32);
  }
  return parents;
}
