/*
 * Runs a message: frames come and go here, one loop around the interpreter.
 */
import { copyBytes } from "../bytes";
import { EVM_RETURN } from "../memory";
import { accountAt, addBalance, isOccupied, markCreated, setNonce, subBalance, warm } from "../state/accounts";
import { codeOf, enterCode } from "../state/codes";
import { checkpoint, revertTo } from "../state/journal";
import { resumeInitcode } from "../state/jumps";
import { Account } from "../state/records";
import { resumeAfterCall, startCall } from "./call";
import { finishCreate, resetInitcodeWork, resumeAfterCreate, startCreate, startInitcode } from "./create";
import { delegateOf } from "./delegation";
import {
  bottomFrame,
  codeRecord,
  Frame,
  frameBelow,
  rangeLength,
  rangeStart,
  refunds,
  returnDataLength,
  setRefunds,
  setReturnDataLength,
  setTop,
  top,
  valueOf,
} from "./frame";
import {
  EXIT_CALL,
  EXIT_CREATE,
  EXIT_SLICE,
  HALT_COLLISION,
  HALT_NONE,
  HALT_PRECOMPILE,
  HALT_RETURN,
  HALT_REVERT,
  HALT_STOP,
  isSuccess,
} from "./halt";
import { run } from "./interpreter";
import { Message, Outcome } from "./message";
import { precompileNumber, runPrecompile } from "./precompiles/dispatch";
import { traceEnter, traceExit, TRACING } from "./trace";
import { copyWord } from "./word";

/** Runs the message of a transaction to its end. */
export function executeTop(message: Message, outcome: Outcome): void {
  const frame = bottomFrame();
  const account = accountAt(message.to);
  const caller = accountAt(message.caller);
  setTop(frame);
  setRefunds(0);
  setReturnDataLength(0);
  resetInitcodeWork();
  frame.gas = message.gas;
  frame.refundBefore = 0;
  frame.account = changetype<usize>(account);
  frame.caller = changetype<usize>(caller);
  frame.input = message.input;
  frame.inputLength = message.inputLength;
  frame.isStatic = 0;
  frame.isCreate = message.isCreate;
  frame.kind = 0;
  copyWord(valueOf(frame), message.value);
  if (TRACING) frame.target = frame.account;
  if (TRACING) traceEnter(frame);
  let halt = message.isCreate ? beginCreation(frame, account, caller) : beginCall(frame, account, caller);
  if (halt == HALT_NONE) {
    halt = loop(frame);
  } else {
    if (!isSuccess(halt)) {
      revertTo(frame.checkpoint);
      frame.gas = 0;
      setReturnDataLength(0);
    }
    if (TRACING) traceExit(frame, halt);
  }
  finish(outcome, frame, halt);
}

/** Starts the called code; returns why it is already over, else HALT_NONE. */
function beginCall(frame: Frame, account: Account, caller: Account): u32 {
  frame.checkpoint = checkpoint();
  subBalance(caller, valueOf(frame));
  addBalance(account, valueOf(frame));
  const precompile = precompileNumber(account);
  if (precompile != 0) {
    frame.gas = runPrecompile(precompile, frame.input, frame.inputLength, frame.gas);
    return frame.gas >= 0 ? HALT_RETURN : HALT_PRECOMPILE;
  }
  let code = codeOf(account);
  const delegate = delegateOf(code);
  if (delegate != 0) {
    warm(accountAt(delegate));
    code = codeOf(accountAt(delegate));
  }
  if (code.length == 0) return HALT_STOP;
  frame.code = changetype<usize>(code);
  frame.codeLength = code.length;
  frame.codeBytes = enterCode(code);
  frame.pc = 0;
  return HALT_NONE;
}

/** Starts the initcode of a creation transaction; the sender's nonce was raised by the transaction. */
function beginCreation(frame: Frame, account: Account, caller: Account): u32 {
  warm(account);
  frame.checkpoint = checkpoint();
  if (isOccupied(account)) return HALT_COLLISION;
  markCreated(account);
  setNonce(account, 1);
  subBalance(caller, valueOf(frame));
  addBalance(account, valueOf(frame));
  startInitcode(frame, frame.input, frame.inputLength);
  frame.input = 0;
  frame.inputLength = 0;
  return HALT_NONE;
}

/** Runs until the bottom frame stops; returns its halt. */
function loop(bottom: Frame): u32 {
  let frame = bottom;
  while (true) {
    let halt = run(frame);
    if (halt == EXIT_SLICE) continue;
    if (halt == EXIT_CALL) {
      halt = startCall(frame);
      frame = top;
      if (halt == HALT_NONE) continue;
    } else if (halt == EXIT_CREATE) {
      halt = startCreate(frame);
      frame = top;
      if (halt == HALT_NONE) continue;
    }
    // The top frame is over; so may be those below it.
    halt = leave(frame, halt);
    if (frame == bottom) return halt;
    const isCreate = frame.isCreate;
    frame = frameBelow(frame);
    setTop(frame);
    resume(frame);
    if (isCreate) resumeAfterCreate(frame, halt);
    else resumeAfterCall(frame, halt);
  }
}

/** Settles a frame that stopped: output, deposit of code, state. Returns the halt, which a failed deposit changes. */
function leave(frame: Frame, halt: u32): u32 {
  if (halt == HALT_RETURN || halt == HALT_REVERT) {
    setReturnDataLength(rangeLength);
    copyBytes(EVM_RETURN, rangeStart, rangeLength);
  } else {
    setReturnDataLength(0);
  }
  if (frame.isCreate) halt = finishCreate(frame, halt);
  if (!isSuccess(halt)) {
    revertTo(frame.checkpoint);
    setRefunds(frame.refundBefore);
    if (halt != HALT_REVERT) {
      frame.gas = 0;
      setReturnDataLength(0);
    }
  }
  if (TRACING) traceExit(frame, halt);
  return halt;
}

/** Makes the frame's code the running one again. */
function resume(frame: Frame): void {
  if (frame.code != 0) frame.codeBytes = enterCode(codeRecord(frame));
  else resumeInitcode(frame.codeBytes, frame.codeLength, frame.work);
}

function finish(outcome: Outcome, frame: Frame, halt: u32): void {
  outcome.halt = halt;
  outcome.gasLeft = frame.gas;
  outcome.refund = isSuccess(halt) ? refunds : 0;
  outcome.output = EVM_RETURN;
  outcome.outputLength = returnDataLength;
}
