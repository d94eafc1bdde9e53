import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SolventError } from "../../protocol/errors";
import { builtFile } from "../modules";
import type { Host } from "../../vm/host";
import { FreshMemory, importMemory } from "./freshMemory";

const WORD = 32;

/** Ends a run from within the host call `output`. */
class RunEnded {
  constructor(readonly output: Uint8Array) {}
}

/** A compiled module; instances share its code. @throws SolventError `build-missing` where it was not built. */
export function loadModule(name: string, buildDir?: string): WebAssembly.Module {
  return load(name, buildDir, (wasm) => new WebAssembly.Module(wasm));
}

/** The same for instances that are given their memory: one after the other, each from zero. */
export function loadProgram(name: string, buildDir?: string): { module: WebAssembly.Module; memory: FreshMemory } {
  return load(name, buildDir, (file) => {
    const { wasm, limits } = importMemory(file);
    return { module: new WebAssembly.Module(wasm), memory: new FreshMemory(limits) };
  });
}

function load<T>(name: string, buildDir: string | undefined, open: (wasm: Uint8Array<ArrayBuffer>) => T): T {
  const path = buildDir === undefined ? builtFile(name) : join(buildDir, name);
  try {
    return open(Uint8Array.from(readFileSync(path)));
  } catch (cause) {
    throw new SolventError("build-missing", `cannot load ${path}: run "npm run build"`, { cause });
  }
}

/** An instance whose host calls go to `host`, with a memory of its own or the one that it is given. */
export class Instance {
  readonly exports: WebAssembly.Instance["exports"];
  readonly bytes: Uint8Array;
  readonly view: DataView;
  private root: Uint8Array = new Uint8Array(WORD);
  private lastKind = -1;
  private readonly lastKey = new Uint8Array(WORD);
  private lastData: Uint8Array = new Uint8Array(0);

  constructor(
    module: WebAssembly.Module,
    host: Host,
    { memory, tracer }: { memory?: WebAssembly.Memory; tracer?: Record<string, unknown> } = {},
  ) {
    const imports = { ...this.imports(host), ...(memory ? { memory } : {}) };
    const instance = new WebAssembly.Instance(module, { solvent: imports, ...(tracer ? { tracer } : {}) });
    this.exports = instance.exports;
    const { buffer } = instance.exports.memory as WebAssembly.Memory;
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }

  /** Runs `stf.wasm` once. @returns what it gave to `output`. */
  run(outputRoot: Uint8Array): Uint8Array {
    this.root = outputRoot;
    try {
      (this.exports.run as () => void)();
    } catch (error) {
      if (error instanceof RunEnded) return error.output;
      throw toSolventError(error);
    }
    throw new SolventError("program-trapped", "the program returned without output");
  }

  /** Calls an export. @throws SolventError as `run`. */
  call(name: string, ...values: (number | bigint)[]): number {
    try {
      return (this.exports[name] as (...values: (number | bigint)[]) => number)(...values);
    } catch (error) {
      throw toSolventError(error);
    }
  }

  /** Calls an export that returns 64 bits. @throws SolventError as `run`. */
  callU64(name: string, ...values: (number | bigint)[]): bigint {
    return BigInt.asUintN(64, BigInt(this.call(name, ...values)));
  }

  /** An address that the module exports as a constant. */
  address(name: string): number {
    return (this.exports[name] as WebAssembly.Global).value as number;
  }

  u32(at: number): number {
    return this.view.getUint32(at, true);
  }

  u64(at: number): bigint {
    return this.view.getBigUint64(at, true);
  }

  /** A 256-bit word of the program: four little-endian limbs. */
  word(at: number): bigint {
    const { view } = this;
    const high = (view.getBigUint64(at + 24, true) << 64n) | view.getBigUint64(at + 16, true);
    return (high << 128n) | (view.getBigUint64(at + 8, true) << 64n) | view.getBigUint64(at, true);
  }

  private imports(host: Host): Record<string, unknown> {
    return {
      input: (ptr: number) => this.bytes.set(this.root, ptr),
      output: (ptr: number) => {
        throw new RunEnded(this.bytes.slice(ptr, ptr + WORD));
      },
      preimage: (kind: number, keyPtr: number, offset: number, dstPtr: number): number => {
        const data = this.lookUp(host, kind, keyPtr);
        const { bytes } = this;
        const end = offset + WORD;
        if (end <= data.length) {
          for (let i = 0; i < WORD; i++) bytes[dstPtr + i] = data[offset + i];
        } else {
          for (let i = 0; i < WORD; i++) bytes[dstPtr + i] = offset + i < data.length ? data[offset + i] : 0;
        }
        return data.length;
      },
      inbox: (kind: number, index: bigint, dstPtr: number): number => {
        const found = host.inbox(kind, BigInt.asUintN(64, index));
        if (found === null) return 0;
        this.bytes.set(found, dstPtr);
        return 1;
      },
      hint: (kind: number, ptr: number, length: number) => {
        host.hint(kind, this.bytes.subarray(ptr, ptr + length));
      },
    };
  }

  /** Consecutive reads ask for the same key: it is compared before it is looked up. */
  private lookUp(host: Host, kind: number, keyPtr: number): Uint8Array {
    const { bytes, lastKey } = this;
    if (kind === this.lastKind) {
      let i = 0;
      while (i < WORD && bytes[keyPtr + i] === lastKey[i]) i++;
      if (i === WORD) return this.lastData;
    }
    const key = bytes.slice(keyPtr, keyPtr + WORD);
    this.lastData = host.preimage(kind, key);
    this.lastKind = kind;
    lastKey.set(key);
    return this.lastData;
  }
}

function toSolventError(error: unknown): unknown {
  if (!(error instanceof WebAssembly.RuntimeError)) return error;
  return new SolventError("program-trapped", `the program trapped: ${error.message}`, { cause: error });
}
