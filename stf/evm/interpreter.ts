/*
 * The interpreter: runs the top frame until it stops, calls, creates, or has had its slice.
 *
 *   sp    the newest word; the stack grows down, word n from the top is at sp + 32 * n
 *   base  where the stack is empty: base - sp is its size in bytes
 *   pc    address of the next instruction; the code is followed by zeros (STOP), so only jumps are checked
 *
 * Each case takes its gas, tests gas and stack at once and `continue`s; `break` means a halt, whose reason `fail` finds out. The opcodes
 * that are more than a line are functions of opcodes/, which return the gas left or a negative number.
 */
import { isJumpdest } from "../state/jumps";
import { addressOf, balanceOf } from "../state/accounts";
import { divideSigned, divideWords, addModulo, multiplyModulo, remainderSigned, remainderWords } from "./divide";
import {
  environment,
  ENV_BASE_FEE,
  ENV_BLOB_BASE_FEE,
  ENV_CHAIN_ID,
  ENV_COINBASE,
  ENV_GAS_PRICE,
  ENV_ORIGIN,
  ENV_PREV_RANDAO,
} from "./environment";
import { accountOf, callerOf, fault, Frame, returnDataLength, setFault, valueOf } from "./frame";
import {
  EXIT_CALL,
  EXIT_CREATE,
  EXIT_SLICE,
  HALT_BAD_JUMP,
  HALT_INVALID_OPCODE,
  HALT_NONE,
  HALT_OUT_OF_GAS,
  HALT_RETURN,
  HALT_REVERT,
  HALT_SELF_DESTRUCT,
  HALT_STACK_OVERFLOW,
  HALT_STACK_UNDERFLOW,
  HALT_STOP,
} from "./halt";
import { growMemory, memoryRange } from "./memory";
import { multiplyWords } from "./multiply";
import { opByte, opClz, opExp, opSar, opShl, opShr, opSignExtend } from "./opcodes/arithmetic";
import {
  opCallDataCopy,
  opCallDataLoad,
  opCodeCopy,
  opExtCodeCopy,
  opMemoryCopy,
  opReturnDataCopy,
} from "./opcodes/copy";
import { opKeccak, opLog } from "./opcodes/log";
import { opSelfDestruct } from "./opcodes/selfdestruct";
import {
  opBalance,
  opBlockHash,
  opExtCodeHash,
  opExtCodeSize,
  opSload,
  opSstore,
  opTload,
  opTstore,
} from "./opcodes/state";
import { traceStep, TRACING } from "./trace";
import { Wide } from "./wide";
import { copyWord, isZeroWord, isLessSigned, isLessWord, setWord, wordFromAddress } from "./word";
import {
  GAS_BASE,
  GAS_BLOCK_HASH,
  GAS_HIGH,
  GAS_JUMPDEST,
  GAS_LOW,
  GAS_MID,
  GAS_VERY_LOW,
  GAS_WARM_ACCESS,
} from "./gas";

/** Bytes of a word of the stack. */
const WORD: usize = 32;
/** Bytes of a full stack. */
const STACK_BYTES: usize = 1024 * WORD;
/** Gas after which a run gives way at the next jump. */
const SLICE: i64 = 100000;
/** Memory offsets that MLOAD and MSTORE take without further thought. */
const NEAR: u64 = 0xffffff;

/**
 * Runs `frame`, whose code is the running one (state/jumps.ts), and writes back its gas, pc and stack pointer.
 * @returns a `HALT_*` or `EXIT_*` of halt.ts. On EXIT_CALL and EXIT_CREATE the operands are still on the stack and `pc` is past the opcode.
 */
