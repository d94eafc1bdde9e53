/*
 * What a tracer reads of a frame while the program stands in a hook (stf/tracer.ts).
 */
import { addressOf, balanceOf } from "../state/accounts";
import { Account } from "../state/records";
import { accountOf, callerOf, Frame, frameBelow, returnDataLength, valueOf } from "../evm/frame";
import { EVM_RETURN } from "../memory";

export function frameDepth(frame: usize): u32 {
  return changetype<Frame>(frame).depth;
}

/** The opcode that started it; 0 for the outermost. */
export function frameKind(frame: usize): u32 {
  return changetype<Frame>(frame).kind;
}

export function frameIsCreate(frame: usize): u32 {
  return changetype<Frame>(frame).isCreate;
}

export function frameGas(frame: usize): i64 {
  return changetype<Frame>(frame).gas;
}

/** Gas that the frame below has left; not of the outermost. */
export function frameCallerGas(frame: usize): i64 {
  return frameBelow(changetype<Frame>(frame)).gas;
}

/** Address (20 bytes) of the account whose storage it sees; 0 for a creation that was refused before it had one. */
export function frameAccount(frame: usize): usize {
  return changetype<Frame>(frame).account == 0 ? 0 : addressOf(accountOf(changetype<Frame>(frame)));
}

export function frameCaller(frame: usize): usize {
  return addressOf(callerOf(changetype<Frame>(frame)));
}

/** Address of the account that was called, whose code may run on another's storage; 0 as for `frameAccount`. */
export function frameTarget(frame: usize): usize {
  const target = changetype<Frame>(frame).target;
  return target == 0 ? 0 : addressOf(changetype<Account>(target));
}

export function frameValue(frame: usize): usize {
  return valueOf(changetype<Frame>(frame));
}

export function frameBalance(frame: usize): usize {
  return balanceOf(accountOf(changetype<Frame>(frame)));
}

export function frameInput(frame: usize): usize {
  return changetype<Frame>(frame).input;
}

export function frameInputLength(frame: usize): u32 {
  return changetype<Frame>(frame).inputLength;
}

export function frameStackBase(frame: usize): usize {
  return changetype<Frame>(frame).stackBase;
}

export function frameMemory(frame: usize): usize {
  return changetype<Frame>(frame).memory;
}

export function frameMemorySize(frame: usize): u32 {
  return changetype<Frame>(frame).memorySize;
}

export function returnData(): usize {
  return EVM_RETURN;
}

export function returnDataSize(): u32 {
  return returnDataLength;
}
