// Benchmark: a small EVM: bytecode, a stack of 256-bit words, gas, a dispatch by switch. It runs a counting loop.

const CODE: usize = 1 << 12;
const STACK: usize = 1 << 13;
const MEMORY: usize = 1 << 16;

const STOP: u8 = 0x00;
const ADD: u8 = 0x01;
const SUB: u8 = 0x03;
const LT: u8 = 0x10;
const AND: u8 = 0x16;
const XOR: u8 = 0x18;
const MSTORE: u8 = 0x52;
const JUMPI: u8 = 0x57;
const JUMPDEST: u8 = 0x5b;
const PUSH1: u8 = 0x60;
const DUP1: u8 = 0x80;
const DUP2: u8 = 0x81;
const SWAP1: u8 = 0x90;

let codeEnd: usize = 0;

function emit(op: u8): void {
  store<u8>(codeEnd++, op);
}

function push(value: u8): void {
  emit(PUSH1);
  emit(value);
}

/** loop: sum = (sum ^ 0x5a) + n; memory[0] = sum; n = n - 1; n != 0 */
function assemble(): void {
  codeEnd = CODE;
  emit(JUMPDEST);
  push(0x5a);
  emit(XOR);
  emit(DUP2);
  emit(ADD);
  emit(DUP1);
  push(0);
  emit(MSTORE);
  emit(SWAP1);
  push(1);
  emit(SWAP1);
  emit(SUB);
  emit(SWAP1);
  emit(DUP2);
  push(0);
  emit(JUMPI);
  emit(STOP);
}

function addWords(target: usize, other: usize): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < 32; at += 8) {
    const x = load<u64>(target + at);
    const sum = x + load<u64>(other + at);
    const total = sum + carry;
    carry = u64(sum < x) + u64(total < sum);
    store<u64>(target + at, total);
  }
}

function subtractWords(target: usize, other: usize): void {
  let borrow: u64 = 0;
  for (let at: usize = 0; at < 32; at += 8) {
    const x = load<u64>(other + at);
    const y = load<u64>(target + at);
    const difference = x - y;
    store<u64>(target + at, difference - borrow);
    borrow = u64(x < y) | u64(difference < borrow);
  }
}

function copyWord(target: usize, source: usize): void {
  store<u64>(target, load<u64>(source));
  store<u64>(target, load<u64>(source, 8), 8);
  store<u64>(target, load<u64>(source, 16), 16);
  store<u64>(target, load<u64>(source, 24), 24);
}

function setWord(target: usize, value: u64): void {
  store<u64>(target, value);
  store<u64>(target, 0, 8);
  store<u64>(target, 0, 16);
  store<u64>(target, 0, 24);
}

function isZero(word: usize): bool {
  return (load<u64>(word) | load<u64>(word, 8) | load<u64>(word, 16) | load<u64>(word, 24)) == 0;
}

/** Runs the loop `rounds` times (at least 1). @returns the sum's lowest limb. */
export function work(rounds: u32): u64 {
  assemble();
  let pc = CODE;
  let gas: i64 = i64.MAX_VALUE;
  let top = STACK + 32;
  setWord(STACK, rounds);
  setWord(top, 0);
  while (gas >= 0) {
    const op = load<u8>(pc++);
    gas -= 3;
    switch (op) {
      case STOP:
        return load<u64>(top);
      case ADD:
        addWords(top - 32, top);
        top -= 32;
        break;
      case SUB:
        // the top of the stack minus the word below it
        subtractWords(top - 32, top);
        top -= 32;
        break;
      case LT:
        setWord(top - 32, u64(load<u64>(top) < load<u64>(top, -32)));
        top -= 32;
        break;
      case AND:
        store<u64>(top - 32, load<u64>(top - 32) & load<u64>(top));
        top -= 32;
        break;
      case XOR:
        for (let at: usize = 0; at < 32; at += 8)
          store<u64>(top - 32 + at, load<u64>(top - 32 + at) ^ load<u64>(top + at));
        top -= 32;
        break;
      case MSTORE:
        for (let at: usize = 0; at < 32; at += 8)
          store<u64>(MEMORY + <usize>load<u64>(top) + at, bswap<u64>(load<u64>(top - 8 - at)));
        top -= 64;
        break;
      case JUMPI: {
        const target = <usize>load<u64>(top);
        const taken = !isZero(top - 32);
        top -= 64;
        if (taken) pc = CODE + target;
        break;
      }
      case JUMPDEST:
        break;
      case PUSH1:
        top += 32;
        setWord(top, load<u8>(pc++));
        break;
      case DUP1:
        copyWord(top + 32, top);
        top += 32;
        break;
      case DUP2:
        copyWord(top + 32, top - 32);
        top += 32;
        break;
      case SWAP1: {
        copyWord(STACK - 32, top);
        copyWord(top, top - 32);
        copyWord(top - 32, STACK - 32);
        break;
      }
      default:
        return 0;
    }
  }
  return 0;
}