export function run(frame: Frame): u32 {
  const code = frame.codeBytes;
  const base = frame.stackBase;
  const mem = frame.memory;
  let memSize = u64(frame.memorySize);
  let pc = code + usize(frame.pc);
  let sp = frame.sp;
  let gas = frame.gas;
  const sliceEnd = gas - SLICE;
  let halt: u32 = HALT_NONE;
  setFault(HALT_NONE);
  while (true) {
    const op = u32(load<u8>(pc));
    if (TRACING) traceStep(frame, u32(pc - code), op, sp, gas);
    pc += 1;
    switch (op) {
      case 0x00: {
        // STOP [..]
        halt = HALT_STOP;
        break;
      }
      case 0x01: {
        // ADD [.., y, x] -> [.., x + y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const x0 = load<u64>(sp);
        const x1 = load<u64>(sp, 8);
        const x2 = load<u64>(sp, 16);
        const s0 = x0 + load<u64>(sp, 32);
        const t1 = x1 + load<u64>(sp, 40);
        const s1 = t1 + Wide.carry(s0, x0);
        const t2 = x2 + load<u64>(sp, 48);
        const s2 = t2 + (Wide.carry(t1, x1) | Wide.carry(s1, t1));
        const s3 = load<u64>(sp, 24) + load<u64>(sp, 56) + (Wide.carry(t2, x2) | Wide.carry(s2, t2));
        sp += 32;
        setWord(sp, s0, s1, s2, s3);
        continue;
      }
      case 0x02: {
        // MUL [.., y, x] -> [.., x * y]
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        multiplyWords(sp + 32, sp, sp + 32);
        sp += 32;
        continue;
      }
      case 0x03: {
        // SUB [.., y, x] -> [.., x - y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const x0 = load<u64>(sp);
        const y0 = load<u64>(sp, 32);
        const x1 = load<u64>(sp, 8);
        const y1 = load<u64>(sp, 40);
        const x2 = load<u64>(sp, 16);
        const y2 = load<u64>(sp, 48);
        const b0 = u64(x0 < y0);
        const t1 = x1 - y1;
        const b1 = u64(x1 < y1) | u64(t1 < b0);
        const t2 = x2 - y2;
        const b2 = u64(x2 < y2) | u64(t2 < b1);
        const d3 = load<u64>(sp, 24) - load<u64>(sp, 56) - b2;
        sp += 32;
        setWord(sp, x0 - y0, t1 - b0, t2 - b1, d3);
        continue;
      }
      case 0x04: {
        // DIV [.., y, x] -> [.., x / y]
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        divideWords(sp + 32, sp, sp + 32);
        sp += 32;
        continue;
      }
      case 0x05: {
        // SDIV [.., y, x] -> [.., x / y], signed
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        divideSigned(sp + 32, sp, sp + 32);
        sp += 32;
        continue;
      }
      case 0x06: {
        // MOD [.., y, x] -> [.., x % y]
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        remainderWords(sp + 32, sp, sp + 32);
        sp += 32;
        continue;
      }
      case 0x07: {
        // SMOD [.., y, x] -> [.., x % y], signed
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        remainderSigned(sp + 32, sp, sp + 32);
        sp += 32;
        continue;
      }
      case 0x08: {
        // ADDMOD [.., m, y, x] -> [.., (x + y) % m]
        gas -= GAS_MID;
        if (base - sp < 3 * WORD || gas < 0) break;
        addModulo(sp + 64, sp, sp + 32, sp + 64);
        sp += 64;
        continue;
      }
      case 0x09: {
        // MULMOD [.., m, y, x] -> [.., x * y % m]
        gas -= GAS_MID;
        if (base - sp < 3 * WORD || gas < 0) break;
        multiplyModulo(sp + 64, sp, sp + 32, sp + 64);
        sp += 64;
        continue;
      }
      case 0x0a: {
        // EXP
        if (base - sp < 2 * WORD) break;
        gas = opExp(sp, gas);
        if (gas < 0) break;
        sp += 32;
        continue;
      }
      case 0x0b: {
        // SIGNEXTEND
        gas -= GAS_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        opSignExtend(sp);
        sp += 32;
        continue;
      }
      case 0x10: {
        // LT [.., y, x] -> [.., x < y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const is = isLessWord(sp, sp + 32);
        sp += 32;
        setWord(sp, u64(is), 0, 0, 0);
        continue;
      }
      case 0x11: {
        // GT [.., y, x] -> [.., x > y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const is = isLessWord(sp + 32, sp);
        sp += 32;
        setWord(sp, u64(is), 0, 0, 0);
        continue;
      }
      case 0x12: {
        // SLT [.., y, x] -> [.., x < y], signed
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const is = isLessSigned(sp, sp + 32);
        sp += 32;
        setWord(sp, u64(is), 0, 0, 0);
        continue;
      }
      case 0x13: {
        // SGT [.., y, x] -> [.., x > y], signed
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const is = isLessSigned(sp + 32, sp);
        sp += 32;
        setWord(sp, u64(is), 0, 0, 0);
        continue;
      }
      case 0x14: {
        // EQ [.., y, x] -> [.., x == y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const difference =
          (load<u64>(sp) ^ load<u64>(sp, 32)) |
          (load<u64>(sp, 8) ^ load<u64>(sp, 40)) |
          (load<u64>(sp, 16) ^ load<u64>(sp, 48)) |
          (load<u64>(sp, 24) ^ load<u64>(sp, 56));
        sp += 32;
        setWord(sp, u64(difference == 0), 0, 0, 0);
        continue;
      }
      case 0x15: {
        // ISZERO [.., x] -> [.., x == 0]
        gas -= GAS_VERY_LOW;
        if (base - sp < WORD || gas < 0) break;
        const any = load<u64>(sp) | load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24);
        setWord(sp, u64(any == 0), 0, 0, 0);
        continue;
      }
      case 0x16: {
        // AND [.., y, x] -> [.., x & y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        store<u64>(sp, load<u64>(sp) & load<u64>(sp, 32), 32);
        store<u64>(sp, load<u64>(sp, 8) & load<u64>(sp, 40), 40);
        store<u64>(sp, load<u64>(sp, 16) & load<u64>(sp, 48), 48);
        store<u64>(sp, load<u64>(sp, 24) & load<u64>(sp, 56), 56);
        sp += 32;
        continue;
      }
      case 0x17: {
        // OR [.., y, x] -> [.., x | y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        store<u64>(sp, load<u64>(sp) | load<u64>(sp, 32), 32);
        store<u64>(sp, load<u64>(sp, 8) | load<u64>(sp, 40), 40);
        store<u64>(sp, load<u64>(sp, 16) | load<u64>(sp, 48), 48);
        store<u64>(sp, load<u64>(sp, 24) | load<u64>(sp, 56), 56);
        sp += 32;
        continue;
      }
      case 0x18: {
        // XOR [.., y, x] -> [.., x ^ y]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        store<u64>(sp, load<u64>(sp) ^ load<u64>(sp, 32), 32);
        store<u64>(sp, load<u64>(sp, 8) ^ load<u64>(sp, 40), 40);
        store<u64>(sp, load<u64>(sp, 16) ^ load<u64>(sp, 48), 48);
        store<u64>(sp, load<u64>(sp, 24) ^ load<u64>(sp, 56), 56);
        sp += 32;
        continue;
      }
      case 0x19: {
        // NOT [.., x] -> [.., ~x]
        gas -= GAS_VERY_LOW;
        if (base - sp < WORD || gas < 0) break;
        setWord(sp, ~load<u64>(sp), ~load<u64>(sp, 8), ~load<u64>(sp, 16), ~load<u64>(sp, 24));
        continue;
      }
      case 0x1a: {
        // BYTE
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        opByte(sp);
        sp += 32;
        continue;
      }
      case 0x1b: {
        // SHL
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        opShl(sp);
        sp += 32;
        continue;
      }
      case 0x1c: {
        // SHR
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        opShr(sp);
        sp += 32;
        continue;
      }
      case 0x1d: {
        // SAR
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        opSar(sp);
        sp += 32;
        continue;
      }
      case 0x1e: {
        // CLZ
        gas -= GAS_LOW;
        if (base - sp < WORD || gas < 0) break;
        opClz(sp);
        continue;
      }
      case 0x20: {
        // KECCAK256
        if (base - sp < 2 * WORD) break;
        gas = opKeccak(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 32;
        continue;
      }
      case 0x30: {
        // ADDRESS [..] -> [.., address]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        wordFromAddress(sp, addressOf(accountOf(frame)));
        continue;
      }
      case 0x31: {
        // BALANCE
        if (base - sp < WORD) break;
        gas = opBalance(sp, gas);
        if (gas < 0) break;
        continue;
      }
      case 0x32: {
        // ORIGIN [..] -> [.., address]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        wordFromAddress(sp, ENV_ORIGIN);
        continue;
      }
      case 0x33: {
        // CALLER [..] -> [.., address]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        wordFromAddress(sp, addressOf(callerOf(frame)));
        continue;
      }
      case 0x34: {
        // CALLVALUE [..] -> [.., wei]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, valueOf(frame));
        continue;
      }
      case 0x35: {
        // CALLDATALOAD
        gas -= GAS_VERY_LOW;
        if (base - sp < WORD || gas < 0) break;
        opCallDataLoad(frame, sp);
        continue;
      }
      case 0x36: {
        // CALLDATASIZE [..] -> [.., bytes]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(frame.inputLength), 0, 0, 0);
        continue;
      }
      case 0x37: {
        // CALLDATACOPY
        if (base - sp < 3 * WORD) break;
        gas = opCallDataCopy(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 96;
        continue;
      }
      case 0x38: {
        // CODESIZE [..] -> [.., bytes]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(frame.codeLength), 0, 0, 0);
        continue;
      }
      case 0x39: {
        // CODECOPY
        if (base - sp < 3 * WORD) break;
        gas = opCodeCopy(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 96;
        continue;
      }
      case 0x3a: {
        // GASPRICE [..] -> [.., wei]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, ENV_GAS_PRICE);
        continue;
      }
      case 0x3b: {
        // EXTCODESIZE
        if (base - sp < WORD) break;
        gas = opExtCodeSize(sp, gas);
        if (gas < 0) break;
        continue;
      }
      case 0x3c: {
        // EXTCODECOPY
        if (base - sp < 4 * WORD) break;
        gas = opExtCodeCopy(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 128;
        continue;
      }
      case 0x3d: {
        // RETURNDATASIZE [..] -> [.., bytes]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(returnDataLength), 0, 0, 0);
        continue;
      }
      case 0x3e: {
        // RETURNDATACOPY
        if (base - sp < 3 * WORD) break;
        gas = opReturnDataCopy(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 96;
        continue;
      }
      case 0x3f: {
        // EXTCODEHASH
        if (base - sp < WORD) break;
        gas = opExtCodeHash(sp, gas);
        if (gas < 0) break;
        continue;
      }
      case 0x40: {
        // BLOCKHASH
        gas -= GAS_BLOCK_HASH;
        if (base - sp < WORD || gas < 0) break;
        opBlockHash(sp);
        continue;
      }
      case 0x41: {
        // COINBASE [..] -> [.., address]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        wordFromAddress(sp, ENV_COINBASE);
        continue;
      }
      case 0x42: {
        // TIMESTAMP [..] -> [.., seconds]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, environment.timestamp, 0, 0, 0);
        continue;
      }
      case 0x43: {
        // NUMBER [..] -> [.., number]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, environment.number, 0, 0, 0);
        continue;
      }
      case 0x44: {
        // PREVRANDAO [..] -> [.., random]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, ENV_PREV_RANDAO);
        continue;
      }
      case 0x45: {
        // GASLIMIT [..] -> [.., gas]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, environment.gasLimit, 0, 0, 0);
        continue;
      }
      case 0x46: {
        // CHAINID [..] -> [.., id]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, ENV_CHAIN_ID);
        continue;
      }
      case 0x47: {
        // SELFBALANCE [..] -> [.., wei]
        gas -= GAS_LOW;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, balanceOf(accountOf(frame)));
        continue;
      }
      case 0x48: {
        // BASEFEE [..] -> [.., wei]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, ENV_BASE_FEE);
        continue;
      }
      case 0x49: {
        // BLOBHASH [.., i] -> [.., 0]: no transaction has blobs
        gas -= GAS_VERY_LOW;
        if (base - sp < WORD || gas < 0) break;
        setWord(sp, 0, 0, 0, 0);
        continue;
      }
      case 0x4a: {
        // BLOBBASEFEE [..] -> [.., wei], at least 1
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        copyWord(sp, ENV_BLOB_BASE_FEE);
        if (isZeroWord(sp)) store<u64>(sp, 1);
        continue;
      }
      case 0x50: {
        // POP [.., x] -> [..]
        gas -= GAS_BASE;
        if (base - sp < WORD || gas < 0) break;
        sp += 32;
        continue;
      }
      case 0x51: {
        // MLOAD [.., offset] -> [.., word]; offsets past NEAR cost more than any gas limit
        gas -= GAS_VERY_LOW;
        if (base - sp < WORD || gas < 0) break;
        const offset = load<u64>(sp);
        if ((load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24)) != 0 || offset > NEAR) {
          gas = -1;
          break;
        }
        if (offset + 32 > memSize) {
          gas = growMemory(frame, gas, offset + 32);
          if (gas < 0) break;
          memSize = u64(frame.memorySize);
        }
        const from = mem + usize(offset);
        const w3 = Wide.swap(load<u64>(from));
        const w2 = Wide.swap(load<u64>(from, 8));
        const w1 = Wide.swap(load<u64>(from, 16));
        setWord(sp, Wide.swap(load<u64>(from, 24)), w1, w2, w3);
        continue;
      }
      case 0x52: {
        // MSTORE [.., word, offset] -> [..]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const offset = load<u64>(sp);
        if ((load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24)) != 0 || offset > NEAR) {
          gas = -1;
          break;
        }
        if (offset + 32 > memSize) {
          gas = growMemory(frame, gas, offset + 32);
          if (gas < 0) break;
          memSize = u64(frame.memorySize);
        }
        const b0 = Wide.swap(load<u64>(sp, 56));
        const b1 = Wide.swap(load<u64>(sp, 48));
        const b2 = Wide.swap(load<u64>(sp, 40));
        setWord(mem + usize(offset), b0, b1, b2, Wide.swap(load<u64>(sp, 32)));
        sp += 64;
        continue;
      }
      case 0x53: {
        // MSTORE8 [.., word, offset] -> [..]
        gas -= GAS_VERY_LOW;
        if (base - sp < 2 * WORD || gas < 0) break;
        const offset = load<u64>(sp);
        if ((load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24)) != 0 || offset > NEAR) {
          gas = -1;
          break;
        }
        if (offset + 1 > memSize) {
          gas = growMemory(frame, gas, offset + 1);
          if (gas < 0) break;
          memSize = u64(frame.memorySize);
        }
        store<u8>(mem + usize(offset), load<u8>(sp, 32));
        sp += 64;
        continue;
      }
      case 0x54: {
        // SLOAD
        if (base - sp < WORD) break;
        gas = opSload(frame, sp, gas);
        if (gas < 0) break;
        continue;
      }
      case 0x55: {
        // SSTORE
        if (base - sp < 2 * WORD) break;
        gas = opSstore(frame, sp, gas);
        if (gas < 0) break;
        sp += 64;
        continue;
      }
      case 0x56: {
        // JUMP [.., to] -> [..]
        gas -= GAS_MID;
        if (base - sp < WORD || gas < 0) break;
        const to = load<u64>(sp);
        if ((load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24) | (to >>> 32)) != 0 || !isJumpdest(u32(to))) {
          halt = HALT_BAD_JUMP;
          break;
        }
        sp += 32;
        pc = code + usize(to);
        if (gas < sliceEnd) {
          halt = EXIT_SLICE;
          break;
        }
        continue;
      }
      case 0x57: {
        // JUMPI [.., condition, to] -> [..]
        gas -= GAS_HIGH;
        if (base - sp < 2 * WORD || gas < 0) break;
        if ((load<u64>(sp, 32) | load<u64>(sp, 40) | load<u64>(sp, 48) | load<u64>(sp, 56)) == 0) {
          sp += 64;
          continue;
        }
        const to = load<u64>(sp);
        if ((load<u64>(sp, 8) | load<u64>(sp, 16) | load<u64>(sp, 24) | (to >>> 32)) != 0 || !isJumpdest(u32(to))) {
          halt = HALT_BAD_JUMP;
          break;
        }
        sp += 64;
        pc = code + usize(to);
        if (gas < sliceEnd) {
          halt = EXIT_SLICE;
          break;
        }
        continue;
      }
      case 0x58: {
        // PC [..] -> [.., pc]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(pc - code - 1), 0, 0, 0);
        continue;
      }
      case 0x59: {
        // MSIZE [..] -> [.., bytes]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, memSize, 0, 0, 0);
        continue;
      }
      case 0x5a: {
        // GAS [..] -> [.., gas]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(gas), 0, 0, 0);
        continue;
      }
      case 0x5b: {
        // JUMPDEST [..]
        gas -= GAS_JUMPDEST;
        if (gas < 0) break;
        continue;
      }
      case 0x5c: {
        // TLOAD
        gas -= GAS_WARM_ACCESS;
        if (base - sp < WORD || gas < 0) break;
        opTload(frame, sp);
        continue;
      }
      case 0x5d: {
        // TSTORE
        if (base - sp < 2 * WORD) break;
        gas = opTstore(frame, sp, gas);
        if (gas < 0) break;
        sp += 64;
        continue;
      }
      case 0x5e: {
        // MCOPY
        if (base - sp < 3 * WORD) break;
        gas = opMemoryCopy(frame, sp, gas);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += 96;
        continue;
      }
      case 0x5f: {
        // PUSH0 [..] -> [.., 0]
        gas -= GAS_BASE;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, 0, 0, 0, 0);
        continue;
      }
      case 0x60: {
        // PUSH1 [..] -> [.., x]
        gas -= GAS_VERY_LOW;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, u64(load<u8>(pc)), 0, 0, 0);
        pc += 1;
        continue;
      }
      case 0x61: {
        // PUSH2 [..] -> [.., x]
        gas -= GAS_VERY_LOW;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        setWord(sp, (u64(load<u8>(pc)) << 8) | u64(load<u8>(pc, 1)), 0, 0, 0);
        pc += 2;
        continue;
      }
      case 0x62:
      case 0x63:
      case 0x64:
      case 0x65:
      case 0x66:
      case 0x67: {
        // PUSH3 to PUSH8 [..] -> [.., x]
        gas -= GAS_VERY_LOW;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        const bytes = op - 0x5f;
        setWord(sp, Wide.swap(load<u64>(pc)) >>> u64(64 - (bytes << 3)), 0, 0, 0);
        pc += bytes;
        continue;
      }
      case 0x68:
      case 0x69:
      case 0x6a:
      case 0x6b:
      case 0x6c:
      case 0x6d:
      case 0x6e:
      case 0x6f:
      case 0x70:
      case 0x71:
      case 0x72:
      case 0x73:
      case 0x74:
      case 0x75:
      case 0x76:
      case 0x77:
      case 0x78:
      case 0x79:
      case 0x7a:
      case 0x7b:
      case 0x7c:
      case 0x7d:
      case 0x7e:
      case 0x7f: {
        // PUSH9 to PUSH32 [..] -> [.., x]
        gas -= GAS_VERY_LOW;
        if (base - sp >= STACK_BYTES || gas < 0) break;
        sp -= 32;
        pushBytes(sp, pc, op - 0x5f);
        pc += op - 0x5f;
        continue;
      }
      case 0x80:
      case 0x81:
      case 0x82:
      case 0x83:
      case 0x84:
      case 0x85:
      case 0x86:
      case 0x87:
      case 0x88:
      case 0x89:
      case 0x8a:
      case 0x8b:
      case 0x8c:
      case 0x8d:
      case 0x8e:
      case 0x8f: {
        // DUP1 to DUP16: a copy of the word at that depth
        gas -= GAS_VERY_LOW;
        const depth = usize(op - 0x80) << 5;
        if (base - sp <= depth || base - sp >= STACK_BYTES || gas < 0) break;
        const from = sp + depth;
        sp -= 32;
        copyWord(sp, from);
        continue;
      }
      case 0x90:
      case 0x91:
      case 0x92:
      case 0x93:
      case 0x94:
      case 0x95:
      case 0x96:
      case 0x97:
      case 0x98:
      case 0x99:
      case 0x9a:
      case 0x9b:
      case 0x9c:
      case 0x9d:
      case 0x9e:
      case 0x9f: {
        // SWAP1 to SWAP16: the top word and the one at that depth
        gas -= GAS_VERY_LOW;
        const other = sp + (usize(op - 0x8f) << 5);
        if (other >= base || gas < 0) break;
        const w0 = load<u64>(sp);
        const w1 = load<u64>(sp, 8);
        const w2 = load<u64>(sp, 16);
        const w3 = load<u64>(sp, 24);
        copyWord(sp, other);
        setWord(other, w0, w1, w2, w3);
        continue;
      }
      case 0xa0:
      case 0xa1:
      case 0xa2:
      case 0xa3:
      case 0xa4: {
        // LOG0 to LOG4
        const topics = op - 0xa0;
        if (base - sp < (usize(topics) << 5) + 64) break;
        gas = opLog(frame, sp, gas, topics);
        if (gas < 0) break;
        memSize = u64(frame.memorySize);
        sp += (usize(topics) << 5) + 64;
        continue;
      }
      case 0xf0:
      case 0xf5: {
        // CREATE, CREATE2
        if (base - sp < (op == 0xf0 ? 96 : 128)) break;
        halt = EXIT_CREATE;
        break;
      }
      case 0xf1:
      case 0xf2: {
        // CALL, CALLCODE
        if (base - sp < 7 * WORD) break;
        halt = EXIT_CALL;
        break;
      }
      case 0xf4:
      case 0xfa: {
        // DELEGATECALL, STATICCALL
        if (base - sp < 6 * WORD) break;
        halt = EXIT_CALL;
        break;
      }
      case 0xf3:
      case 0xfd: {
        // RETURN, REVERT [.., size, offset]
        if (base - sp < 2 * WORD) break;
        gas = memoryRange(frame, gas, sp, sp + 32);
        if (gas >= 0) halt = op == 0xf3 ? HALT_RETURN : HALT_REVERT;
        break;
      }
      case 0xff: {
        // SELFDESTRUCT
        if (base - sp < WORD) break;
        gas = opSelfDestruct(frame, sp, gas);
        if (gas >= 0) halt = HALT_SELF_DESTRUCT;
        break;
      }
      default: {
        halt = HALT_INVALID_OPCODE;
        break;
      }
    }
    if (halt == HALT_NONE) halt = fail(op, gas, base - sp);
    frame.pc = u32(pc - code);
    frame.sp = sp;
    frame.gas = gas;
    return halt;
  }
}

