/*
 * The border between transactions and the EVM: a message goes in, an outcome comes out.
 *
 * The caller (a transaction) has, before: reset the journal, warm set, transient storage, refund counter and logs of the transaction;
 * bought gas; raised the sender's nonce; warmed sender, coinbase, `to` and the access list; applied authorizations. The EVM does the rest:
 * checkpoint, transfer of the value, collision rule, precompiles (always warm), resolution and warming of a delegation of `to`, running, deposit of code,
 * and on failure the revert to the checkpoint. After it the caller applies refund cap, calldata floor and self-destructs.
 */
import { executeTop } from "./execute";

/** What to run. One instance in fixed memory, filled by the executor. */
@unmanaged
export class Message {
  /** Gas for the execution, intrinsic gas already taken off; at most 2^24. */
  gas: i64;
  /** 20 bytes: the sender. */
  caller: usize;
  /** 20 bytes: the account called, or for a creation the address to create (`createAddress`). */
  to: usize;
  /** Word (32 bytes, little-endian limbs). */
  value: usize;
  /** Call data, or for a creation the initcode (at most 49,152 bytes: the executor's to check). */
  input: usize;
  inputLength: u32;
  /** 1 for a creation, else 0. */
  isCreate: u32;
}

/** What came of it. One instance in fixed memory; valid until the next message. */
@unmanaged
export class Outcome {
  /** Gas left, refund not yet counted; 0 after an exceptional halt. */
  gasLeft: i64;
  /** Sum of refunds (uncapped); 0 unless the message succeeded. */
  refund: i64;
  /** Return or revert data; for a successful creation empty. */
  output: usize;
  outputLength: u32;
  /** A `HALT_*` of halt.ts; `isSuccess(halt)`. */
  halt: u32;
}

export const message: Message = changetype<Message>(memory.data(64, 32));
export const outcome: Outcome = changetype<Outcome>(memory.data(64, 32));

/** Runs `message` and fills `outcome`. Total: no message makes it trap. */
export function executeMessage(): void {
  executeTop(message, outcome);
}
