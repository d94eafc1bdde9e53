/*
 * CREATE, CREATE2, and what happens to initcode.
 *
 * Initcode runs in place, in its creator's memory (which stands still meanwhile) or in the transaction. The 64 bytes behind it are set to zero
 * for that time, so that running off its end meets STOP.
 */
import { copyBytes, zeroBytes } from "../bytes";
import { createAddress, createAddress2 } from "./address";
import { keccak256 } from "../crypto/keccak";
import { EVM_RETURN } from "../memory";
import {
  accountAt,
  addBalance,
  addressOf,
  isOccupied,
  isPoorer,
  markCreated,
  setNonce,
  subBalance,
  warm,
} from "../state/accounts";
import { setCode } from "../state/codes";
import { checkpoint } from "../state/journal";
import { enterInitcode, jumpWorkSize } from "../state/jumps";
import {
  accountOf,
  Frame,
  frameAbove,
  INITCODE_WORK,
  MAX_DEPTH,
  rangeLength,
  rangeStart,
  refunds,
  returnDataLength,
  setReturnDataLength,
  setTop,
  valueOf,
} from "./frame";
import {
  HALT_CALL_REFUSED,
  HALT_CODE_DEPOSIT,
  HALT_CODE_PREFIX,
  HALT_CODE_SIZE,
  HALT_COLLISION,
  HALT_NONE,
  HALT_OUT_OF_GAS,
  HALT_STATIC_VIOLATION,
  isSuccess,
} from "./halt";
import { memoryRange } from "./memory";
import { traceEnter, traceExit, TRACING } from "./trace";
import { copyWord, isZeroWord, setWord, wordFromAddress, wordToBytes } from "./word";
import { GAS_CODE_DEPOSIT, GAS_CREATE, GAS_INIT_CODE_WORD, GAS_KECCAK256_WORD } from "./gas";

const OP_CREATE2: u32 = 0xf5;
const MAX_CODE: u32 = 24576;
const MAX_INITCODE: u32 = 49152;
const TAIL: usize = 64;

const ADDRESS: usize = memory.data(32, 32);
const SALT: usize = memory.data(32, 32);
const CODE_HASH: usize = memory.data(32, 32);

/** First free byte of the jump analyses of running initcodes. */
let initcodeWork: usize = 0;

export function resetInitcodeWork(): void {
  initcodeWork = INITCODE_WORK;
}

/**
 * Starts the creation whose operands are on the stack of `frame`: [.., size, offset, value], CREATE2 with a salt below.
 * GAS 32,000 + 2 a word of initcode (CREATE2: 8) + expansion, and all but 1/64 of the rest for the initcode.
 * @returns HALT_NONE when the top frame shall run on, else why `frame` halts.
 */
export function startCreate(frame: Frame): u32 {
  const kind = u32(load<u8>(frame.codeBytes + frame.pc - 1));
  const sp = frame.sp;
  if (frame.isStatic) return HALT_STATIC_VIOLATION;
  let gas = memoryRange(frame, frame.gas, sp + 32, sp + 64);
  if (gas < 0) return HALT_OUT_OF_GAS;
  const start = rangeStart;
  const length = rangeLength;
  if (length > MAX_INITCODE) return HALT_OUT_OF_GAS;
  gas -=
    GAS_CREATE +
    i64((length + 31) >>> 5) * (kind == OP_CREATE2 ? GAS_INIT_CODE_WORD + GAS_KECCAK256_WORD : GAS_INIT_CODE_WORD);
  if (gas < 0) return HALT_OUT_OF_GAS;
  const given = gas - (gas >>> 6);
  frame.gas = gas - given;
  frame.sp = kind == OP_CREATE2 ? sp + 96 : sp + 64;
  setReturnDataLength(0);

  const creator = accountOf(frame);
  const child = frameAbove(frame);
  child.gas = given;
  child.kind = kind;
  child.depth = frame.depth + 1;
  child.refundBefore = refunds;
  child.isStatic = 0;
  child.isCreate = 1;
  child.caller = frame.account;
  child.input = start;
  child.inputLength = length;
  copyWord(valueOf(child), sp);
  child.sp = frame.sp;
  child.stackBase = frame.sp;
  child.memory = frame.memory + frame.memorySize + TAIL;
  child.memorySize = 0;

  if (child.depth > MAX_DEPTH || isPoorer(creator, valueOf(child)) || creator.nonce == u64.MAX_VALUE) {
    child.account = 0;
    if (TRACING) child.target = 0;
    if (TRACING) traceEnter(child);
    return endAtOnce(frame, child, HALT_CALL_REFUSED);
  }
  if (kind == OP_CREATE2) {
    wordToBytes(SALT, sp + 96);
    keccak256(start, length, CODE_HASH);
    createAddress2(ADDRESS, addressOf(creator), SALT, CODE_HASH);
  } else {
    createAddress(ADDRESS, addressOf(creator), creator.nonce);
  }
  setNonce(creator, creator.nonce + 1);
  const account = accountAt(ADDRESS);
  warm(account);
  child.account = changetype<usize>(account);
  if (TRACING) child.target = child.account;
  if (TRACING) traceEnter(child);
  if (isOccupied(account)) {
    child.gas = 0;
    return endAtOnce(frame, child, HALT_COLLISION);
  }
  child.checkpoint = checkpoint();
  markCreated(account);
  setNonce(account, 1);
  if (!isZeroWord(valueOf(child))) {
    subBalance(creator, valueOf(child));
    addBalance(account, valueOf(child));
  }
  startInitcode(child, start, length);
  child.input = 0;
  child.inputLength = 0;
  setTop(child);
  return HALT_NONE;
}

/** Makes the bytes the frame's running code. */
export function startInitcode(frame: Frame, start: usize, length: u32): void {
  frame.code = 0;
  frame.codeBytes = start;
  frame.codeLength = length;
  frame.pc = 0;
  frame.work = initcodeWork;
  initcodeWork += jumpWorkSize(length);
  copyBytes(tailOf(frame), start + length, TAIL);
  zeroBytes(start + length, TAIL);
  enterInitcode(start, length, frame.work);
}

/** Ends initcode: deposits what it returned. GAS 200 a byte. @returns the halt, changed when the deposit fails. */
export function finishCreate(frame: Frame, halt: u32): u32 {
  initcodeWork = frame.work;
  copyBytes(frame.codeBytes + frame.codeLength, tailOf(frame), TAIL);
  if (!isSuccess(halt)) return halt;
  const length = returnDataLength;
  if (length > MAX_CODE) return HALT_CODE_SIZE;
  if (length != 0 && load<u8>(EVM_RETURN) == 0xef) return HALT_CODE_PREFIX;
  frame.gas -= GAS_CODE_DEPOSIT * i64(length);
  if (frame.gas < 0) return HALT_CODE_DEPOSIT;
  if (length != 0) setCode(accountOf(frame), EVM_RETURN, length);
  setReturnDataLength(0);
  return halt;
}

/** Gives the result of the frame above to `frame`: gas, and the address or 0. */
export function resumeAfterCreate(frame: Frame, halt: u32): void {
  const child = frameAbove(frame);
  frame.gas += child.gas;
  if (isSuccess(halt)) wordFromAddress(frame.sp, addressOf(accountOf(child)));
  else setWord(frame.sp, 0, 0, 0, 0);
}

function endAtOnce(frame: Frame, child: Frame, halt: u32): u32 {
  if (TRACING) traceExit(child, halt);
  resumeAfterCreate(frame, halt);
  return HALT_NONE;
}

function tailOf(frame: Frame): usize {
  return changetype<usize>(frame) + offsetof<Frame>("tail");
}
