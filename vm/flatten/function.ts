import { RefusedModule } from "../errors";
import { Binary, Op, binaryOp } from "../isa";
import { decodeBody, W, type Decoded } from "./decode";
import { Emitter, isComparison, oppositeComparison, type Draft, type Label } from "./emitter";
import type { FunctionType, Module } from "./module";
import {
  BINARY_RULES,
  constantToTheRight,
  EXTEND_U,
  HOST_OPS,
  I32_EQZ,
  I64_EQZ,
  LOAD_RULES,
  STORE_RULES,
  UNARY_RULES,
  WRAP,
} from "./operators";
import { localsToZero } from "./zeroing";

/** Slots of one frame that an instruction can name. */
const MAX_FRAME_SLOTS = 8191;
const MAX_ZEROED = 4;

/**
 * Where an operand is. A temporary is in the slot of its height; a local or a constant has not been copied there (yet).
 * `isWide`: a 64-bit value taken as i32 by its low half, the high half still being there.
 */
type Operand =
  | { kind: "temporary"; slot: number; isWide: boolean }
  | { kind: "local"; slot: number; isWide: boolean }
  | { kind: "constant"; value: bigint };

type Frame = {
  op: number;
  /** Height of the operand stack at its start. */
  height: number;
  arity: number;
  /** Where a branch goes: the start of a loop, else the end. */
  target: Label;
  end: Label;
  otherwise?: Label;
  /** Code at its start could be reached. */
  wasLive: boolean;
};

/** The flat code of one function; its labels count from its first instruction. `callees`: the functions it may call. */
export type FlatFunction = { code: Draft[]; frameSlots: number; callees?: number[] };

/**
 * Flattens one function of a valid module.
 * @throws RefusedModule for what is outside the subset.
 */
export function flattenFunction(module: Module, index: number): FlatFunction {
  return new FunctionFlattener(module, index).flatten();
}

class FunctionFlattener {
  private readonly emitter = new Emitter();
  private readonly type: FunctionType;
  private readonly stack: Operand[] = [];
  private readonly frames: Frame[] = [];
  private readonly link: number;
  private slotOfLocal: number[] = [];
  private firstTemporary = 0;
  private frameSlots = 0;
  private isLive = true;

  constructor(
    private readonly module: Module,
    private readonly index: number,
  ) {
    this.type = module.functions[index];
    this.link = this.type.params.length;
  }

  flatten(): FlatFunction {
    const body = this.module.bodies[this.index - this.module.imports.length];
    const { locals, code } = decodeBody(this.module, body);
    this.emitter.offset = body.start;
    this.layOut(code, locals);
    const end = this.emitter.newLabel();
    this.frames.push({ op: W.block, height: 0, arity: this.type.results.length, target: end, end, wasLive: true });
    for (const decoded of code) {
      this.emitter.offset = decoded.offset;
      if (this.isLive) this.instruction(decoded);
      else this.deadInstruction(decoded);
      if (this.frameSlots > MAX_FRAME_SLOTS)
        throw new RefusedModule(`frame of more than ${MAX_FRAME_SLOTS} slots`, body.start);
    }
    const callees = code.filter(({ op }) => op === W.call).map(({ index }) => index);
    return { code: this.emitter.code, frameSlots: this.frameSlots, callees };
  }

  /** Parameters, link, locals that must be zeroed, other locals, temporaries. */
  private layOut(code: readonly Decoded[], locals: number): void {
    const parameters = this.type.params.length;
    const count = parameters + locals;
    if (count + 1 > MAX_FRAME_SLOTS)
      throw new RefusedModule(`frame of more than ${MAX_FRAME_SLOTS} slots`, this.emitter.offset);
    const zeroed = localsToZero(code, count, parameters);
    this.slotOfLocal = new Array<number>(count);
    let slot = 0;
    for (let i = 0; i < parameters; i++) this.slotOfLocal[i] = slot++;
    slot++;
    const firstZeroed = slot;
    for (let i = parameters; i < count; i++) if (zeroed[i]) this.slotOfLocal[i] = slot++;
    for (let at = firstZeroed; at < slot; at += MAX_ZEROED)
      this.emitter.emit(Op.zero, { d: at, b: Math.min(MAX_ZEROED, slot - at) });
    for (let i = parameters; i < count; i++) if (!zeroed[i]) this.slotOfLocal[i] = slot++;
    this.firstTemporary = slot;
    this.frameSlots = slot;
  }

