import type binaryenModule from "binaryen";

type Expression = number;
type Type = "i32" | "i64";

const BINARY = [
  "add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr",
] as const; // prettier-ignore
const COMPARE = ["eq", "ne", "lt_s", "lt_u", "le_s", "le_u", "gt_s", "gt_u", "ge_s", "ge_u"] as const;
const UNARY = ["clz", "ctz", "popcnt", "extend8_s", "extend16_s"] as const;
const LOADS: Record<Type, string[]> = {
  i32: ["load", "load8_s", "load8_u", "load16_s", "load16_u"],
  i64: ["load", "load8_s", "load8_u", "load16_s", "load16_u", "load32_s", "load32_u"],
};
const STORES: Record<Type, string[]> = {
  i32: ["store", "store8", "store16"],
  i64: ["store", "store8", "store16", "store32"],
};
const LOCALS: Type[] = ["i64", "i64", "i32", "i64", "i32"];
const PARAMETERS = 2;
const FUNCTIONS = 3;

/** A random valid module of the accepted subset, exporting `main(i64, i64) -> i64` and a memory of one page, and arguments for it. */
export function randomModule(binaryen: typeof binaryenModule, seed: number): { bytes: Uint8Array; args: bigint[] } {
  return new Generator(binaryen, seed).make();
}

class Generator {
  private readonly module: InstanceType<typeof binaryenModule.Module>;
  private state: number;
  private function = 0;
  /** Labels that code may branch to, innermost last; of loops with a fuel check. */
  private labels: string[] = [];
  /** Blocks with a result, innermost last: branches to them carry a value. */
  private valueLabels: { name: string; type: Type }[] = [];
  private count = 0;

  constructor(
    private readonly binaryen: typeof binaryenModule,
    seed: number,
  ) {
    this.state = (seed * 2654435761) >>> 0 || 1;
    this.module = new binaryen.Module();
  }

  make(): { bytes: Uint8Array; args: bigint[] } {
    const { binaryen } = this;
    const module = this.module;
    module.setFeatures(binaryen.Features.MVP | binaryen.Features.SignExt);
    module.setMemory(1, 1, "memory");
    module.addGlobal("g0", binaryen.i64, true, this.constant("i64"));
    module.addGlobal("g1", binaryen.i32, true, this.constant("i32"));
    const params = binaryen.createType([binaryen.i64, binaryen.i64]);
    for (this.function = FUNCTIONS - 1; this.function >= 0; this.function--) {
      const rest = LOCALS.slice(PARAMETERS).map((type) => binaryen[type]);
      const body = module.block(null, [...this.statements(4), this.value("i64", 5)], binaryen.i64);
      module.addFunction(`f${this.function}`, params, binaryen.i64, rest, body);
    }
    module.addFunctionExport("f0", "main");
    if (!module.validate()) throw new Error("bug: the generator made an invalid module");
    if (this.below(2) === 0) {
      binaryen.setOptimizeLevel(2);
      module.optimize();
    }
    const bytes = module.emitBinary();
    module.dispose();
    return { bytes, args: [this.word(), this.word()] };
  }

  private statements(depth: number): Expression[] {
    return Array.from({ length: 1 + this.below(3) }, () => this.statement(depth));
  }

  private statement(depth: number): Expression {
    const module = this.module;
    if (depth <= 0) return this.setLocal(1);
    switch (this.below(12)) {
      case 9:
        return this.exitWithValue(depth);
      case 10:
        return module.if(this.rarely(depth), module.return(this.value("i64", depth - 1)));
      case 11:
        return this.below(4) === 0 ? module.if(this.rarely(depth), module.unreachable()) : this.setLocal(depth);
      case 0:
        return module.if(
          this.value("i32", depth - 1),
          module.block(null, this.statements(depth - 1)),
          this.below(2) === 0 ? module.block(null, this.statements(depth - 1)) : undefined,
        );
      case 1:
        return this.block(depth);
      case 2:
        return this.loop(depth);
      case 3:
        return this.store(depth);
      case 4:
        return module.global.set("g0", this.value("i64", depth - 1));
      case 5:
        if (this.labels.length === 0) return module.nop();
        return module.br(this.label(), this.value("i32", depth - 1));
      case 6:
        if (this.labels.length === 0) return module.drop(this.value("i64", depth));
        return module.block(null, [
          module.switch([this.label(), this.label(), this.label()], this.label(), this.value("i32", depth - 1)),
        ]);
      default:
        return this.setLocal(depth);
    }
  }

  /** A condition that seldom holds, so that most of the code behind it runs. */
  private rarely(depth: number): Expression {
    const module = this.module;
    return module.i32.eq(module.i32.and(this.value("i32", depth - 1), module.i32.const(15)), module.i32.const(5));
  }

  /** Leaves a block with a result early, by `br`, `br_if` or `br_table`. */
  private exitWithValue(depth: number): Expression {
    const module = this.module;
    if (this.valueLabels.length === 0) return this.setLocal(depth);
    const { name, type } = this.valueLabels[this.below(this.valueLabels.length)];
    const value = this.value(type, depth - 1);
    const way = this.below(3);
    if (way === 0) return module.if(this.rarely(depth), module.br(name, undefined, value));
    if (way === 1) return module.drop(module.br(name, this.value("i32", depth - 1), value));
    const same = this.valueLabels.filter((label) => label.type === type).map((label) => label.name);
    const names = Array.from({ length: 1 + this.below(4) }, () => same[this.below(same.length)]);
    return module.if(this.rarely(depth), module.switch(names, name, this.value("i32", depth - 1), value));
  }

