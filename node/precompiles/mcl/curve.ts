import createModule from "mcl-wasm/dist/mcl_c.js";
import { invariant } from "../../../protocol/errors";
import { requireValid } from "../bytes";

/** Curves as the library numbers them. */
export const CURVE = { bn254: 4, bls12381: 5, p256: 107 } as const;
/** Sizes of its structures: every field element has room for 384 bits, scalars for 256; points are Jacobian, x | y | z. */
export const SIZE = { fp: 48, fr: 32, fp2: 96, g1: 144, g2: 288, gt: 576, scratch: 64 } as const;
/** What it was compiled for; a module of another layout refuses to start. */
const COMPILED_FOR = 46;
/** RFC 9380: what EIP-2537 asks of the maps. */
const MAP_BY_RFC_9380 = 5;

const MEMORY_PAGES = 32;

/** Address of a structure in the library's memory. */
export type Place = number;

/** The functions of the library that are used here; true and false are 1 and 0, errors are not 0. */
export interface Mcl {
  wasmMemory: WebAssembly.Memory;
  _malloc(bytes: number): Place;
  _free(at: Place): void;
  _mclBn_init(curve: number, compiledFor: number): number;
  _mclBn_setMapToMode(mode: number): number;
  _mclBn_verifyOrderG1(doIt: number): void;
  _mclBn_verifyOrderG2(doIt: number): void;
  _mclBnFp_setInt32(x: Place, value: number): void;
  _mclBnFp_setBigEndianMod(x: Place, bytes: Place, length: number): number;
  _mclBnFp_getLittleEndian(bytes: Place, capacity: number, x: Place): number;
  _mclBnFp_isZero(x: Place): number;
  _mclBnFp_isEqual(x: Place, y: Place): number;
  _mclBnFp_neg(y: Place, x: Place): void;
  _mclBnFp_add(z: Place, x: Place, y: Place): void;
  _mclBnFp_sqr(y: Place, x: Place): void;
  _mclBnFp_mul(z: Place, x: Place, y: Place): void;
  _mclBnFp_squareRoot(y: Place, x: Place): number;
  _mclBnFp_mapToG1(y: Place, x: Place): number;
  _mclBnFp2_mapToG2(y: Place, x: Place): number;
  _mclBnFr_setBigEndianMod(x: Place, bytes: Place, length: number): number;
  _mclBnFr_isZero(x: Place): number;
  _mclBnFr_neg(y: Place, x: Place): void;
  _mclBnFr_setInt32(x: Place, value: number): void;
  _mclBnFr_inv(y: Place, x: Place): void;
  _mclBnFr_mul(z: Place, x: Place, y: Place): void;
  _mclBnG1_clear(x: Place): void;
  _mclBnG1_isZero(x: Place): number;
  _mclBnG1_isValid(x: Place): number;
  _mclBnG1_isValidOrder(x: Place): number;
  _mclBnG1_getBasePoint(x: Place): void;
  _mclBnG1_neg(y: Place, x: Place): void;
  _mclBnG1_add(z: Place, x: Place, y: Place): void;
  _mclBnG1_normalize(y: Place, x: Place): void;
  _mclBnG1_mul(z: Place, x: Place, scalar: Place): void;
  _mclBnG1_mulVec(z: Place, points: Place, scalars: Place, count: number): void;
  _mclBnG2_clear(x: Place): void;
  _mclBnG2_isZero(x: Place): number;
  _mclBnG2_isValid(x: Place): number;
  _mclBnG2_isValidOrder(x: Place): number;
  _mclBnG2_add(z: Place, x: Place, y: Place): void;
  _mclBnG2_normalize(y: Place, x: Place): void;
  _mclBnG2_mulVec(z: Place, points: Place, scalars: Place, count: number): void;
  _mclBn_millerLoopVec(gt: Place, g1: Place, g2: Place, count: number): void;
  _mclBn_finalExp(y: Place, x: Place): void;
  _mclBn_getUint64NumToPrecompute(): number;
  _mclBn_precomputeG2(lines: Place, g2: Place): void;
  _mclBn_precomputedMillerLoop2(gt: Place, g1: Place, lines: Place, otherG1: Place, otherLines: Place): void;
  _mclBnGT_isOne(gt: Place): number;
}

let compiled: WebAssembly.Module | undefined;

/**
 * The library's code, as it stands in the text of its loader. The loader itself takes it from there letter by letter, and compiles it, for
 * each curve anew: 70 ms of every process and thread, where this takes a few of those that need a curve.
 */
function compile(): WebAssembly.Module {
  const code = /wasmBase64 = '([\w+/=]+)'/.exec(String(createModule))?.[1];
  invariant(code !== undefined, "mcl-wasm is packed otherwise than node/precompiles/mcl/curve.ts reads it");
  return new WebAssembly.Module(Buffer.from(code, "base64"));
}

/** The library with a memory of its own. */
function instantiate(): Mcl {
  const wasmMemory = new WebAssembly.Memory({ initial: MEMORY_PAGES });
  const cryptoGetRandomValues = (): void => invariant(false, "nothing that is asked of mcl-wasm here is random");
  const env = { memory: wasmMemory, cryptoGetRandomValues };
  const { exports } = new WebAssembly.Instance((compiled ??= compile()), { env });
  (exports.__wasm_call_ctors as () => void)();
  const functions = Object.fromEntries(Object.entries(exports).map(([name, value]) => [`_${name}`, value]));
  return { ...functions, wasmMemory } as unknown as Mcl;
}