  private instruction(decoded: Decoded): void {
    const { op, index, value } = decoded;
    const binaryRule = BINARY_RULES.get(op);
    if (binaryRule !== undefined) return this.binary(binaryRule.fn, binaryRule.is64, binaryRule.swap);
    const unaryOp = UNARY_RULES.get(op);
    if (unaryOp !== undefined) return this.pushNew(unaryOp, { a: this.slotOf(this.pop()) });
    const load = LOAD_RULES.get(op);
    if (load !== undefined) return this.load(load, index);
    const store = STORE_RULES.get(op);
    if (store !== undefined) return this.store(store, index);
    switch (op) {
      case W.unreachable:
        this.emitter.emit(Op.unreachable);
        this.isLive = false;
        return;
      case W.nop:
        return;
      case W.block:
      case W.loop:
      case W.if:
        return this.enter(op, index);
      case W.else:
        return this.else();
      case W.end:
        return this.end();
      case W.br:
        this.branchAlways(index);
        this.isLive = false;
        return;
      case W.brIf:
        return this.branchIf(index);
      case W.brTable:
        return this.branchTable(decoded.targets!);
      case W.return:
        this.return();
        this.isLive = false;
        return;
      case W.call:
        return this.call(index);
      case W.drop:
        this.pop();
        return;
      case W.select:
        return this.select();
      case W.localGet:
        this.push({ kind: "local", slot: this.slotOfLocal[index], isWide: false });
        return;
      case W.localSet:
        this.setLocal(this.slotOfLocal[index], this.pop());
        return;
      case W.localTee:
        return this.teeLocal(this.slotOfLocal[index]);
      case W.globalGet:
        return this.globalGet(index);
      case W.globalSet:
        this.emitter.emit(Op.globalSet, { a: this.materialize(this.pop()), imm: BigInt(8 * index) });
        return;
      case W.memorySize:
        this.push({ kind: "constant", value: BigInt(this.module.memoryPages) });
        return;
      case W.i32Const:
      case W.i64Const:
        this.push({ kind: "constant", value });
        return;
      case I32_EQZ:
      case I64_EQZ:
        return this.isZero(op === I64_EQZ);
      case WRAP:
        return this.wrap();
      case EXTEND_U:
        return this.extendUnsigned();
    }
  }

  /** Behind an unconditional branch only the nesting matters. */
  private deadInstruction({ op, index }: Decoded): void {
    if (op === W.block || op === W.loop || op === W.if) {
      const label = this.emitter.newLabel();
      const height = this.stack.length;
      this.frames.push({ op, height, arity: index, target: label, end: label, wasLive: false });
    } else if (op === W.else) this.else();
    else if (op === W.end) this.end();
  }

  // ---- operands

  private get height(): number {
    return this.stack.length;
  }

  private temporary(height: number): number {
    const slot = this.firstTemporary + height;
    if (slot >= this.frameSlots) this.frameSlots = slot + 1;
    return slot;
  }

  private push(operand: Operand): void {
    this.stack.push(operand);
  }

  private pop(): Operand {
    return this.stack.pop()!;
  }

  /** Emits an instruction whose result becomes the new top of the stack. */
  private pushNew(op: number, fields: { a?: number; b?: number; imm?: bigint }): void {
    const slot = this.temporary(this.height);
    this.emitter.emit(op, { ...fields, d: slot });
    this.push({ kind: "temporary", slot, isWide: false });
  }

  /** A slot that holds the operand, perhaps with a wide high half; `above` is how far over the top it stood. */
  private slotOf(operand: Operand, above = 0): number {
    if (operand.kind !== "constant") return operand.slot;
    const slot = this.temporary(this.height + above);
    this.emitter.emit(Op.const, { d: slot, imm: operand.value });
    return slot;
  }

  /** A slot that holds exactly the operand. */
  private materialize(operand: Operand, above = 0): number {
    if (operand.kind === "constant" || !operand.isWide) return this.slotOf(operand, above);
    const slot = this.temporary(this.height + above);
    this.moveTo(slot, operand);
    return slot;
  }

