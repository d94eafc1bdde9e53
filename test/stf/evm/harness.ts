import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { compileAssemblyScript } from "../../../vm/build/asc";
import { ASC_FLAGS } from "./flags";

const EMPTY_ROOT = Buffer.from("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", "hex");
const INPUT_OFFSET = 4096;

/** What a message does; absent fields are zero. */
export interface HarnessCall {
  caller?: string;
  to?: string;
  value?: bigint;
  data?: Uint8Array;
  gas: bigint;
  isCreate?: boolean;
}

export interface HarnessResult {
  halt: number;
  gasUsed: bigint;
  refund: bigint;
  output: Buffer;
}

interface Exports {
  memory: WebAssembly.Memory;
  buffer(): number;
  open(): void;
  begin(): void;
  end(): void;
  putAccount(nonce: bigint, codeLength: number): void;
  putSlot(): void;
  getSlot(): void;
  call(gas: bigint, inputLength: number, isCreate: number, number: bigint, timestamp: bigint, gasLimit: bigint): number;
  gasLeft(): bigint;
  refund(): bigint;
  output(): number;
  outputLength(): number;
}

/** Runs single messages on the EVM of stf/, on a state that the test writes. */
export class EvmHarness {
  private readonly preimages = new Map<string, Buffer>();
  private exports!: Exports;

  /** Compiles and opens; `wasmFile` skips the compilation. */
  static async create(wasmFile?: string): Promise<EvmHarness> {
    const harness = new EvmHarness();
    const scratch = mkdtempSync(join(tmpdir(), "solvent-harness-"));
    const file = wasmFile ?? join(scratch, "harness.wasm");
    if (wasmFile === undefined) await compileAssemblyScript(join(__dirname, "harness.as.ts"), file, ASC_FLAGS);
    const imports = {
      preimage: (kind: number, key: number, offset: number, to: number): number =>
        harness.preimage(kind, key, offset, to),
      hint: (kind: number, at: number, length: number): void => harness.hint(kind, at, length),
    };
    const { instance } = await WebAssembly.instantiate(readFileSync(file), { solvent: imports });
    harness.exports = instance.exports as unknown as Exports;
    rmSync(scratch, { recursive: true });
    return harness;
  }

  /** Starts over with an empty state, inside a first transaction. */
  reset(): void {
    this.write(0, EMPTY_ROOT);
    this.exports.open();
    this.exports.begin();
  }

  /** Starts the next transaction. */
  next(): void {
    this.exports.end();
    this.exports.begin();
  }

  putAccount(address: string, account: { balance?: bigint; nonce?: bigint; code?: Uint8Array }): void {
    this.write(0, addressBytes(address));
    this.write(32, wordBytes(account.balance ?? 0n));
    this.write(64, account.code ?? new Uint8Array());
    this.exports.putAccount(account.nonce ?? 0n, account.code?.length ?? 0);
  }

  putSlot(address: string, key: bigint, value: bigint): void {
    this.write(0, addressBytes(address));
    this.write(32, wordBytes(key));
    this.write(64, wordBytes(value));
    this.exports.putSlot();
  }

  getSlot(address: string, key: bigint): bigint {
    this.write(0, addressBytes(address));
    this.write(32, wordBytes(key));
    this.exports.getSlot();
    return BigInt(`0x${this.read(this.exports.buffer() + 64, 32).toString("hex")}`);
  }

  call(request: HarnessCall): HarnessResult {
    this.write(0, Buffer.alloc(256));
    this.write(0, addressBytes(request.caller ?? "0x00000000000000000000000000000000000000ca"));
    this.write(32, addressBytes(request.to ?? "0x00000000000000000000000000000000000000c0"));
    this.write(64, wordBytes(request.value ?? 0n));
    this.write(96, wordBytes(1n));
    const data = request.data ?? new Uint8Array();
    this.write(INPUT_OFFSET, data);
    const create = request.isCreate ? 1 : 0;
    const halt = this.exports.call(request.gas, data.length, create, 1000n, 1_700_000_000n, 30_000_000n);
    return {
      halt,
      gasUsed: request.gas - this.exports.gasLeft(),
      refund: this.exports.refund(),
      output: Buffer.from(this.read(this.exports.output(), this.exports.outputLength())),
    };
  }

  private preimage(kind: number, key: number, offset: number, to: number): number {
    if (kind !== 0) throw new Error("the harness has no hosted precompiles");
    const data = this.preimages.get(this.read(key, 32).toString("hex"));
    if (data === undefined) throw new Error("preimage not found");
    const target = this.read(to, 32);
    target.fill(0);
    data.copy(target, 0, offset, Math.min(data.length, offset + 32));
    return data.length;
  }

  private hint(kind: number, at: number, length: number): void {
    const data = Buffer.from(this.read(at, length));
    if (kind <= 1) this.preimages.set(Buffer.from(keccak_256(data)).toString("hex"), data);
  }

  private write(offset: number, data: Uint8Array): void {
    new Uint8Array(this.exports.memory.buffer).set(data, this.exports.buffer() + offset);
  }

  private read(at: number, length: number): Buffer {
    return Buffer.from(this.exports.memory.buffer, at, length);
  }
}

function addressBytes(address: string): Buffer {
  return Buffer.from(address.slice(2).padStart(40, "0"), "hex");
}

function wordBytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, "0"), "hex");
}
