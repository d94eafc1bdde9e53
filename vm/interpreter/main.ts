// The fast interpreter: one loop over prepared instructions. Cases follow docs/spec/04-vm.md#isa one to one.
//
// Memory of this module:
//   0        one byte per page (4,096 bytes) of the machine: 1 once a store has hit it since it was last cleared
//   65,536   the machine's memory [linear | frames | globals]            (MACHINE)
//   codeBase the instructions, prepared by vm/prepare.ts: slots are byte offsets, targets are addresses here
//   cache    key (32 bytes) and data of the last preimage read, put there from outside
//
// `pc` and `fp` are addresses in this module; links in frames hold the machine's own numbers.

const MACHINE: usize = 65536;

/** Why `run` came back; statuses of the machine from 0 on, or: */
const EXIT_HOST: u32 = 0x100;

/** Bytes of linear memory, end of the frame area (an address here), start of the code. */
let linearSize: u64 = 0;
let framesEnd: usize = 0;
let codeBase: usize = 0;

/** The last preimage: where its key and, behind it, its data stand, its kind and length; kind -1 while there is none. */
let cache: usize = 0;
export let cachedKind: u32 = -1;
export let cachedLength: u32 = 0;

/** Where `run` stopped. */
export let pcOut: usize = 0;
export let fpOut: usize = 0;
/** 0 running, EXIT_HOST before a host call, else the status of the machine. */
export let exitOut: u32 = 0;
/** The frames that may have been written since the caller set these: from the lowest fp to the highest end. */
export let frameLow: usize = 0;
export let frameHigh: usize = 0;

/** Sets the limits; once per program. */
export function configure(linear: u32, frames: usize, code: usize, cacheBase: usize): void {
  cache = cacheBase;
  linearSize = linear;
  framesEnd = frames;
  codeBase = code;
}

/** Tells in which range of frames the next run begins. */
export function setFrames(low: usize, high: usize): void {
  frameLow = low;
  frameHigh = high;
}

/** At most `steps` steps, noting which pages are written. @returns how many were not done. */
export function run(pc: usize, fp: usize, steps: u32): u32 {
  return loop<u8>(pc, fp, steps);
}

/** The same without noting pages: only to measure what that costs. */
export function runUntracked(pc: usize, fp: usize, steps: u32): u32 {
  return loop<u16>(pc, fp, steps);
}

// Operands: the fields of the instruction at pc.
// @ts-ignore: decorator
@inline function a32(pc: usize, fp: usize): u32 { return load<u32>(fp + load<u16>(pc, 4)); }
// @ts-ignore: decorator
@inline function b32(pc: usize, fp: usize): u32 { return load<u32>(fp + load<u16>(pc, 6)); }
// @ts-ignore: decorator
@inline function a64(pc: usize, fp: usize): u64 { return load<u64>(fp + load<u16>(pc, 4)); }
// @ts-ignore: decorator
@inline function b64(pc: usize, fp: usize): u64 { return load<u64>(fp + load<u16>(pc, 6)); }
// @ts-ignore: decorator
@inline function c32(pc: usize): u32 { return load<u32>(pc, 8); }
// @ts-ignore: decorator
@inline function c64(pc: usize): u64 { return load<u64>(pc, 8); }
// @ts-ignore: decorator
@inline function high(pc: usize): u32 { return load<u32>(pc, 12); }
// @ts-ignore: decorator
@inline function high64(pc: usize): u64 { return <u64><i64>load<i32>(pc, 12); }
// @ts-ignore: decorator
@inline function set32(pc: usize, fp: usize, value: u32): void { store<u64>(fp + load<u16>(pc, 2), <u64>value); }
// @ts-ignore: decorator
@inline function set64(pc: usize, fp: usize, value: u64): void { store<u64>(fp + load<u16>(pc, 2), value); }

// Effective addresses, not wrapped.
// @ts-ignore: decorator
@inline function at(pc: usize, fp: usize): u64 { return <u64>a32(pc, fp) + <u64>c32(pc); }
// @ts-ignore: decorator
@inline function atSum(pc: usize, fp: usize): u64 { return <u64>(a32(pc, fp) + b32(pc, fp)) + <u64>c32(pc); }

/** Notes a store of `length` bytes. */
// @ts-ignore: decorator
@inline function mark<T>(address: usize, length: usize): void {
  if (sizeof<T>() != 1) return;
  store<u8>(address >> 12, 1);
  if (length > 1) if ((address & 4095) > 4096 - length) store<u8>((address >> 12) + 1, 1);
}