  /** Puts an operand into a slot. */
  private moveTo(slot: number, operand: Operand): void {
    if (operand.kind === "constant") this.emitter.emit(Op.const, { d: slot, imm: operand.value });
    else if (operand.isWide) this.emitter.emit(Op.wrap, { d: slot, a: operand.slot });
    else if (operand.slot !== slot) this.emitter.emit(Op.copy, { d: slot, a: operand.slot });
  }

  /** Copies stack entries that are still locals (all, or one local's) to the slots of their heights. */
  private spill(local?: number): void {
    this.stack.forEach((operand, height) => {
      if (operand.kind !== "local" || (local !== undefined && operand.slot !== local)) return;
      const slot = this.temporary(height);
      this.moveTo(slot, operand);
      this.stack[height] = { kind: "temporary", slot, isWide: false };
    });
  }

  private setLocal(slot: number, operand: Operand): void {
    const needsSpill = this.stack.some((entry) => entry.kind === "local" && entry.slot === slot);
    const producer =
      operand.kind === "temporary" && !operand.isWide ? this.emitter.producerOf(operand.slot) : undefined;
    if (producer === undefined) {
      if (needsSpill) this.spill(slot);
      if (operand.kind !== "local" || operand.slot !== slot || operand.isWide) this.moveTo(slot, operand);
      return;
    }
    // The last instruction may as well write the local itself; copies of the old value must come before it.
    if (needsSpill) {
      const draft = this.emitter.dropLast();
      this.spill(slot);
      this.emitter.code.push(draft);
    }
    producer.d = slot;
  }

  private teeLocal(slot: number): void {
    const operand = this.pop();
    this.setLocal(slot, operand);
    this.push(operand.kind === "constant" ? operand : { kind: "local", slot, isWide: false });
  }

  private globalGet(index: number): void {
    const { isMutable, initial } = this.module.globals[index];
    if (isMutable) this.pushNew(Op.globalGet, { imm: BigInt(8 * index) });
    else this.push({ kind: "constant", value: initial });
  }

  // ---- numbers

  private binary(fn: number, is64: boolean, swap: boolean): void {
    let right = this.pop();
    let left = this.pop();
    if (swap) [left, right] = [right, left];
    const bits = is64 ? 64 : 32;
    if (left.kind === "constant" && right.kind !== "constant") {
      const turned = constantToTheRight(fn, left.value, bits);
      if (turned !== undefined) {
        fn = turned.fn;
        [left, right] = [right, { kind: "constant", value: turned.c }];
      }
    }
    if (right.kind === "constant") {
      this.pushNew(binaryOp(fn, is64, true), { a: this.slotOf(left), imm: right.value });
      return;
    }
    // Swapped, a constant stood over the other operand.
    this.pushNew(binaryOp(fn, is64, false), { a: this.slotOf(left, swap ? 1 : 0), b: right.slot });
  }

  private isZero(is64: boolean): void {
    const operand = this.pop();
    const producer = operand.kind === "temporary" ? this.emitter.producerOf(operand.slot) : undefined;
    if (!is64 && producer !== undefined && isComparison(producer.op)) {
      producer.op = oppositeComparison(producer.op);
      this.push(operand);
      return;
    }
    this.pushNew(binaryOp(Binary.eq, is64, true), { a: this.slotOf(operand) });
  }

  private wrap(): void {
    const operand = this.pop();
    if (operand.kind === "constant") this.push({ kind: "constant", value: BigInt.asUintN(32, operand.value) });
    else this.push({ ...operand, isWide: true });
  }

  private extendUnsigned(): void {
    const operand = this.pop();
    if (operand.kind === "constant" || !operand.isWide) this.push(operand);
    else this.pushNew(Op.wrap, { a: operand.slot });
  }

  private select(): void {
    const condition = this.pop();
    const no = this.pop();
    const yes = this.pop();
    const a = this.materialize(yes, 0);
    const b = this.materialize(no, 1);
    this.pushNew(Op.select, { a, b, imm: BigInt(this.slotOf(condition, 2)) });
  }

  // ---- memory

