import { Binary, Condition, Op, branchOp, packInstruction } from "../isa";

/** A place in the code, known once bound. */
export type Label = { pc: number; isUsed: boolean };

/** An instruction under way: its low half of `imm` may be a label instead. */
export type Draft = {
  op: number;
  d: number;
  a: number;
  b: number;
  imm: bigint;
  target?: Label;
  /** Of a call: the function whose frame size and parameters are filled in at the end. */
  callee?: number;
  offset: number;
};

type Fields = { d?: number; a?: number; b?: number; imm?: bigint; target?: Label; callee?: number };

/** Collects instructions and looks at the last one to fuse it with the next, unless a label stands between them. */
export class Emitter {
  readonly code: Draft[] = [];
  /** Byte offset in the module that the next instructions come from. */
  offset = 0;
  /** Nothing before this index may be changed: a label is bound here. */
  private barrier = 0;

  emit(op: number, { d = 0, a = 0, b = 0, imm = 0n, target, callee }: Fields = {}): void {
    if (target !== undefined) target.isUsed = true;
    this.code.push({ op, d, a, b, imm, target, callee, offset: this.offset });
  }

  newLabel(): Label {
    return { pc: -1, isUsed: false };
  }

  /** Places a label here. One that nobody has used yet (and that is no loop's) does not hinder fusing. */
  bind(label: Label, isLoop = false): void {
    label.pc = this.code.length;
    if (label.isUsed || isLoop) this.barrier = this.code.length;
  }

  /** The last instruction, if it may still be changed. */
  get last(): Draft | undefined {
    return this.code.length > this.barrier ? this.code[this.code.length - 1] : undefined;
  }

  /** Takes the last instruction away again. */
  dropLast(): Draft {
    return this.code.pop()!;
  }

  /** The last instruction if it can be changed and does nothing but write slot `slot`. */
  producerOf(slot: number): Draft | undefined {
    const last = this.last;
    return last !== undefined && last.d === slot && isPureWrite(last.op) ? last : undefined;
  }

  /** `jump label`; to a loop that begins with its exit test, the test itself, which saves a step a round. */
  jump(label: Label): void {
    const head = label.pc >= 0 ? this.code[label.pc] : undefined;
    if (head === undefined || !isBranch(head.op) || head.target === undefined || label.pc === this.code.length) {
      this.emit(Op.jump, { target: label });
      return;
    }
    const { a, b, imm, op } = head;
    this.emit(op ^ 1, { a, b, imm, target: { pc: label.pc + 1, isUsed: true } });
    this.emit(Op.jump, { target: head.target });
  }

  /** Branches on a slot: fuses with the comparison that made it, where that is the last instruction. */
  branch(slot: number, isTemporary: boolean, whenTrue: boolean, target: Label): void {
    const producer = isTemporary ? this.producerOf(slot) : undefined;
    const fused = producer === undefined ? undefined : fusedBranch(producer, whenTrue);
    if (fused !== undefined) {
      this.dropLast();
      this.emit(fused.op, { a: fused.a, b: fused.b, imm: fused.imm, target });
      return;
    }
    this.emit(branchOp(whenTrue ? Condition.ne : Condition.eq, false, true), { a: slot, target });
  }
}

const isBranch = (op: number): boolean => op >= Op.branch && op < Op.binary;

/** Instructions whose only effect, apart from a trap, is to set slot d. */
function isPureWrite(op: number): boolean {
  if (op === Op.const || op === Op.select || op === Op.globalGet) return true;
  if (op >= Op.copy && op <= Op.extend32To64) return true;
  return (op >= Op.binary && op < Op.store) || (op >= Op.loadIndexed && op < Op.storeIndexed);
}

const isBinary = (op: number): boolean => op >= Op.binary && op < Op.load;
export const isComparison = (op: number): boolean => isBinary(op) && (op & 0x1f) >= Binary.eq;

/** The same comparison with the opposite answer. */
export const oppositeComparison = (op: number): number => (op & ~0x1f) | ((((op & 0x1f) - Binary.eq) ^ 1) + Binary.eq);

function fusedBranch(comparison: Draft, whenTrue: boolean): Omit<Draft, "offset"> | undefined {
  const { op, a, b, imm } = comparison;
  if (!isComparison(op)) return undefined;
  const is64 = (op & 0x20) !== 0;
  const isConst = (op & 0x80) !== 0;
  const condition = ((op & 0x1f) - Binary.eq) ^ (whenTrue ? 0 : 1);
  if (isConst && is64 && BigInt.asUintN(64, BigInt.asIntN(32, imm)) !== imm) return undefined;
  const high = isConst ? BigInt.asUintN(32, imm) << 32n : 0n;
  return { op: branchOp(condition, is64, isConst), d: 0, a, b: isConst ? 0 : b, imm: high };
}

/** Where a function's code begins and what a call of it needs. */
export type Placement = { startPc: number; parameters: number; frameSlots: number };

/**
 * Packs a function's code at `startPc`: puts labels in, lets jumps to jumps go to the end of the chain, fills calls in.
 * @param globalsBase - added to the addresses of globals.
 */
export function assemble(
  code: readonly Draft[],
  view: DataView,
  startPc: number,
  globalsBase: number,
  placementOf: (callee: number) => Placement,
): void {
  code.forEach((draft, index) => {
    let { a, b, imm } = draft;
    if (draft.callee !== undefined) {
      const callee = placementOf(draft.callee);
      [a, b, imm] = [callee.parameters, callee.frameSlots, BigInt(callee.startPc)];
    } else if (draft.target !== undefined) imm |= BigInt(startPc + endOfChain(code, draft.target.pc));
    else if (draft.op === Op.globalGet || draft.op === Op.globalSet) imm += BigInt(globalsBase);
    packInstruction(view, startPc + index, { op: draft.op, d: draft.d, a, b, imm });
  });
}

function endOfChain(code: readonly Draft[], pc: number): number {
  for (let hops = 0; hops < 8; hops++) {
    const draft = code[pc];
    if (draft?.op !== Op.jump || draft.target === undefined) return pc;
    pc = draft.target.pc;
  }
  return pc;
}