  /** A block with a result; what is inside may leave it with another one. */
  private typedBlock(type: Type, depth: number): Expression {
    const name = `t${this.count++}`;
    this.valueLabels.push({ name, type });
    const body = [...this.statements(depth - 1), this.value(type, depth - 1)];
    this.valueLabels.pop();
    return this.module.block(name, body, this.binaryen[type]);
  }

  private setLocal(depth: number): Expression {
    const local = this.below(LOCALS.length);
    return this.module.local.set(local, this.value(LOCALS[local], depth));
  }

  private block(depth: number): Expression {
    const name = `b${this.count++}`;
    this.labels.push(name);
    const body = this.statements(depth - 1);
    this.labels.pop();
    return this.module.block(name, body, this.binaryen.none);
  }

  /** Runs at most as long as the fuel in global 1 lasts. */
  private loop(depth: number): Expression {
    const module = this.module;
    const name = `l${this.count++}`;
    const body = this.statements(depth - 1);
    const fuel = module.global.get("g1", this.binaryen.i32);
    body.push(
      module.global.set("g1", module.i32.shr_u(fuel, module.i32.const(1))),
      module.br(name, module.i32.and(module.global.get("g1", this.binaryen.i32), this.value("i32", 1))),
    );
    return module.loop(name, module.block(null, body));
  }

  private store(depth: number): Expression {
    const type = this.type();
    const kind = STORES[type][this.below(STORES[type].length)];
    const operations = this.module[type] as unknown as Record<
      string,
      (offset: number, align: number, address: Expression, value: Expression) => Expression
    >;
    return operations[kind](this.below(64), 1, this.address(depth), this.value(type, depth - 1));
  }

  private address(depth: number): Expression {
    const module = this.module;
    const any = this.value("i32", depth - 1);
    const isWild = this.below(12) === 0;
    return isWild ? any : module.i32.add(module.i32.and(any, module.i32.const(0x7fff)), this.masked());
  }

  private masked(): Expression {
    return this.module.i32.and(this.value("i32", 0), this.module.i32.const(0x3fff));
  }

  private value(type: Type, depth: number): Expression {
    const module = this.module;
    const other: Type = type === "i32" ? "i64" : "i32";
    const operations = module[type] as unknown as Record<string, (...args: Expression[]) => Expression>;
    const comparisons = module[this.type()] as unknown as Record<string, (...args: Expression[]) => Expression>;
    if (depth <= 0) return this.below(3) === 0 ? this.constant(type) : this.local(type);
    const child = (childType: Type): Expression => this.value(childType, depth - 1);
    switch (this.below(14)) {
      case 12:
        return this.typedBlock(type, depth);
      case 13: {
        const size = module.memory.size();
        return type === "i32" ? size : module.i64.extend_u(size);
      }
      case 0:
      case 1:
      case 2:
        return operations[BINARY[this.below(BINARY.length)]](child(type), child(type));
      case 3:
        return operations[UNARY[this.below(UNARY.length)]](child(type));
      case 4: {
        if (type === "i64") return module.i64.extend_u(child("i32"));
        const compared: Type = comparisons === (module.i32 as unknown) ? "i32" : "i64";
        return comparisons[COMPARE[this.below(COMPARE.length)]](child(compared), child(compared));
      }
      case 5:
        return type === "i32" ? module.i32.wrap(child(other)) : module.i64.extend_s(child(other));
      case 6:
        return module.select(child("i32"), child(type), child(type));
      case 7: {
        const kind = LOADS[type][this.below(LOADS[type].length)];
        return operations[kind](this.below(64), 1, this.address(depth));
      }
      case 8: {
        const locals = LOCALS.map((_, i) => i).filter((i) => LOCALS[i] === type);
        const local = locals[this.below(locals.length)];
        return module.local.tee(local, child(type), this.binaryen[type]);
      }
      case 9:
        if (type === "i64" && this.function + 1 < FUNCTIONS && this.below(2) === 0)
          return module.call(`f${this.function + 1}`, [child("i64"), child("i64")], this.binaryen.i64);
        return module.if(child("i32"), child(type), child(type));
      case 10:
        return type === "i32" ? module.i32.eqz(child("i32")) : module.global.get("g0", this.binaryen.i64);
      default:
        return this.local(type);
    }
  }

  private local(type: Type): Expression {
    const locals = LOCALS.map((_, i) => i).filter((i) => LOCALS[i] === type);
    return this.module.local.get(locals[this.below(locals.length)], this.binaryen[type]);
  }

  private constant(type: Type): Expression {
    const word = this.word();
    if (type === "i32") return this.module.i32.const(Number(BigInt.asIntN(32, word)));
    // binaryen takes a bigint where it is built with BigInt
    return this.module.i64.const(BigInt.asIntN(64, word) as never);
  }

  /** Often an edge of the range. */
  private word(): bigint {
    const edges = [0n, 1n, -1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 63n - 1n, 7n];
    if (this.below(2) === 0) return BigInt.asUintN(64, edges[this.below(edges.length)]);
    return (BigInt(this.next()) << 32n) | BigInt(this.next());
  }

  private label(): string {
    return this.labels[this.below(this.labels.length)];
  }

  private type(): Type {
    return this.below(2) === 0 ? "i32" : "i64";
  }

  private below(count: number): number {
    return this.next() % count;
  }

  /** xorshift32 */
  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }
}
