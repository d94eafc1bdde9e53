import { InboxMissing } from "../errors";
import { InboxKind, PreimageKind, type Host } from "../host";
import { LOAD_BYTES, Load, Op, OP_INFO, unpackInstruction, type Instruction } from "../isa";
import { Status, framesEnd, type Program, type Registers } from "../types";
import { binary, holds, unary } from "./arithmetic";
import type { StepMemory } from "./memory";

/**
 * Does one step: changes `registers` in place and `memory` through its interface. The readable definition of the machine.
 * @throws what the host throws; nothing has changed then.
 * @see docs/spec/04-vm.md#order
 */
export function step(program: Program, registers: Registers, memory: StepMemory, host: Host): void {
  if (registers.status !== Status.running) return;
  const trap = new Step(program, registers, memory, host).execute();
  if (trap !== undefined) registers.status = trap;
}

/** Of one step: what to do next, apart from the next instruction, or which trap. */
type Outcome = Status | undefined;

class Step {
  private readonly instruction: Instruction;

  constructor(
    private readonly program: Program,
    private readonly registers: Registers,
    private readonly memory: StepMemory,
    private readonly host: Host,
  ) {
    this.instruction = unpackInstruction(program.code, registers.pc);
  }

  execute(): Outcome {
    const { op } = this.instruction;
    if (!OP_INFO.has(op)) return Status.invalidInstruction;
    if (op >= Op.loadIndexed) return op < Op.storeIndexed ? this.loadIndexed() : this.storeIndexed();
    if (op >= Op.input) return this.hostCall();
    if (op >= Op.storeAbsolute) return this.storeAt(op - Op.storeAbsolute, this.low, this.b());
    if (op >= Op.storeConst)
      return this.storeAt(op - Op.storeConst, low32(this.a()) + this.low, BigInt.asUintN(64, this.highSigned));
    if (op >= Op.store) return this.store();
    if (op >= Op.loadAbsolute) return this.loadAt(op - Op.loadAbsolute, this.low);
    if (op >= Op.load) return this.loadAt(op - Op.load, low32(this.a()) + this.low);
    if (op >= Op.binary) return this.binary();
    if (op >= Op.branch) return this.branch();
    if (op >= Op.copy) return this.setD(unary(op, this.a()));
    return this.control();
  }

  private control(): Outcome {
    const { op, d, b, imm } = this.instruction;
    switch (op) {
      case Op.end:
        return Status.halted;
      case Op.jump:
        return this.go(this.low);
      case Op.brTable: {
        const index = low32(this.a());
        return this.go(this.registers.pc + 1 + Math.min(index, this.low));
      }
      case Op.call:
        return this.call();
      case Op.return:
        return this.return(this.a());
      case Op.returnSlot: {
        const link = this.a();
        const value = this.b();
        this.writeSlot(0, value);
        return this.return(link);
      }
      case Op.returnConst: {
        const link = this.a();
        this.writeSlot(0, imm);
        return this.return(link);
      }
      case Op.const:
        return this.setD(imm);
      case Op.zero:
        for (let slot = d; slot < d + b; slot++) this.writeSlot(slot, 0n);
        return this.next();
      case Op.select: {
        const [yes, no, condition] = [this.a(), this.b(), this.slot(this.low)];
        return this.setD(low32(condition) !== 0 ? yes : no);
      }
      case Op.globalGet:
        return this.setD(fromBytes(this.memory.read(this.low, 8)));
      case Op.globalSet:
        this.memory.write(this.low, toBytes(this.a(), 8));
        return this.next();
      default:
        return Status.unreachable;
    }
  }

  private call(): Outcome {
    const { d, a, b } = this.instruction;
    const { pc, fp } = this.registers;
    const frame = fp + 8 * d;
    if (frame + 8 * b > framesEnd(this.program)) return Status.stackExhausted;
    this.memory.write(frame + 8 * a, toBytes(BigInt(pc + 1) | (BigInt(fp) << 32n), 8));
    this.registers.fp = frame;
    return this.go(this.low);
  }

  private return(link: bigint): Outcome {
    this.registers.fp = Number(link >> 32n);
    return this.go(low32(link));
  }

  private binary(): Outcome {
    const { op, imm } = this.instruction;
    const isConst = (op & 0x80) !== 0;
    const bits = (op & 0x20) !== 0 ? 64 : 32;
    const x = BigInt.asUintN(bits, this.a());
    const y = BigInt.asUintN(bits, isConst ? imm : this.b());
    const result = binary(op & 0x1f, x, y, bits);
    return "trap" in result ? result.trap : this.setD(result.value);
  }

  private branch(): Outcome {
    const { op } = this.instruction;
    const isConst = (op & 0x10) !== 0;
    const bits = (op & 0x08) !== 0 ? 64 : 32;
    const x = BigInt.asUintN(bits, this.a());
    const y = BigInt.asUintN(bits, isConst ? this.highSigned : this.b());
    return holds(op & 0x07, x, y, bits) ? this.go(this.low) : this.next();
  }