/**
 * Reads 32 bytes of the cached preimage, as long as that is what the call at `pc` asks for and nothing traps.
 * @returns whether it did; if not, nothing has happened.
 */
function readCached<T>(pc: usize, fp: usize): bool {
  const slots = fp + load<u16>(pc, 4);
  if (load<u32>(slots) != cachedKind) return false;
  const key = load<u32>(slots, 8);
  const offset = load<u32>(slots, 16);
  const destination = load<u32>(slots, 24);
  if (((key | offset | destination) & 31) != 0) return false;
  if (<u64>key + 32 > linearSize || <u64>destination + 32 > linearSize) return false;
  for (let i: usize = 0; i < 32; i += 8)
    if (load<u64>(<usize>key + i, MACHINE) != load<u64>(cache + i)) return false;
  // offset <= length keeps the sum from wrapping
  if (offset <= cachedLength && offset + 32 <= cachedLength) {
    for (let i: usize = 0; i < 32; i += 8)
      store<u64>(<usize>destination + i, load<u64>(cache + offset + i, 32), MACHINE);
  } else {
    for (let i: u32 = 0; i < 32; i++) {
      const at = <u64>offset + i;
      store<u8>(<usize>destination + i, at < cachedLength ? load<u8>(cache + <usize>at, 32) : 0, MACHINE);
    }
  }
  mark<T>(<usize>destination, 1);
  set32(pc, fp, cachedLength);
  return true;
}