/** Why the opcode halted: the reason that a function left, no gas, or the stack. */
function fail(op: u32, gas: i64, stackBytes: usize): u32 {
  if (fault != HALT_NONE) return fault;
  if (gas < 0) return HALT_OUT_OF_GAS;
  return stackBytes >= STACK_BYTES && isPush(op) ? HALT_STACK_OVERFLOW : HALT_STACK_UNDERFLOW;
}

/** The opcode makes the stack longer. */
function isPush(op: u32): bool {
  return op < 0x90 && op >= 0x30;
}

/** Pushes `length` (9 to 32) big-endian bytes at `from` into the word at `sp`. */
function pushBytes(sp: usize, from: usize, length: u32): void {
  const end = from + length;
  store<u64>(sp, Wide.swap(load<u64>(end - 8)));
  setUpper(sp + 8, from, end - 8);
}

/** Fills the limbs from `to` up with the big-endian bytes between `from` and `end`, least significant last; zeros above. */
function setUpper(to: usize, from: usize, end: usize): void {
  for (let i = 0; i < 3; i++) {
    const left = end - from;
    if (left >= 8) {
      end -= 8;
      store<u64>(to, Wide.swap(load<u64>(end)));
    } else {
      store<u64>(to, left == 0 ? 0 : Wide.swap(load<u64>(from)) >>> u64(64 - (left << 3)));
      end = from;
    }
    to += 8;
  }
}
