/*
 * CALL, CALLCODE, DELEGATECALL, STATICCALL.
 *
 * Operands from the top of the stack: gas, address, [value: CALL and CALLCODE], input offset and size, output offset and size.
 */
import { copyBytes } from "../bytes";
import { EVM_RETURN } from "../memory";
import {
  accountAt,
  accountOfWord,
  addBalance,
  isAddressWithinReach,
  isEmpty,
  isPoorer,
  isWithinReach,
  subBalance,
  warm,
} from "../state/accounts";
import { codeOf, enterCode } from "../state/codes";
import { checkpoint, revertTo } from "../state/journal";
import { Account } from "../state/records";
import { delegateOf } from "./delegation";
import {
  accountOf,
  callerOf,
  fault,
  Frame,
  frameAbove,
  MAX_DEPTH,
  rangeLength,
  rangeStart,
  refunds,
  returnDataLength,
  setFault,
  setReturnDataLength,
  setTop,
  valueOf,
} from "./frame";
import {
  HALT_CALL_REFUSED,
  HALT_NONE,
  HALT_OUT_OF_GAS,
  HALT_PRECOMPILE,
  HALT_REVERT,
  HALT_RETURN,
  HALT_STATIC_VIOLATION,
  HALT_STOP,
  isSuccess,
} from "./halt";
import { memoryRange } from "./memory";
import { precompileNumber, runPrecompile } from "./precompiles/dispatch";
import { traceEnter, traceExit, TRACING } from "./trace";
import { copyWord, isZeroWord, saturatedU64, setWord } from "./word";
import { GAS_CALL_STIPEND, GAS_CALL_VALUE, GAS_COLD_ACCOUNT_ACCESS, GAS_NEW_ACCOUNT, GAS_WARM_ACCESS } from "./gas";

const OP_CALL: u32 = 0xf1;
const OP_CALLCODE: u32 = 0xf2;
const OP_DELEGATECALL: u32 = 0xf4;
const OP_STATICCALL: u32 = 0xfa;

/**
 * Starts the call whose operands are on the stack of `frame`.
 * GAS 100 or 2,600 for the address, the same for the address it delegates to; 9,000 for a value, 25,000 more where the value brings an account to
 * life; expansion; and the gas of the callee, at most all but 1/64 of the rest. The callee of a value gets 2,300 on top.
 * @returns HALT_NONE when the top frame shall run on (a new one, or `frame` itself when the call is already over); else why `frame` halts.
 */
export function startCall(frame: Frame): u32 {
  const kind = u32(load<u8>(frame.codeBytes + frame.pc - 1));
  const sp = frame.sp;
  const hasValue = kind == OP_CALL || kind == OP_CALLCODE;
  const ranges = hasValue ? sp + 96 : sp + 64;
  const sendsValue = hasValue && !isZeroWord(sp + 64);
  if (frame.isStatic && sendsValue && kind == OP_CALL) return HALT_STATIC_VIOLATION;

  let gas = memoryRange(frame, frame.gas, ranges, ranges + 32);
  const input = rangeStart;
  const inputLength = rangeLength;
  if (gas < 0) return HALT_OUT_OF_GAS;
  gas = memoryRange(frame, gas, ranges + 64, ranges + 96);
  if (gas < 0) return HALT_OUT_OF_GAS;
  const returnOffset = u32(rangeStart - frame.memory);
  const returnLength = rangeLength;

  if (!isWithinReach(sp + 32, gas)) return HALT_OUT_OF_GAS;
  const target = accountOfWord(sp + 32);
  gas -= warm(target) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
  if (sendsValue) gas -= kind == OP_CALL && isEmpty(target) ? GAS_CALL_VALUE + GAS_NEW_ACCOUNT : GAS_CALL_VALUE;
  if (gas < 0) return HALT_OUT_OF_GAS;
  const precompile = precompileNumber(target);
  let code = codeOf(target);
  const delegate = delegateOf(code);
  if (delegate != 0) {
    if (!isAddressWithinReach(delegate, gas)) return HALT_OUT_OF_GAS;
    const account = accountAt(delegate);
    gas -= warm(account) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
    if (gas < 0) return HALT_OUT_OF_GAS;
    code = codeOf(account);
  }
  const most = gas - (gas >>> 6);
  const asked = saturatedU64(sp);
  let given = asked < u64(most) ? i64(asked) : most;
  gas -= given;
  if (sendsValue) given += GAS_CALL_STIPEND;

  frame.gas = gas;
  // The operands go; the place of the deepest one takes the result.
  frame.sp = ranges + 96;
  setReturnDataLength(0);

  const child = frameAbove(frame);
  child.gas = given;
  child.kind = kind;
  child.depth = frame.depth + 1;
  child.refundBefore = refunds;
  child.input = input;
  child.inputLength = inputLength;
  child.returnOffset = returnOffset;
  child.returnLength = returnLength;
  child.isCreate = 0;
  child.isStatic = kind == OP_STATICCALL ? 1 : frame.isStatic;
  child.account = kind == OP_CALL || kind == OP_STATICCALL ? changetype<usize>(target) : frame.account;
  child.caller = kind == OP_DELEGATECALL ? frame.caller : frame.account;
  if (hasValue) copyWord(valueOf(child), sp + 64);
  else if (kind == OP_DELEGATECALL) copyWord(valueOf(child), valueOf(frame));
  else setWord(valueOf(child), 0, 0, 0, 0);
  child.sp = frame.sp;
  child.stackBase = frame.sp;
  child.memory = frame.memory + frame.memorySize;
  child.memorySize = 0;
  child.code = changetype<usize>(code);
  child.codeLength = code.length;
  child.pc = 0;
  if (TRACING) child.target = changetype<usize>(target);
  if (TRACING) traceEnter(child);

  if (child.depth > MAX_DEPTH || (sendsValue && isPoorer(accountOf(frame), valueOf(child)))) {
    return endAtOnce(frame, child, HALT_CALL_REFUSED);
  }
  child.checkpoint = checkpoint();
  if (sendsValue && kind == OP_CALL) {
    subBalance(callerOf(child), valueOf(child));
    addBalance(target, valueOf(child));
  }
  if (precompile != 0) {
    child.gas = runPrecompile(precompile, input, inputLength, given);
    return endAtOnce(frame, child, child.gas >= 0 ? HALT_RETURN : HALT_PRECOMPILE);
  }
  if (code.length == 0) return endAtOnce(frame, child, HALT_STOP);
  child.codeBytes = enterCode(code);
  setTop(child);
  return HALT_NONE;
}

/** Ends a call that runs no code: the output of a precompile is already in EVM_RETURN. */
function endAtOnce(frame: Frame, child: Frame, halt: u32): u32 {
  if (halt == HALT_PRECOMPILE) {
    revertTo(child.checkpoint);
    child.gas = 0;
    setReturnDataLength(0);
  }
  if (TRACING) traceExit(child, halt);
  resumeAfterCall(frame, halt);
  return HALT_NONE;
}

/** Gives the result of the frame above to `frame`: gas, output, 1 or 0. */
export function resumeAfterCall(frame: Frame, halt: u32): void {
  const child = frameAbove(frame);
  frame.gas += child.gas;
  const length = returnDataLength < child.returnLength ? returnDataLength : child.returnLength;
  copyBytes(frame.memory + child.returnOffset, EVM_RETURN, length);
  setWord(frame.sp, isSuccess(halt) ? 1 : 0, 0, 0, 0);
}
