import { expect } from "chai";
import type binaryenModule from "binaryen";
import { flatten } from "../../vm/flatten";
import { FlatInstance } from "../../vm/invoke";
import { Status } from "../../vm/types";

type Type = "i32" | "i64";

const BINARY = ["add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl", "rotr"]; // prettier-ignore
const COMPARE = ["eq", "ne", "lt_s", "lt_u", "le_s", "le_u", "gt_s", "gt_u", "ge_s", "ge_u"];
const UNARY: Record<Type, string[]> = {
  i32: ["clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s"],
  i64: ["clz", "ctz", "popcnt", "eqz", "extend8_s", "extend16_s", "extend32_s"],
};
const EDGES: Record<Type, bigint[]> = {
  i32: [0n, -1n, 2n ** 31n, 33n, 0x8081_7fffn, 0xffff_8000n],
  i64: [0n, -1n, 2n ** 63n, 65n, 0x7fff_8081n, -(2n ** 31n) - 1n],
};

describe("integer operators", () => {
  let binaryen: typeof binaryenModule;
  before(async () => {
    binaryen = (await import("binaryen")).default;
  });

  for (const type of ["i32", "i64"] as const)
    for (const name of [...BINARY, ...COMPARE, ...UNARY[type]])
      it(`V30: ${type}.${name} over edge operands, in slots and as constants, is the same in V8, fast and reference`, () => {
        const bytes = moduleOf(type, name);
        const program = flatten(bytes, { entry: null, frameArea: 4096 });
        const [fast, reference] = [new FlatInstance(program, "fast"), new FlatInstance(program, "reference")];
        const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
        for (const target of program.exports) {
          const bits = target.results[0] === "i32" ? 32 : 64;
          for (const args of operands(type, target.params.length)) {
            const what = `${target.name}(${args.join(", ")})`;
            const got = fast.invoke(target, args);
            expect(reference.invoke(target, args), what).to.deep.equal(got);
            const native = attempt(exports[target.name] as (...args: unknown[]) => number | bigint, type, args);
            expect(got.value, what).to.equal(native === null ? undefined : BigInt.asUintN(bits, BigInt(native)));
            expect(got.status === Status.halted, what).to.equal(native !== null);
          }
        }
      });

  /** Functions: the operator on slots; with each edge as left and as right constant; as a condition of a branch. */
  function moduleOf(type: Type, name: string): Uint8Array {
    const module = new binaryen.Module();
    module.setFeatures(binaryen.Features.MVP | binaryen.Features.SignExt);
    const operator = (module[type] as unknown as Record<string, (...args: number[]) => number>)[name];
    const isUnary = UNARY[type].includes(name);
    const isCondition = COMPARE.includes(name) || name === "eqz";
    const result = isCondition ? binaryen.i32 : binaryen[type];
    const local = (index: number): number => module.local.get(index, binaryen[type]);
    const constant = (value: bigint): number =>
      type === "i32"
        ? module.i32.const(Number(BigInt.asIntN(32, value)))
        : module.i64.const(BigInt.asIntN(64, value) as never);
    const add = (label: string, parameters: number, make: () => number): void => {
      const params = binaryen.createType(Array.from({ length: parameters }, () => binaryen[type]));
      module.addFunction(label, params, result, [], make());
      module.addFunctionExport(label, label);
      if (!isCondition) return;
      const branch = module.if(make(), module.i32.const(7), module.i32.const(9));
      module.addFunction(`${label} branch`, params, binaryen.i32, [], branch);
      module.addFunctionExport(`${label} branch`, `${label} branch`);
    };
    if (isUnary) add("slot", 1, () => operator(local(0)));
    else {
      add("slots", 2, () => operator(local(0), local(1)));
      for (const edge of EDGES[type]) {
        add(`right ${edge}`, 1, () => operator(local(0), constant(edge)));
        add(`left ${edge}`, 1, () => operator(constant(edge), local(0)));
      }
    }
    expect(module.validate()).to.equal(1);
    const bytes = module.emitBinary();
    module.dispose();
    return bytes;
  }
});

function operands(type: Type, count: number): bigint[][] {
  const edges = EDGES[type].map((edge) => BigInt.asUintN(type === "i32" ? 32 : 64, edge));
  return count === 1 ? edges.map((edge) => [edge]) : edges.flatMap((x) => edges.map((y) => [x, y]));
}

/** The value, or null where V8 traps. */
function attempt(call: (...args: unknown[]) => number | bigint, type: Type, args: bigint[]): number | bigint | null {
  try {
    return call(...args.map((arg) => (type === "i32" ? Number(BigInt.asIntN(32, arg)) : BigInt.asIntN(64, arg))));
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return null;
    throw error;
  }
}