  private loadIndexed(): Outcome {
    const sum = (low32(this.a()) + low32(this.b())) % 2 ** 32;
    return this.loadAt(this.instruction.op - Op.loadIndexed, sum + this.low);
  }

  private loadAt(kind: number, address: number): Outcome {
    const length = LOAD_BYTES[kind];
    if (address + length > this.program.linearSize) return Status.outOfBounds;
    const value = fromBytes(this.memory.read(address, length));
    const signed = BigInt.asIntN(8 * length, value);
    if (kind === Load.s8To32 || kind === Load.s16To32) return this.setD(BigInt.asUintN(32, signed));
    if (kind >= Load.s8To32) return this.setD(BigInt.asUintN(64, signed));
    return this.setD(value);
  }

  private store(): Outcome {
    const address = low32(this.a()) + this.low;
    return this.storeAt(this.instruction.op - Op.store, address, this.b());
  }

  private storeIndexed(): Outcome {
    const { op, d } = this.instruction;
    const sum = (low32(this.a()) + low32(this.b())) % 2 ** 32;
    return this.storeAt(op - Op.storeIndexed, sum + this.low, this.slot(d));
  }

  private storeAt(kind: number, address: number, value: bigint): Outcome {
    const length = 1 << kind;
    if (address + length > this.program.linearSize) return Status.outOfBounds;
    this.memory.write(address, toBytes(value, length));
    return this.next();
  }

  private hostCall(): Outcome {
    const { op, a } = this.instruction;
    const low = (offset: number): number => low32(this.slot(a + offset));
    switch (op) {
      case Op.input: {
        const pointer = low(0);
        const trap = this.checkLeaves([pointer], [pointer]);
        if (trap !== undefined) return trap;
        this.memory.write(pointer, this.registers.input);
        return this.next();
      }
      case Op.output: {
        const pointer = low(0);
        const trap = this.checkLeaves([pointer], [pointer]);
        if (trap !== undefined) return trap;
        this.registers.output = this.memory.read(pointer, 32);
        return Status.halted;
      }
      case Op.preimage:
        return this.preimage(low(0), low(1), low(2), low(3));
      case Op.inbox:
        return this.inbox(low(0), this.slot(a + 1), low(2));
      default:
        return this.hint(low(0), low(1), low(2));
    }
  }

  private preimage(kind: number, key: number, offset: number, destination: number): Outcome {
    if (kind > PreimageKind.blob) return Status.unknownKind;
    const trap = this.checkLeaves([key, offset, destination], [key, destination]);
    if (trap !== undefined) return trap;
    const data = this.host.preimage(kind, this.memory.read(key, 32));
    const part = new Uint8Array(32);
    part.set(data.subarray(offset, offset + 32));
    this.memory.write(destination, part);
    return this.setD(BigInt(data.length));
  }

  private inbox(kind: number, index: bigint, destination: number): Outcome {
    if (kind > 1) return Status.unknownKind;
    const trap = this.checkLeaves([destination], [destination]);
    if (trap !== undefined) return trap;
    const { batchCount, delayedCount } = this.registers.inboxLimit;
    if (index >= (kind === InboxKind.batch ? batchCount : delayedCount)) return this.setD(0n);
    const record = this.host.inbox(kind, index);
    if (record === null) throw new InboxMissing(kind, index);
    this.memory.write(destination, record);
    return this.setD(1n);
  }

  private hint(kind: number, pointer: number, length: number): Outcome {
    if (kind > 5) return Status.unknownKind;
    if (pointer % 32 !== 0) return Status.misaligned;
    if (pointer + length > this.program.linearSize) return Status.outOfBounds;
    this.host.hint(kind, this.memory.peek(pointer, length));
    return this.next();
  }

  /** The trap of pointers and offsets that are no multiples of 32, or of leaves outside linear memory. */
  private checkLeaves(aligned: number[], leaves: number[]): Outcome {
    if (aligned.some((value) => value % 32 !== 0)) return Status.misaligned;
    if (leaves.some((pointer) => pointer + 32 > this.program.linearSize)) return Status.outOfBounds;
    return undefined;
  }

  private get low(): number {
    return low32(this.instruction.imm);
  }

  private get highSigned(): bigint {
    return BigInt.asIntN(32, this.instruction.imm >> 32n);
  }

  private a(): bigint {
    return this.slot(this.instruction.a);
  }

  private b(): bigint {
    return this.slot(this.instruction.b);
  }

  private slot(slot: number): bigint {
    return fromBytes(this.memory.read(this.registers.fp + 8 * slot, 8));
  }

  private writeSlot(slot: number, value: bigint): void {
    this.memory.write(this.registers.fp + 8 * slot, toBytes(value, 8));
  }

  private setD(value: bigint): Outcome {
    this.writeSlot(this.instruction.d, value);
    return this.next();
  }

  private next(): Outcome {
    return this.go(this.registers.pc + 1);
  }

  private go(pc: number): Outcome {
    this.registers.pc = pc;
    return undefined;
  }
}

const low32 = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** Little-endian bytes as a number. */
function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]);
  return value;
}

/** The low `length` bytes of a number, little-endian. */
function toBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn);
  return bytes;
}