  private load(kind: number, offset: number): void {
    const address = this.pop();
    if (address.kind === "constant" && Number(address.value) + offset < 2 ** 32) {
      this.pushNew(Op.loadAbsolute + kind, { imm: address.value + BigInt(offset) });
      return;
    }
    const sum = this.sumBehind(address);
    if (sum !== undefined) this.pushNew(Op.loadIndexed + kind, { ...sum, imm: BigInt(offset) });
    else this.pushNew(Op.load + kind, { a: this.slotOf(address), imm: BigInt(offset) });
  }

  private store(kind: number, offset: number): void {
    const value = this.pop();
    const address = this.pop();
    const imm = BigInt(offset);
    if (address.kind === "constant" && Number(address.value) + offset < 2 ** 32) {
      const b = this.slotOf(value);
      this.emitter.emit(Op.storeAbsolute + kind, { b, imm: imm + address.value });
      return;
    }
    if (value.kind === "constant" && address.kind !== "constant" && fitsHigh(value.value, kind)) {
      const high = BigInt.asUintN(32, value.value) << 32n;
      this.emitter.emit(Op.storeConst + kind, { a: address.slot, imm: imm | high });
      return;
    }
    const sum = value.kind === "local" ? this.sumBehind(address) : undefined;
    if (sum !== undefined && value.kind === "local")
      this.emitter.emit(Op.storeIndexed + kind, { ...sum, d: value.slot, imm });
    else this.emitter.emit(Op.store + kind, { a: this.slotOf(address, 0), b: this.slotOf(value, 1), imm });
  }

  /** The two slots whose 32-bit sum is the operand, if the last instruction added them; takes that away. */
  private sumBehind(operand: Operand): { a: number; b: number } | undefined {
    if (operand.kind !== "temporary") return undefined;
    const producer = this.emitter.producerOf(operand.slot);
    if (producer?.op !== binaryOp(Binary.add, false, false)) return undefined;
    const { a, b } = this.emitter.dropLast();
    return { a, b };
  }

  // ---- control

  private enter(op: number, arity: number): void {
    const condition = op === W.if ? this.pop() : undefined;
    // Copies must not stand between a comparison and its branch, nor may the branch skip them.
    const comparison =
      condition?.kind === "temporary" && this.emitter.producerOf(condition.slot) !== undefined
        ? this.emitter.dropLast()
        : undefined;
    this.spill();
    if (comparison !== undefined) this.emitter.code.push(comparison);
    const end = this.emitter.newLabel();
    const frame: Frame = { op, height: this.height, arity, target: end, end, wasLive: true };
    if (op === W.loop) {
      frame.target = this.emitter.newLabel();
      this.emitter.bind(frame.target, true);
    }
    if (condition !== undefined) {
      frame.otherwise = this.emitter.newLabel();
      this.branchOn(condition, false, frame.otherwise);
    }
    this.frames.push(frame);
  }

  private else(): void {
    const frame = this.frames[this.frames.length - 1];
    if (!frame.wasLive) return;
    if (this.isLive) {
      this.moveResult(frame);
      this.emitter.emit(Op.jump, { target: frame.end });
    }
    this.stack.length = frame.height;
    this.emitter.bind(frame.otherwise!);
    frame.otherwise = undefined;
    this.isLive = true;
  }

  private end(): void {
    const frame = this.frames.pop()!;
    if (this.frames.length === 0) return this.endFunction(frame);
    if (!frame.wasLive) return;
    if (this.isLive) this.moveResult(frame);
    if (frame.otherwise !== undefined) this.emitter.bind(frame.otherwise);
    this.isLive ||= frame.otherwise?.isUsed === true || frame.end.isUsed;
    this.emitter.bind(frame.end);
    this.stack.length = frame.height;
    if (frame.arity === 1) this.push({ kind: "temporary", slot: this.temporary(frame.height), isWide: false });
  }

  private endFunction(frame: Frame): void {
    if (this.isLive) this.return();
    if (!frame.end.isUsed) return;
    this.emitter.bind(frame.end);
    this.stack.length = 0;
    if (frame.arity === 1) this.push({ kind: "temporary", slot: this.temporary(0), isWide: false });
    this.return();
  }

