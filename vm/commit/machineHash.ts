import { VmError } from "../errors";
import { Status, type Registers } from "../types";
import { concatBytes } from "./bytes";
import { keccak256, tag } from "./hasher";

/** Bytes of the encoded registers. */
export const REGISTER_BYTES = 128;

/**
 * The registers as the machine hash takes them: `pc u64, fp u32, status u32, batchCount u64, delayedCount u64`, memory root, input, output;
 * big-endian. Twin of contracts/vm/Machine.sol.
 * @see docs/spec/05-machine-proofs.md#registers
 */
export function encodeRegisters(registers: Registers, memoryRoot: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(REGISTER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(registers.pc));
  view.setUint32(8, registers.fp);
  view.setUint32(12, registers.status);
  view.setBigUint64(16, registers.inboxLimit.batchCount);
  view.setBigUint64(24, registers.inboxLimit.delayedCount);
  bytes.set(memoryRoot, 32);
  bytes.set(registers.input, 64);
  bytes.set(registers.output, 96);
  return bytes;
}

/**
 * The inverse of `encodeRegisters`.
 * @throws {VmError} `vm.bad-argument` when the length is not 128.
 */
export function decodeRegisters(bytes: Uint8Array): { registers: Registers; memoryRoot: Uint8Array } {
  if (bytes.length !== REGISTER_BYTES)
    throw new VmError("vm.bad-argument", `registers have ${REGISTER_BYTES} bytes, not ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const registers: Registers = {
    pc: Number(view.getBigUint64(0)),
    fp: view.getUint32(8),
    status: view.getUint32(12) as Status,
    inboxLimit: { batchCount: view.getBigUint64(16), delayedCount: view.getBigUint64(24) },
    input: bytes.slice(64, 96),
    output: bytes.slice(96, 128),
  };
  return { registers, memoryRoot: bytes.slice(32, 64) };
}

/** The machine hash: `keccak(TAG("machine") || registers)`. */
export function hashRegisters(encoded: Uint8Array): Uint8Array {
  return keccak256(concatBytes([tag("machine"), encoded]));
}

/** What a machine has brought: the output register if it halted, else 32 zero bytes. Twin of `result` on L1. */
export function machineResult(registers: Registers): Uint8Array {
  return registers.status === Status.halted ? registers.output.slice() : new Uint8Array(32);
}
