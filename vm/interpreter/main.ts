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

/** Why `run` came back: the statuses of the machine (vm/types.ts), or a host call, which is done outside. */
const HALTED: u32 = 1;
const UNREACHABLE: u32 = 2;
const DIVISION_BY_ZERO: u32 = 3;
const INTEGER_OVERFLOW: u32 = 4;
const OUT_OF_BOUNDS: u32 = 5;
const STACK_EXHAUSTED: u32 = 6;
const INVALID_INSTRUCTION: u32 = 9;
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
@inline function atSum(pc: usize, fp: usize): u64 { return u64(a32(pc, fp) + b32(pc, fp)) + <u64>c32(pc); }

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
      case 0x00: { exit = UNREACHABLE; break; } // unreachable
      case 0x01: { exit = HALTED; break; } // end
      case 0x02: { pc = c32(pc); continue; } // jump
      case 0x03: { const index = a32(pc, fp); const last = c32(pc); pc += 16 + ((index < last ? index : last) << 4); continue; } // brTable
      case 0x04: { // call
        const frame = fp + load<u16>(pc, 2);
        const end = frame + load<u16>(pc, 6);
        if (end > framesEnd) { exit = STACK_EXHAUSTED; break; }
        if (end > frameHigh) frameHigh = end;
        store<u64>(frame + load<u16>(pc, 4), u64(((pc - codeBase) >> 4) + 1) | (u64(fp - MACHINE) << 32));
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
      case 0x08: { set64(pc, fp, c64(pc)); pc += 16; continue; } // const
      case 0x09: { // zero
        let at = fp + load<u16>(pc, 2);
        const end = at + load<u16>(pc, 6);
        for (; at < end; at += 8) store<u64>(at, 0);
        pc += 16; continue;
      }
      case 0x0a: { // select
        const yes = a64(pc, fp);
        const no = b64(pc, fp);
        set64(pc, fp, load<u32>(fp + c32(pc)) != 0 ? yes : no);
        pc += 16; continue;
      }
      case 0x0b: { set64(pc, fp, load<u64>(c32(pc), MACHINE)); pc += 16; continue; } // globalGet
      case 0x0c: { // globalSet
        const address: usize = c32(pc);
        store<u64>(address, a64(pc, fp), MACHINE);
        mark<T>(address, 1);
        pc += 16; continue;
      }
      case 0x10: { set64(pc, fp, a64(pc, fp)); pc += 16; continue; } // copy
      case 0x11: { set32(pc, fp, a32(pc, fp)); pc += 16; continue; } // wrap
      case 0x12: { set32(pc, fp, clz<u32>(a32(pc, fp))); pc += 16; continue; } // clz32
      case 0x13: { set32(pc, fp, ctz<u32>(a32(pc, fp))); pc += 16; continue; } // ctz32
      case 0x14: { set32(pc, fp, popcnt<u32>(a32(pc, fp))); pc += 16; continue; } // popcnt32
      case 0x15: { set32(pc, fp, u32(<i32>load<i8>(fp + load<u16>(pc, 4)))); pc += 16; continue; } // extend8To32
      case 0x16: { set32(pc, fp, u32(<i32>load<i16>(fp + load<u16>(pc, 4)))); pc += 16; continue; } // extend16To32
      case 0x17: { set64(pc, fp, clz<u64>(a64(pc, fp))); pc += 16; continue; } // clz64
      case 0x18: { set64(pc, fp, ctz<u64>(a64(pc, fp))); pc += 16; continue; } // ctz64
      case 0x19: { set64(pc, fp, popcnt<u64>(a64(pc, fp))); pc += 16; continue; } // popcnt64
      case 0x1a: { set64(pc, fp, u64(<i64>load<i8>(fp + load<u16>(pc, 4)))); pc += 16; continue; } // extend8To64
      case 0x1b: { set64(pc, fp, u64(<i64>load<i16>(fp + load<u16>(pc, 4)))); pc += 16; continue; } // extend16To64
      case 0x1c: { set64(pc, fp, u64(<i64>load<i32>(fp + load<u16>(pc, 4)))); pc += 16; continue; } // extend32To64
      case 0x20: { pc = a32(pc, fp) == b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.eq32
      case 0x21: { pc = a32(pc, fp) != b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ne32
      case 0x22: { pc = <i32>a32(pc, fp) < <i32>b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltS32
      case 0x23: { pc = <i32>a32(pc, fp) >= <i32>b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.geS32
      case 0x24: { pc = a32(pc, fp) < b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltU32
      case 0x25: { pc = a32(pc, fp) >= b32(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.geU32
      case 0x28: { pc = a64(pc, fp) == b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.eq64
      case 0x29: { pc = a64(pc, fp) != b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ne64
      case 0x2a: { pc = <i64>a64(pc, fp) < <i64>b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltS64
      case 0x2b: { pc = <i64>a64(pc, fp) >= <i64>b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.geS64
      case 0x2c: { pc = a64(pc, fp) < b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltU64
      case 0x2d: { pc = a64(pc, fp) >= b64(pc, fp) ? <usize>c32(pc) : pc + 16; continue; } // branch.geU64
      case 0x30: { pc = a32(pc, fp) == high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.eq32Const
      case 0x31: { pc = a32(pc, fp) != high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ne32Const
      case 0x32: { pc = <i32>a32(pc, fp) < <i32>high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltS32Const
      case 0x33: { pc = <i32>a32(pc, fp) >= <i32>high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.geS32Const
      case 0x34: { pc = a32(pc, fp) < high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltU32Const
      case 0x35: { pc = a32(pc, fp) >= high(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.geU32Const
      case 0x38: { pc = a64(pc, fp) == high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.eq64Const
      case 0x39: { pc = a64(pc, fp) != high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ne64Const
      case 0x3a: { pc = <i64>a64(pc, fp) < <i64>high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltS64Const
      case 0x3b: { pc = <i64>a64(pc, fp) >= <i64>high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.geS64Const
      case 0x3c: { pc = a64(pc, fp) < high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.ltU64Const
      case 0x3d: { pc = a64(pc, fp) >= high64(pc) ? <usize>c32(pc) : pc + 16; continue; } // branch.geU64Const
      case 0x40: { set32(pc, fp, a32(pc, fp) + b32(pc, fp)); pc += 16; continue; } // add32
      case 0x41: { set32(pc, fp, a32(pc, fp) - b32(pc, fp)); pc += 16; continue; } // sub32
      case 0x42: { set32(pc, fp, a32(pc, fp) * b32(pc, fp)); pc += 16; continue; } // mul32
      case 0x43: { // divS32
        const x = a32(pc, fp);
        const y = b32(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        if (x == 0x80000000 && y == <u32>-1) { exit = INTEGER_OVERFLOW; break; }
        set32(pc, fp, u32(<i32>x / <i32>y));
        pc += 16; continue;
      }
      case 0x44: { // divU32
        const y = b32(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, a32(pc, fp) / y);
        pc += 16; continue;
      }
      case 0x45: { // remS32
        const y = b32(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, y == <u32>-1 ? 0 : u32(<i32>a32(pc, fp) % <i32>y));
        pc += 16; continue;
      }
      case 0x46: { // remU32
        const y = b32(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, a32(pc, fp) % y);
        pc += 16; continue;
      }
      case 0x47: { set32(pc, fp, a32(pc, fp) & b32(pc, fp)); pc += 16; continue; } // and32
      case 0x48: { set32(pc, fp, a32(pc, fp) | b32(pc, fp)); pc += 16; continue; } // or32
      case 0x49: { set32(pc, fp, a32(pc, fp) ^ b32(pc, fp)); pc += 16; continue; } // xor32
      case 0x4a: { set32(pc, fp, a32(pc, fp) << b32(pc, fp)); pc += 16; continue; } // shl32
      case 0x4b: { set32(pc, fp, u32(<i32>a32(pc, fp) >> <i32>b32(pc, fp))); pc += 16; continue; } // shrS32
      case 0x4c: { set32(pc, fp, a32(pc, fp) >> b32(pc, fp)); pc += 16; continue; } // shrU32
      case 0x4d: { set32(pc, fp, rotl<u32>(a32(pc, fp), b32(pc, fp))); pc += 16; continue; } // rotl32
      case 0x4e: { set32(pc, fp, rotr<u32>(a32(pc, fp), b32(pc, fp))); pc += 16; continue; } // rotr32
      case 0x4f: { set32(pc, fp, u32(a32(pc, fp) == b32(pc, fp))); pc += 16; continue; } // eq32
      case 0x50: { set32(pc, fp, u32(a32(pc, fp) != b32(pc, fp))); pc += 16; continue; } // ne32
      case 0x51: { set32(pc, fp, u32(<i32>a32(pc, fp) < <i32>b32(pc, fp))); pc += 16; continue; } // ltS32
      case 0x52: { set32(pc, fp, u32(<i32>a32(pc, fp) >= <i32>b32(pc, fp))); pc += 16; continue; } // geS32
      case 0x53: { set32(pc, fp, u32(a32(pc, fp) < b32(pc, fp))); pc += 16; continue; } // ltU32
      case 0x54: { set32(pc, fp, u32(a32(pc, fp) >= b32(pc, fp))); pc += 16; continue; } // geU32
      case 0x60: { set64(pc, fp, a64(pc, fp) + b64(pc, fp)); pc += 16; continue; } // add64
      case 0x61: { set64(pc, fp, a64(pc, fp) - b64(pc, fp)); pc += 16; continue; } // sub64
      case 0x62: { set64(pc, fp, a64(pc, fp) * b64(pc, fp)); pc += 16; continue; } // mul64
      case 0x63: { // divS64
        const x = a64(pc, fp);
        const y = b64(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        if (x == 0x8000000000000000 && y == <u64>-1) { exit = INTEGER_OVERFLOW; break; }
        set64(pc, fp, u64(<i64>x / <i64>y));
        pc += 16; continue;
      }
      case 0x64: { // divU64
        const y = b64(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, a64(pc, fp) / y);
        pc += 16; continue;
      }
      case 0x65: { // remS64
        const y = b64(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, y == <u64>-1 ? 0 : u64(<i64>a64(pc, fp) % <i64>y));
        pc += 16; continue;
      }
      case 0x66: { // remU64
        const y = b64(pc, fp);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, a64(pc, fp) % y);
        pc += 16; continue;
      }
      case 0x67: { set64(pc, fp, a64(pc, fp) & b64(pc, fp)); pc += 16; continue; } // and64
      case 0x68: { set64(pc, fp, a64(pc, fp) | b64(pc, fp)); pc += 16; continue; } // or64
      case 0x69: { set64(pc, fp, a64(pc, fp) ^ b64(pc, fp)); pc += 16; continue; } // xor64
      case 0x6a: { set64(pc, fp, a64(pc, fp) << b64(pc, fp)); pc += 16; continue; } // shl64
      case 0x6b: { set64(pc, fp, u64(<i64>a64(pc, fp) >> <i64>b64(pc, fp))); pc += 16; continue; } // shrS64
      case 0x6c: { set64(pc, fp, a64(pc, fp) >> b64(pc, fp)); pc += 16; continue; } // shrU64
      case 0x6d: { set64(pc, fp, rotl<u64>(a64(pc, fp), b64(pc, fp))); pc += 16; continue; } // rotl64
      case 0x6e: { set64(pc, fp, rotr<u64>(a64(pc, fp), b64(pc, fp))); pc += 16; continue; } // rotr64
      case 0x6f: { set32(pc, fp, u32(a64(pc, fp) == b64(pc, fp))); pc += 16; continue; } // eq64
      case 0x70: { set32(pc, fp, u32(a64(pc, fp) != b64(pc, fp))); pc += 16; continue; } // ne64
      case 0x71: { set32(pc, fp, u32(<i64>a64(pc, fp) < <i64>b64(pc, fp))); pc += 16; continue; } // ltS64
      case 0x72: { set32(pc, fp, u32(<i64>a64(pc, fp) >= <i64>b64(pc, fp))); pc += 16; continue; } // geS64
      case 0x73: { set32(pc, fp, u32(a64(pc, fp) < b64(pc, fp))); pc += 16; continue; } // ltU64
      case 0x74: { set32(pc, fp, u32(a64(pc, fp) >= b64(pc, fp))); pc += 16; continue; } // geU64
      case 0x80: { set32(pc, fp, a32(pc, fp) + c32(pc)); pc += 16; continue; } // add32Const
      case 0x81: { set32(pc, fp, a32(pc, fp) - c32(pc)); pc += 16; continue; } // sub32Const
      case 0x82: { set32(pc, fp, a32(pc, fp) * c32(pc)); pc += 16; continue; } // mul32Const
      case 0x83: { // divS32Const
        const x = a32(pc, fp);
        const y = c32(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        if (x == 0x80000000 && y == <u32>-1) { exit = INTEGER_OVERFLOW; break; }
        set32(pc, fp, u32(<i32>x / <i32>y));
        pc += 16; continue;
      }
      case 0x84: { // divU32Const
        const y = c32(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, a32(pc, fp) / y);
        pc += 16; continue;
      }
      case 0x85: { // remS32Const
        const y = c32(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, y == <u32>-1 ? 0 : u32(<i32>a32(pc, fp) % <i32>y));
        pc += 16; continue;
      }
      case 0x86: { // remU32Const
        const y = c32(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set32(pc, fp, a32(pc, fp) % y);
        pc += 16; continue;
      }
      case 0x87: { set32(pc, fp, a32(pc, fp) & c32(pc)); pc += 16; continue; } // and32Const
      case 0x88: { set32(pc, fp, a32(pc, fp) | c32(pc)); pc += 16; continue; } // or32Const
      case 0x89: { set32(pc, fp, a32(pc, fp) ^ c32(pc)); pc += 16; continue; } // xor32Const
      case 0x8a: { set32(pc, fp, a32(pc, fp) << c32(pc)); pc += 16; continue; } // shl32Const
      case 0x8b: { set32(pc, fp, u32(<i32>a32(pc, fp) >> <i32>c32(pc))); pc += 16; continue; } // shrS32Const
      case 0x8c: { set32(pc, fp, a32(pc, fp) >> c32(pc)); pc += 16; continue; } // shrU32Const
      case 0x8d: { set32(pc, fp, rotl<u32>(a32(pc, fp), c32(pc))); pc += 16; continue; } // rotl32Const
      case 0x8e: { set32(pc, fp, rotr<u32>(a32(pc, fp), c32(pc))); pc += 16; continue; } // rotr32Const
      case 0x8f: { set32(pc, fp, u32(a32(pc, fp) == c32(pc))); pc += 16; continue; } // eq32Const
      case 0x90: { set32(pc, fp, u32(a32(pc, fp) != c32(pc))); pc += 16; continue; } // ne32Const
      case 0x91: { set32(pc, fp, u32(<i32>a32(pc, fp) < <i32>c32(pc))); pc += 16; continue; } // ltS32Const
      case 0x92: { set32(pc, fp, u32(<i32>a32(pc, fp) >= <i32>c32(pc))); pc += 16; continue; } // geS32Const
      case 0x93: { set32(pc, fp, u32(a32(pc, fp) < c32(pc))); pc += 16; continue; } // ltU32Const
      case 0x94: { set32(pc, fp, u32(a32(pc, fp) >= c32(pc))); pc += 16; continue; } // geU32Const
      case 0xa0: { set64(pc, fp, a64(pc, fp) + c64(pc)); pc += 16; continue; } // add64Const
      case 0xa1: { set64(pc, fp, a64(pc, fp) - c64(pc)); pc += 16; continue; } // sub64Const
      case 0xa2: { set64(pc, fp, a64(pc, fp) * c64(pc)); pc += 16; continue; } // mul64Const
      case 0xa3: { // divS64Const
        const x = a64(pc, fp);
        const y = c64(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        if (x == 0x8000000000000000 && y == <u64>-1) { exit = INTEGER_OVERFLOW; break; }
        set64(pc, fp, u64(<i64>x / <i64>y));
        pc += 16; continue;
      }
      case 0xa4: { // divU64Const
        const y = c64(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, a64(pc, fp) / y);
        pc += 16; continue;
      }
      case 0xa5: { // remS64Const
        const y = c64(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, y == <u64>-1 ? 0 : u64(<i64>a64(pc, fp) % <i64>y));
        pc += 16; continue;
      }
      case 0xa6: { // remU64Const
        const y = c64(pc);
        if (y == 0) { exit = DIVISION_BY_ZERO; break; }
        set64(pc, fp, a64(pc, fp) % y);
        pc += 16; continue;
      }
      case 0xa7: { set64(pc, fp, a64(pc, fp) & c64(pc)); pc += 16; continue; } // and64Const
      case 0xa8: { set64(pc, fp, a64(pc, fp) | c64(pc)); pc += 16; continue; } // or64Const
      case 0xa9: { set64(pc, fp, a64(pc, fp) ^ c64(pc)); pc += 16; continue; } // xor64Const
      case 0xaa: { set64(pc, fp, a64(pc, fp) << c64(pc)); pc += 16; continue; } // shl64Const
      case 0xab: { set64(pc, fp, u64(<i64>a64(pc, fp) >> <i64>c64(pc))); pc += 16; continue; } // shrS64Const
      case 0xac: { set64(pc, fp, a64(pc, fp) >> c64(pc)); pc += 16; continue; } // shrU64Const
      case 0xad: { set64(pc, fp, rotl<u64>(a64(pc, fp), c64(pc))); pc += 16; continue; } // rotl64Const
      case 0xae: { set64(pc, fp, rotr<u64>(a64(pc, fp), c64(pc))); pc += 16; continue; } // rotr64Const
      case 0xaf: { set32(pc, fp, u32(a64(pc, fp) == c64(pc))); pc += 16; continue; } // eq64Const
      case 0xb0: { set32(pc, fp, u32(a64(pc, fp) != c64(pc))); pc += 16; continue; } // ne64Const
      case 0xb1: { set32(pc, fp, u32(<i64>a64(pc, fp) < <i64>c64(pc))); pc += 16; continue; } // ltS64Const
      case 0xb2: { set32(pc, fp, u32(<i64>a64(pc, fp) >= <i64>c64(pc))); pc += 16; continue; } // geS64Const
      case 0xb3: { set32(pc, fp, u32(a64(pc, fp) < c64(pc))); pc += 16; continue; } // ltU64Const
      case 0xb4: { set32(pc, fp, u32(a64(pc, fp) >= c64(pc))); pc += 16; continue; } // geU64Const
      case 0xc0: { // load.u8
        const e = at(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc1: { // load.u16
        const e = at(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc2: { // load.u32
        const e = at(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, load<u32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc3: { // load.u64
        const e = at(pc, fp); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, load<u64>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc4: { // load.s8To32
        const e = at(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc5: { // load.s8To64
        const e = at(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc6: { // load.s16To32
        const e = at(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc7: { // load.s16To64
        const e = at(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xc8: { // load.s32To64
        const e = at(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd0: { // loadAbsolute.u8
        const e = <u64>c32(pc); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd1: { // loadAbsolute.u16
        const e = <u64>c32(pc); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd2: { // loadAbsolute.u32
        const e = <u64>c32(pc); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, load<u32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd3: { // loadAbsolute.u64
        const e = <u64>c32(pc); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, load<u64>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd4: { // loadAbsolute.s8To32
        const e = <u64>c32(pc); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd5: { // loadAbsolute.s8To64
        const e = <u64>c32(pc); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd6: { // loadAbsolute.s16To32
        const e = <u64>c32(pc); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd7: { // loadAbsolute.s16To64
        const e = <u64>c32(pc); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xd8: { // loadAbsolute.s32To64
        const e = <u64>c32(pc); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x100: { // loadIndexed.u8
        const e = atSum(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x101: { // loadIndexed.u16
        const e = atSum(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32>load<u16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x102: { // loadIndexed.u32
        const e = atSum(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, load<u32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x103: { // loadIndexed.u64
        const e = atSum(pc, fp); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, load<u64>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x104: { // loadIndexed.s8To32
        const e = atSum(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x105: { // loadIndexed.s8To64
        const e = atSum(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i8>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x106: { // loadIndexed.s16To32
        const e = atSum(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set32(pc, fp, <u32><i32>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x107: { // loadIndexed.s16To64
        const e = atSum(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i16>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0x108: { // loadIndexed.s32To64
        const e = atSum(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        set64(pc, fp, <u64><i64>load<i32>(<usize>e, MACHINE)); pc += 16; continue;
      }
      case 0xe0: { // store.u8
        const e = at(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u8>(<usize>e, <u8>b32(pc, fp), MACHINE); mark<T>(<usize>e, 1); pc += 16; continue;
      }
      case 0xe1: { // store.u16
        const e = at(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u16>(<usize>e, <u16>b32(pc, fp), MACHINE); mark<T>(<usize>e, 2); pc += 16; continue;
      }
      case 0xe2: { // store.u32
        const e = at(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u32>(<usize>e, b32(pc, fp), MACHINE); mark<T>(<usize>e, 4); pc += 16; continue;
      }
      case 0xe3: { // store.u64
        const e = at(pc, fp); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u64>(<usize>e, b64(pc, fp), MACHINE); mark<T>(<usize>e, 8); pc += 16; continue;
      }
      case 0xe4: { // storeConst.u8
        const e = at(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u8>(<usize>e, <u8>high(pc), MACHINE); mark<T>(<usize>e, 1); pc += 16; continue;
      }
      case 0xe5: { // storeConst.u16
        const e = at(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u16>(<usize>e, <u16>high(pc), MACHINE); mark<T>(<usize>e, 2); pc += 16; continue;
      }
      case 0xe6: { // storeConst.u32
        const e = at(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u32>(<usize>e, high(pc), MACHINE); mark<T>(<usize>e, 4); pc += 16; continue;
      }
      case 0xe7: { // storeConst.u64
        const e = at(pc, fp); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u64>(<usize>e, high64(pc), MACHINE); mark<T>(<usize>e, 8); pc += 16; continue;
      }
      case 0xe8: { // storeAbsolute.u8
        const e = <u64>c32(pc); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u8>(<usize>e, <u8>b32(pc, fp), MACHINE); mark<T>(<usize>e, 1); pc += 16; continue;
      }
      case 0xe9: { // storeAbsolute.u16
        const e = <u64>c32(pc); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u16>(<usize>e, <u16>b32(pc, fp), MACHINE); mark<T>(<usize>e, 2); pc += 16; continue;
      }
      case 0xea: { // storeAbsolute.u32
        const e = <u64>c32(pc); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u32>(<usize>e, b32(pc, fp), MACHINE); mark<T>(<usize>e, 4); pc += 16; continue;
      }
      case 0xeb: { // storeAbsolute.u64
        const e = <u64>c32(pc); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u64>(<usize>e, b64(pc, fp), MACHINE); mark<T>(<usize>e, 8); pc += 16; continue;
      }
      case 0x10c: { // storeIndexed.u8
        const e = atSum(pc, fp); if (e + 1 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u8>(<usize>e, <u8>load<u32>(fp + load<u16>(pc, 2)), MACHINE); mark<T>(<usize>e, 1); pc += 16; continue;
      }
      case 0x10d: { // storeIndexed.u16
        const e = atSum(pc, fp); if (e + 2 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u16>(<usize>e, <u16>load<u32>(fp + load<u16>(pc, 2)), MACHINE); mark<T>(<usize>e, 2); pc += 16; continue;
      }
      case 0x10e: { // storeIndexed.u32
        const e = atSum(pc, fp); if (e + 4 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u32>(<usize>e, load<u32>(fp + load<u16>(pc, 2)), MACHINE); mark<T>(<usize>e, 4); pc += 16; continue;
      }
      case 0x10f: { // storeIndexed.u64
        const e = atSum(pc, fp); if (e + 8 > limit) { exit = OUT_OF_BOUNDS; break; }
        store<u64>(<usize>e, load<u64>(fp + load<u16>(pc, 2)), MACHINE); mark<T>(<usize>e, 8); pc += 16; continue;
      }
      case 0xf2: {
        if (readCached<T>(pc, fp)) { pc += 16; continue; }
        exit = EXIT_HOST;
        ++left;
        break;
      }
      case 0xf0:
      case 0xf1:
      case 0xf3:
      case 0xf4: { exit = EXIT_HOST; ++left; break; } // host calls are done outside
      default:
        exit = INVALID_INSTRUCTION;
    }
    break;
  }
  pcOut = pc;
  fpOut = fp;
  exitOut = exit;
  return left;
}