function loop<T>(pcStart: usize, fpStart: usize, steps: u32): u32 {
  let pc = pcStart;
  let fp = fpStart;
  let left = steps;
  let exit: u32 = 0;
  const limit = linearSize;
  while (left != 0) {
    --left;
    switch (<u32>load<u16>(pc)) {
      case 0x00: { // unreachable
        exit = 2;
        break;
      }
      case 0x01: { // end
        exit = 1;
        break;
      }
      case 0x02: { // jump
        pc = c32(pc);
        continue;
      }
      case 0x03: { // brTable
        const index = a32(pc, fp);
        const last = c32(pc);
        pc += 16 + ((index < last ? index : last) << 4);
        continue;
      }
      case 0x04: { // call
        const frame = fp + load<u16>(pc, 2);
        const end = frame + load<u16>(pc, 6);
        if (end > framesEnd) {
          exit = 6;
          break;
        }
        if (end > frameHigh) frameHigh = end;
        store<u64>(frame + load<u16>(pc, 4), <u64>(((pc - codeBase) >> 4) + 1) | (<u64>(fp - MACHINE) << 32));
        fp = frame;
        pc = c32(pc);
        continue;
      }
      case 0x05: { // return
        const link = a64(pc, fp);
        fp = MACHINE + <usize>(link >> 32);
        pc = codeBase + (<usize>(<u32>link) << 4);
        if (fp < frameLow) frameLow = fp;
        continue;
      }
      case 0x06: { // returnSlot
        const link = a64(pc, fp);
        store<u64>(fp, b64(pc, fp));
        fp = MACHINE + <usize>(link >> 32);
        pc = codeBase + (<usize>(<u32>link) << 4);
        if (fp < frameLow) frameLow = fp;
        continue;
      }
      case 0x07: { // returnConst
        const link = a64(pc, fp);
        store<u64>(fp, c64(pc));
        fp = MACHINE + <usize>(link >> 32);
        pc = codeBase + (<usize>(<u32>link) << 4);
        if (fp < frameLow) frameLow = fp;
        continue;
      }
      case 0x08: { // const
        set64(pc, fp, c64(pc));
        pc += 16;
        continue;
      }
      case 0x09: { // zero
        let at = fp + load<u16>(pc, 2);
        const end = at + load<u16>(pc, 6);
        for (; at < end; at += 8) store<u64>(at, 0);
        pc += 16;
        continue;
      }
      case 0x0a: { // select
        const yes = a64(pc, fp);
        const no = b64(pc, fp);
        set64(pc, fp, load<u32>(fp + c32(pc)) != 0 ? yes : no);
        pc += 16;
        continue;
      }
      case 0x0b: { // globalGet
        set64(pc, fp, load<u64>(c32(pc), MACHINE));
        pc += 16;
        continue;
      }
      case 0x0c: { // globalSet
        const address: usize = c32(pc);
        store<u64>(address, a64(pc, fp), MACHINE);
        mark<T>(address, 1);
        pc += 16;
        continue;
      }
      case 0x10: { // copy
        set64(pc, fp, a64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x11: { // wrap
        set32(pc, fp, a32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x12: { // clz32
        set32(pc, fp, clz<u32>(a32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x13: { // ctz32
        set32(pc, fp, ctz<u32>(a32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x14: { // popcnt32
        set32(pc, fp, popcnt<u32>(a32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x15: { // extend8To32
        set32(pc, fp, <u32>(<i32>load<i8>(fp + load<u16>(pc, 4))));
        pc += 16;
        continue;
      }
      case 0x16: { // extend16To32
        set32(pc, fp, <u32>(<i32>load<i16>(fp + load<u16>(pc, 4))));
        pc += 16;
        continue;
      }
      case 0x17: { // clz64
        set64(pc, fp, clz<u64>(a64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x18: { // ctz64
        set64(pc, fp, ctz<u64>(a64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x19: { // popcnt64
        set64(pc, fp, popcnt<u64>(a64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x1a: { // extend8To64
        set64(pc, fp, <u64>(<i64>load<i8>(fp + load<u16>(pc, 4))));
        pc += 16;
        continue;
      }
      case 0x1b: { // extend16To64
        set64(pc, fp, <u64>(<i64>load<i16>(fp + load<u16>(pc, 4))));
        pc += 16;
        continue;
      }
      case 0x1c: { // extend32To64
        set64(pc, fp, <u64>(<i64>load<i32>(fp + load<u16>(pc, 4))));
        pc += 16;
        continue;
      }
      case 0x20: { // branch.eq32
        pc = a32(pc, fp) == b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x21: { // branch.ne32
        pc = a32(pc, fp) != b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x22: { // branch.ltS32
        pc = <i32>a32(pc, fp) < <i32>b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x23: { // branch.geS32
        pc = <i32>a32(pc, fp) >= <i32>b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x24: { // branch.ltU32
        pc = a32(pc, fp) < b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x25: { // branch.geU32
        pc = a32(pc, fp) >= b32(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x28: { // branch.eq64
        pc = a64(pc, fp) == b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x29: { // branch.ne64
        pc = a64(pc, fp) != b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x2a: { // branch.ltS64
        pc = <i64>a64(pc, fp) < <i64>b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x2b: { // branch.geS64
        pc = <i64>a64(pc, fp) >= <i64>b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x2c: { // branch.ltU64
        pc = a64(pc, fp) < b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x2d: { // branch.geU64
        pc = a64(pc, fp) >= b64(pc, fp) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x30: { // branch.eq32Const
        pc = a32(pc, fp) == high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x31: { // branch.ne32Const
        pc = a32(pc, fp) != high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x32: { // branch.ltS32Const
        pc = <i32>a32(pc, fp) < <i32>high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x33: { // branch.geS32Const
        pc = <i32>a32(pc, fp) >= <i32>high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x34: { // branch.ltU32Const
        pc = a32(pc, fp) < high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x35: { // branch.geU32Const
        pc = a32(pc, fp) >= high(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x38: { // branch.eq64Const
        pc = a64(pc, fp) == high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x39: { // branch.ne64Const
        pc = a64(pc, fp) != high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x3a: { // branch.ltS64Const
        pc = <i64>a64(pc, fp) < <i64>high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x3b: { // branch.geS64Const
        pc = <i64>a64(pc, fp) >= <i64>high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x3c: { // branch.ltU64Const
        pc = a64(pc, fp) < high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x3d: { // branch.geU64Const
        pc = a64(pc, fp) >= high64(pc) ? <usize>c32(pc) : pc + 16;
        continue;
      }
      case 0x40: { // add32
        set32(pc, fp, a32(pc, fp) + b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x41: { // sub32
        set32(pc, fp, a32(pc, fp) - b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x42: { // mul32
        set32(pc, fp, a32(pc, fp) * b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x43: { // divS32
        const x = a32(pc, fp);
        const y = b32(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        if (x == 0x80000000 && y == <u32>-1) {
          exit = 4;
          break;
        }
        set32(pc, fp, <u32>(<i32>x / <i32>y));
        pc += 16;
        continue;
      }
      case 0x44: { // divU32
        const y = b32(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, a32(pc, fp) / y);
        pc += 16;
        continue;
      }
      case 0x45: { // remS32
        const y = b32(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, y == <u32>-1 ? 0 : <u32>(<i32>a32(pc, fp) % <i32>y));
        pc += 16;
        continue;
      }
      case 0x46: { // remU32
        const y = b32(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, a32(pc, fp) % y);
        pc += 16;
        continue;
      }
      case 0x47: { // and32
        set32(pc, fp, a32(pc, fp) & b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x48: { // or32
        set32(pc, fp, a32(pc, fp) | b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x49: { // xor32
        set32(pc, fp, a32(pc, fp) ^ b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x4a: { // shl32
        set32(pc, fp, a32(pc, fp) << b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x4b: { // shrS32
        set32(pc, fp, <u32>(<i32>a32(pc, fp) >> <i32>b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x4c: { // shrU32
        set32(pc, fp, a32(pc, fp) >> b32(pc, fp));
        pc += 16;
        continue;
      }
      case 0x4d: { // rotl32
        set32(pc, fp, rotl<u32>(a32(pc, fp), b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x4e: { // rotr32
        set32(pc, fp, rotr<u32>(a32(pc, fp), b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x4f: { // eq32
        set32(pc, fp, <u32>(a32(pc, fp) == b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x50: { // ne32
        set32(pc, fp, <u32>(a32(pc, fp) != b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x51: { // ltS32
        set32(pc, fp, <u32>(<i32>a32(pc, fp) < <i32>b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x52: { // geS32
        set32(pc, fp, <u32>(<i32>a32(pc, fp) >= <i32>b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x53: { // ltU32
        set32(pc, fp, <u32>(a32(pc, fp) < b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x54: { // geU32
        set32(pc, fp, <u32>(a32(pc, fp) >= b32(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x60: { // add64
        set64(pc, fp, a64(pc, fp) + b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x61: { // sub64
        set64(pc, fp, a64(pc, fp) - b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x62: { // mul64
        set64(pc, fp, a64(pc, fp) * b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x63: { // divS64
        const x = a64(pc, fp);
        const y = b64(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        if (x == 0x8000000000000000 && y == <u64>-1) {
          exit = 4;
          break;
        }
        set64(pc, fp, <u64>(<i64>x / <i64>y));
        pc += 16;
        continue;
      }
      case 0x64: { // divU64
        const y = b64(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, a64(pc, fp) / y);
        pc += 16;
        continue;
      }
      case 0x65: { // remS64
        const y = b64(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, y == <u64>-1 ? 0 : <u64>(<i64>a64(pc, fp) % <i64>y));
        pc += 16;
        continue;
      }
      case 0x66: { // remU64
        const y = b64(pc, fp);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, a64(pc, fp) % y);
        pc += 16;
        continue;
      }
      case 0x67: { // and64
        set64(pc, fp, a64(pc, fp) & b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x68: { // or64
        set64(pc, fp, a64(pc, fp) | b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x69: { // xor64
        set64(pc, fp, a64(pc, fp) ^ b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x6a: { // shl64
        set64(pc, fp, a64(pc, fp) << b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x6b: { // shrS64
        set64(pc, fp, <u64>(<i64>a64(pc, fp) >> <i64>b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x6c: { // shrU64
        set64(pc, fp, a64(pc, fp) >> b64(pc, fp));
        pc += 16;
        continue;
      }
      case 0x6d: { // rotl64
        set64(pc, fp, rotl<u64>(a64(pc, fp), b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x6e: { // rotr64
        set64(pc, fp, rotr<u64>(a64(pc, fp), b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x6f: { // eq64
        set32(pc, fp, <u32>(a64(pc, fp) == b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x70: { // ne64
        set32(pc, fp, <u32>(a64(pc, fp) != b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x71: { // ltS64
        set32(pc, fp, <u32>(<i64>a64(pc, fp) < <i64>b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x72: { // geS64
        set32(pc, fp, <u32>(<i64>a64(pc, fp) >= <i64>b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x73: { // ltU64
        set32(pc, fp, <u32>(a64(pc, fp) < b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x74: { // geU64
        set32(pc, fp, <u32>(a64(pc, fp) >= b64(pc, fp)));
        pc += 16;
        continue;
      }
      case 0x80: { // add32Const
        set32(pc, fp, a32(pc, fp) + c32(pc));
        pc += 16;
        continue;
      }
      case 0x81: { // sub32Const
        set32(pc, fp, a32(pc, fp) - c32(pc));
        pc += 16;
        continue;
      }
      case 0x82: { // mul32Const
        set32(pc, fp, a32(pc, fp) * c32(pc));
        pc += 16;
        continue;
      }
      case 0x83: { // divS32Const
        const x = a32(pc, fp);
        const y = c32(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        if (x == 0x80000000 && y == <u32>-1) {
          exit = 4;
          break;
        }
        set32(pc, fp, <u32>(<i32>x / <i32>y));
        pc += 16;
        continue;
      }
      case 0x84: { // divU32Const
        const y = c32(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, a32(pc, fp) / y);
        pc += 16;
        continue;
      }
      case 0x85: { // remS32Const
        const y = c32(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, y == <u32>-1 ? 0 : <u32>(<i32>a32(pc, fp) % <i32>y));
        pc += 16;
        continue;
      }
      case 0x86: { // remU32Const
        const y = c32(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set32(pc, fp, a32(pc, fp) % y);
        pc += 16;
        continue;
      }
      case 0x87: { // and32Const
        set32(pc, fp, a32(pc, fp) & c32(pc));
        pc += 16;
        continue;
      }
      case 0x88: { // or32Const
        set32(pc, fp, a32(pc, fp) | c32(pc));
        pc += 16;
        continue;
      }
      case 0x89: { // xor32Const
        set32(pc, fp, a32(pc, fp) ^ c32(pc));
        pc += 16;
        continue;
      }
      case 0x8a: { // shl32Const
        set32(pc, fp, a32(pc, fp) << c32(pc));
        pc += 16;
        continue;
      }
      case 0x8b: { // shrS32Const
        set32(pc, fp, <u32>(<i32>a32(pc, fp) >> <i32>c32(pc)));
        pc += 16;
        continue;
      }
      case 0x8c: { // shrU32Const
        set32(pc, fp, a32(pc, fp) >> c32(pc));
        pc += 16;
        continue;
      }
      case 0x8d: { // rotl32Const
        set32(pc, fp, rotl<u32>(a32(pc, fp), c32(pc)));
        pc += 16;
        continue;
      }
      case 0x8e: { // rotr32Const
        set32(pc, fp, rotr<u32>(a32(pc, fp), c32(pc)));
        pc += 16;
        continue;
      }
      case 0x8f: { // eq32Const
        set32(pc, fp, <u32>(a32(pc, fp) == c32(pc)));
        pc += 16;
        continue;
      }
      case 0x90: { // ne32Const
        set32(pc, fp, <u32>(a32(pc, fp) != c32(pc)));
        pc += 16;
        continue;
      }
      case 0x91: { // ltS32Const
        set32(pc, fp, <u32>(<i32>a32(pc, fp) < <i32>c32(pc)));
        pc += 16;
        continue;
      }
      case 0x92: { // geS32Const
        set32(pc, fp, <u32>(<i32>a32(pc, fp) >= <i32>c32(pc)));
        pc += 16;
        continue;
      }
      case 0x93: { // ltU32Const
        set32(pc, fp, <u32>(a32(pc, fp) < c32(pc)));
        pc += 16;
        continue;
      }
      case 0x94: { // geU32Const
        set32(pc, fp, <u32>(a32(pc, fp) >= c32(pc)));
        pc += 16;
        continue;
      }
      case 0xa0: { // add64Const
        set64(pc, fp, a64(pc, fp) + c64(pc));
        pc += 16;
        continue;
      }
      case 0xa1: { // sub64Const
        set64(pc, fp, a64(pc, fp) - c64(pc));
        pc += 16;
        continue;
      }
      case 0xa2: { // mul64Const
        set64(pc, fp, a64(pc, fp) * c64(pc));
        pc += 16;
        continue;
      }
      case 0xa3: { // divS64Const
        const x = a64(pc, fp);
        const y = c64(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        if (x == 0x8000000000000000 && y == <u64>-1) {
          exit = 4;
          break;
        }
        set64(pc, fp, <u64>(<i64>x / <i64>y));
        pc += 16;
        continue;
      }
      case 0xa4: { // divU64Const
        const y = c64(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, a64(pc, fp) / y);
        pc += 16;
        continue;
      }
      case 0xa5: { // remS64Const
        const y = c64(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, y == <u64>-1 ? 0 : <u64>(<i64>a64(pc, fp) % <i64>y));
        pc += 16;
        continue;
      }
      case 0xa6: { // remU64Const
        const y = c64(pc);
        if (y == 0) {
          exit = 3;
          break;
        }
        set64(pc, fp, a64(pc, fp) % y);
        pc += 16;
        continue;
      }
      case 0xa7: { // and64Const
        set64(pc, fp, a64(pc, fp) & c64(pc));
        pc += 16;
        continue;
      }
      case 0xa8: { // or64Const
        set64(pc, fp, a64(pc, fp) | c64(pc));
        pc += 16;
        continue;
      }
      case 0xa9: { // xor64Const
        set64(pc, fp, a64(pc, fp) ^ c64(pc));
        pc += 16;
        continue;
      }
      case 0xaa: { // shl64Const
        set64(pc, fp, a64(pc, fp) << c64(pc));
        pc += 16;
        continue;
      }
      case 0xab: { // shrS64Const
        set64(pc, fp, <u64>(<i64>a64(pc, fp) >> <i64>c64(pc)));
        pc += 16;
        continue;
      }
      case 0xac: { // shrU64Const
        set64(pc, fp, a64(pc, fp) >> c64(pc));
        pc += 16;
        continue;
      }
      case 0xad: { // rotl64Const
        set64(pc, fp, rotl<u64>(a64(pc, fp), c64(pc)));
        pc += 16;
        continue;
      }
      case 0xae: { // rotr64Const
        set64(pc, fp, rotr<u64>(a64(pc, fp), c64(pc)));
        pc += 16;
        continue;
      }
      case 0xaf: { // eq64Const
        set32(pc, fp, <u32>(a64(pc, fp) == c64(pc)));
        pc += 16;
        continue;
      }
      case 0xb0: { // ne64Const
        set32(pc, fp, <u32>(a64(pc, fp) != c64(pc)));
        pc += 16;
        continue;
      }
      case 0xb1: { // ltS64Const
        set32(pc, fp, <u32>(<i64>a64(pc, fp) < <i64>c64(pc)));
        pc += 16;
        continue;
      }
      case 0xb2: { // geS64Const
        set32(pc, fp, <u32>(<i64>a64(pc, fp) >= <i64>c64(pc)));
        pc += 16;
        continue;
      }
      case 0xb3: { // ltU64Const
        set32(pc, fp, <u32>(a64(pc, fp) < c64(pc)));
        pc += 16;
        continue;
      }
      case 0xb4: { // geU64Const
        set32(pc, fp, <u32>(a64(pc, fp) >= c64(pc)));
        pc += 16;
        continue;
      }
      case 0xc0: { // load.u8
        const e = at(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc1: { // load.u16
        const e = at(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc2: { // load.u32
        const e = at(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, load<u32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc3: { // load.u64
        const e = at(pc, fp);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, load<u64>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc4: { // load.s8To32
        const e = at(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc5: { // load.s8To64
        const e = at(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc6: { // load.s16To32
        const e = at(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc7: { // load.s16To64
        const e = at(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xc8: { // load.s32To64
        const e = at(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd0: { // loadAbsolute.u8
        const e = <u64>c32(pc);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd1: { // loadAbsolute.u16
        const e = <u64>c32(pc);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd2: { // loadAbsolute.u32
        const e = <u64>c32(pc);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, load<u32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd3: { // loadAbsolute.u64
        const e = <u64>c32(pc);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, load<u64>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd4: { // loadAbsolute.s8To32
        const e = <u64>c32(pc);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd5: { // loadAbsolute.s8To64
        const e = <u64>c32(pc);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd6: { // loadAbsolute.s16To32
        const e = <u64>c32(pc);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd7: { // loadAbsolute.s16To64
        const e = <u64>c32(pc);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xd8: { // loadAbsolute.s32To64
        const e = <u64>c32(pc);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x100: { // loadIndexed.u8
        const e = atSum(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x101: { // loadIndexed.u16
        const e = atSum(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x102: { // loadIndexed.u32
        const e = atSum(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, load<u32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x103: { // loadIndexed.u64
        const e = atSum(pc, fp);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, load<u64>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x104: { // loadIndexed.s8To32
        const e = atSum(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x105: { // loadIndexed.s8To64
        const e = atSum(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x106: { // loadIndexed.s16To32
        const e = atSum(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x107: { // loadIndexed.s16To64
        const e = atSum(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0x108: { // loadIndexed.s32To64
        const e = atSum(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE));
        pc += 16;
        continue;
      }
      case 0xe0: { // store.u8
        const e = at(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        store<u8>(<usize>e, <u8>b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 1);
        pc += 16;
        continue;
      }
      case 0xe1: { // store.u16
        const e = at(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        store<u16>(<usize>e, <u16>b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 2);
        pc += 16;
        continue;
      }
      case 0xe2: { // store.u32
        const e = at(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        store<u32>(<usize>e, b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 4);
        pc += 16;
        continue;
      }
      case 0xe3: { // store.u64
        const e = at(pc, fp);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        store<u64>(<usize>e, b64(pc, fp), MACHINE);
        mark<T>(<usize>e, 8);
        pc += 16;
        continue;
      }
      case 0xe4: { // storeConst.u8
        const e = at(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        store<u8>(<usize>e, <u8>high(pc), MACHINE);
        mark<T>(<usize>e, 1);
        pc += 16;
        continue;
      }
      case 0xe5: { // storeConst.u16
        const e = at(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        store<u16>(<usize>e, <u16>high(pc), MACHINE);
        mark<T>(<usize>e, 2);
        pc += 16;
        continue;
      }
      case 0xe6: { // storeConst.u32
        const e = at(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        store<u32>(<usize>e, high(pc), MACHINE);
        mark<T>(<usize>e, 4);
        pc += 16;
        continue;
      }
      case 0xe7: { // storeConst.u64
        const e = at(pc, fp);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        store<u64>(<usize>e, high64(pc), MACHINE);
        mark<T>(<usize>e, 8);
        pc += 16;
        continue;
      }
      case 0xe8: { // storeAbsolute.u8
        const e = <u64>c32(pc);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        store<u8>(<usize>e, <u8>b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 1);
        pc += 16;
        continue;
      }
      case 0xe9: { // storeAbsolute.u16
        const e = <u64>c32(pc);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        store<u16>(<usize>e, <u16>b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 2);
        pc += 16;
        continue;
      }
      case 0xea: { // storeAbsolute.u32
        const e = <u64>c32(pc);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        store<u32>(<usize>e, b32(pc, fp), MACHINE);
        mark<T>(<usize>e, 4);
        pc += 16;
        continue;
      }
      case 0xeb: { // storeAbsolute.u64
        const e = <u64>c32(pc);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        store<u64>(<usize>e, b64(pc, fp), MACHINE);
        mark<T>(<usize>e, 8);
        pc += 16;
        continue;
      }
      case 0x10c: { // storeIndexed.u8
        const e = atSum(pc, fp);
        if (e + 1 > limit) {
          exit = 5;
          break;
        }
        store<u8>(<usize>e, <u8>load<u32>(fp + load<u16>(pc, 2)), MACHINE);
        mark<T>(<usize>e, 1);
        pc += 16;
        continue;
      }
      case 0x10d: { // storeIndexed.u16
        const e = atSum(pc, fp);
        if (e + 2 > limit) {
          exit = 5;
          break;
        }
        store<u16>(<usize>e, <u16>load<u32>(fp + load<u16>(pc, 2)), MACHINE);
        mark<T>(<usize>e, 2);
        pc += 16;
        continue;
      }
      case 0x10e: { // storeIndexed.u32
        const e = atSum(pc, fp);
        if (e + 4 > limit) {
          exit = 5;
          break;
        }
        store<u32>(<usize>e, load<u32>(fp + load<u16>(pc, 2)), MACHINE);
        mark<T>(<usize>e, 4);
        pc += 16;
        continue;
      }
      case 0x10f: { // storeIndexed.u64
        const e = atSum(pc, fp);
        if (e + 8 > limit) {
          exit = 5;
          break;
        }
        store<u64>(<usize>e, load<u64>(fp + load<u16>(pc, 2)), MACHINE);
        mark<T>(<usize>e, 8);
        pc += 16;
        continue;
      }
      case 0xf2: {
        if (readCached<T>(pc, fp)) {
          pc += 16;
          continue;
        }
        exit = EXIT_HOST;
        ++left;
        break;
      }
      case 0xf0:
      case 0xf1:
      case 0xf3:
      case 0xf4: { // host calls are done outside
        exit = EXIT_HOST;
        ++left;
        break;
      }
      default:
        exit = 9;
    }
    break;
  }
  pcOut = pc;
  fpOut = fp;
  exitOut = exit;
  return left;
}