  /** Brings the top of the stack, where the block has a result, to the slot where the code behind the block expects it. */
  private moveResult(frame: Frame): void {
    if (frame.arity === 1) this.moveTo(this.temporary(frame.height), this.stack[this.height - 1]);
  }

  private label(index: number): { frame: Frame; arity: number; isFunction: boolean } {
    const at = this.frames.length - 1 - index;
    const frame = this.frames[at];
    return { frame, arity: frame.op === W.loop ? 0 : frame.arity, isFunction: at === 0 };
  }

  private branchAlways(index: number): void {
    const { frame, arity, isFunction } = this.label(index);
    if (isFunction) return this.return();
    if (arity === 1) this.moveResult(frame);
    this.emitter.jump(frame.target);
  }

  private branchIf(index: number): void {
    const condition = this.pop();
    const { frame, arity } = this.label(index);
    const top = this.stack[this.height - 1];
    const isInPlace =
      arity === 0 || (top.kind === "temporary" && !top.isWide && top.slot === this.temporary(frame.height));
    if (isInPlace) return this.branchOn(condition, true, frame.target);
    const skip = this.emitter.newLabel();
    this.branchOn(condition, false, skip);
    this.branchAlways(index);
    this.emitter.bind(skip);
  }

  /** Branches if the condition is non-zero (`whenTrue`) or zero. */
  private branchOn(condition: Operand, whenTrue: boolean, target: Label): void {
    if (condition.kind !== "constant")
      this.emitter.branch(condition.slot, condition.kind === "temporary", whenTrue, target);
    else this.emitter.branch(this.slotOf(condition), false, whenTrue, target);
  }

  private branchTable(targets: number[]): void {
    const index = this.slotOf(this.pop());
    const arity = this.label(targets[targets.length - 1]).arity;
    if (arity === 1) {
      const result = this.pop();
      const slot = this.temporary(this.height);
      this.moveTo(slot, result);
      this.push({ kind: "temporary", slot, isWide: false });
    }
    this.emitter.emit(Op.brTable, { a: index, imm: BigInt(targets.length - 1) });
    const ways = targets.map((target) => this.wayTo(target, arity));
    for (const way of ways) this.emitter.emit(Op.jump, { target: way.label });
    for (const way of ways) {
      if (way.direct) continue;
      this.emitter.bind(way.label);
      this.branchAlways(way.target);
    }
    this.isLive = false;
  }

  private wayTo(target: number, arity: number): { label: Label; target: number; direct: boolean } {
    const { frame, isFunction } = this.label(target);
    const isInPlace = arity === 0 || frame.height === this.height - 1;
    const direct = isInPlace && !isFunction;
    return { label: direct ? frame.target : this.emitter.newLabel(), target, direct };
  }

  private return(): void {
    const a = this.link;
    if (this.type.results.length === 0) return this.emitter.emit(Op.return, { a });
    const result = this.stack[this.height - 1];
    if (result.kind === "constant") return this.emitter.emit(Op.returnConst, { a, imm: result.value });
    if (!result.isWide) return this.emitter.emit(Op.returnSlot, { a, b: result.slot });
    const slot = this.temporary(this.height - 1);
    this.emitter.emit(Op.wrap, { d: slot, a: result.slot });
    this.emitter.emit(Op.returnSlot, { a, b: slot });
  }

  private call(callee: number): void {
    const refusal = this.module.refusedFunctions.get(callee);
    if (refusal !== undefined) throw refusal;
    const { params, results } = this.module.functions[callee];
    const first = this.height - params.length;
    for (let height = first; height < this.height; height++) this.moveTo(this.temporary(height), this.stack[height]);
    this.stack.length = first;
    const d = this.temporary(first);
    const host = this.module.imports[callee];
    if (host !== undefined) this.emitter.emit(HOST_OPS[host], { d: results.length === 1 ? d : 0, a: d });
    else this.emitter.emit(Op.call, { d, callee });
    if (results.length === 1) this.push({ kind: "temporary", slot: d, isWide: false });
  }
}

/** Whether storing the sign-extended low half of a constant stores the constant. */
function fitsHigh(value: bigint, kind: number): boolean {
  return kind < 3 || BigInt.asUintN(64, BigInt.asIntN(32, value)) === value;
}