/**
 * One curve of the library, with a memory of its own. What a request needs is laid out in one stretch of it, anew for each request.
 * The library is told to check nothing by itself: curve and subgroup are asked for where the EIPs ask.
 */
export class Curve {
  private start: Place = 0;
  private capacity = 0;
  private next: Place = 0;
  private bytes: Uint8Array;
  /** 64 bytes on their way in or out. */
  private readonly scratch: Place;

  readonly mcl: Mcl;

  /** @param modulus - of the field, big-endian, as long as an element's bytes. */
  constructor(
    curve: number,
    private readonly modulus: Uint8Array,
  ) {
    const mcl = (this.mcl = instantiate());
    invariant(
      mcl._mclBn_init(curve, COMPILED_FOR) === 0,
      "mcl-wasm is of another layout than node/precompiles/mcl/curve.ts",
    );
    if (curve === CURVE.bls12381)
      invariant(mcl._mclBn_setMapToMode(MAP_BY_RFC_9380) === 0, "mcl-wasm knows no maps by RFC 9380");
    mcl._mclBn_verifyOrderG1(0);
    mcl._mclBn_verifyOrderG2(0);
    this.bytes = new Uint8Array(mcl.wasmMemory.buffer);
    this.scratch = mcl._malloc(SIZE.scratch);
  }

  /** Starts a request that will ask for so many bytes. What an earlier one was given is free again. */
  begin(bytes: number): void {
    if (bytes > this.capacity) {
      if (this.capacity > 0) this.mcl._free(this.start);
      this.start = this.mcl._malloc(bytes);
      invariant(this.start !== 0, `mcl-wasm has no ${bytes} bytes`);
      this.capacity = bytes;
    }
    this.next = this.start;
  }

  take(bytes: number): Place {
    const at = this.next;
    this.next += bytes;
    invariant(this.next <= this.start + this.capacity, "more bytes than were asked for");
    return at;
  }

  /** Reads a field element. @throws InvalidInput where it is not below the modulus. */
  readField(x: Place, bytes: Uint8Array): void {
    requireValid(Buffer.compare(bytes, this.modulus) < 0, "field element");
    this.mcl._mclBnFp_setBigEndianMod(x, this.pass(bytes), bytes.length);
  }

  /** Reads a scalar: any 256-bit number, modulo the group's order. */
  readScalar(x: Place, bytes: Uint8Array): void {
    this.mcl._mclBnFr_setBigEndianMod(x, this.pass(bytes), bytes.length);
  }

  /** Writes a field element to `output`, big-endian, `length` bytes. */
  writeField(x: Place, output: Uint8Array, at: number, length: number): void {
    const written = this.mcl._mclBnFp_getLittleEndian(this.scratch, SIZE.scratch, x);
    const bytes = this.view();
    for (let i = 0; i < written; i++) output[at + length - 1 - i] = bytes[this.scratch + i];
  }

  /** Sets the point's z to 1 where x and y are set; to infinity where both are zero. @returns whether it is infinity. */
  completeG1(point: Place): boolean {
    const { mcl } = this;
    const isZero = mcl._mclBnFp_isZero(point) === 1 && mcl._mclBnFp_isZero(point + SIZE.fp) === 1;
    if (isZero) mcl._mclBnG1_clear(point);
    else mcl._mclBnFp_setInt32(point + 2 * SIZE.fp, 1);
    return isZero;
  }

  /** The same in G2. */
  completeG2(point: Place): boolean {
    const { mcl } = this;
    let isZero = true;
    for (let i = 0; i < 4; i++) isZero &&= mcl._mclBnFp_isZero(point + i * SIZE.fp) === 1;
    if (isZero) {
      mcl._mclBnG2_clear(point);
      return true;
    }
    mcl._mclBnFp_setInt32(point + 2 * SIZE.fp2, 1);
    mcl._mclBnFp_setInt32(point + 2 * SIZE.fp2 + SIZE.fp, 0);
    return false;
  }

  /** Whether the product of the pairings of `count` points of G1 and G2 is one. */
  isPairingOne(g1: Place, g2: Place, count: number): boolean {
    if (count === 0) return true;
    const product = this.take(SIZE.gt);
    this.mcl._mclBn_millerLoopVec(product, g1, g2, count);
    this.mcl._mclBn_finalExp(product, product);
    return this.mcl._mclBnGT_isOne(product) === 1;
  }

  copy(to: Place, from: Place, bytes: number): void {
    this.view().copyWithin(to, from, from + bytes);
  }

  /** Bytes in the library's memory; valid until the next call. */
  private pass(bytes: Uint8Array): Place {
    this.view().set(bytes, this.scratch);
    return this.scratch;
  }

  /** The memory may have grown: then the old view is empty. */
  private view(): Uint8Array {
    if (this.bytes.length === 0) this.bytes = new Uint8Array(this.mcl.wasmMemory.buffer);
    return this.bytes;
  }
}
