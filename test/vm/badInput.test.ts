import { expect } from "chai";
import { machineResult } from "../../vm/commit/machineHash";
import { InboxMissing, MalformedModule, PreimageMissing, RefusedModule, StepLimit, VmError } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { emptyHost } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import { runToEnd } from "../../vm/runToEnd";
import { Status, type Machine } from "../../vm/types";
import { Random } from "./support/random";
import {
  I32,
  I64,
  code,
  exportFunction,
  functions,
  importFunction,
  memory,
  runModule,
  section,
  types,
  wasmModule,
  type Part,
} from "./support/wasmBytes";

const F32 = 0x7d;
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const DROP = 0x1a;
const zero: Part = [0x41, 0];

/** Bodies of `run` and what the flattener must name; `at` is where in the body the construct stands. */
const REFUSED_BODIES: [construct: string, body: Part, at: number][] = [
  ["f32.const", [0x43, 0, 0, 0, 0, DROP], 0],
  ["f64.const", [0x44, 0, 0, 0, 0, 0, 0, 0, 0, DROP], 0],
  ["f32.load", [...zero, 0x2a, 2, 0, DROP], 2],
  ["f64.load", [...zero, 0x2b, 3, 0, DROP], 2],
  ["memory.grow", [...zero, 0x40, 0, DROP], 2],
  ["memory.copy", [...zero, ...zero, ...zero, 0xfc, 10, 0, 0], 6],
  ["memory.fill", [...zero, ...zero, ...zero, 0xfc, 11, 0], 6],
  ["float operator 0xb2", [...zero, 0xb2, DROP], 2],
  ["float operator 0xbe", [...zero, 0xbe, DROP], 2],
  ["ref.null", [0xd0, 0x70, DROP], 0],
  ["vector instruction", [...zero, 0xfd, 0x0f, DROP], 2],
  ["select with a type", [...zero, ...zero, ...zero, 0x1c, 1, I32, DROP], 6],
];
const UNIT: [Part, Part] = [[], []];

/** Whole modules and what must be named. */
const REFUSED_MODULES: [construct: string, bytes: Uint8Array][] = [
  ["type f32", wasmModule(types([[F32], []], UNIT), functions(1), exportFunction("run", 0), code([]))],
  ["multi-value", wasmModule(types([[], [I32, I64]], UNIT), functions(1), exportFunction("run", 0), code([]))],
  ["table section", runModule([], section(4, [1, 0x70, 0, 1]))],
  ["start section", wasmModule(types(UNIT), functions(0), exportFunction("run", 0), section(8, [0]), code([]))],
  ["import env.abort", wasmModule(types(UNIT), importFunction("env", "abort", 0))],
  ["import solvent.sing", wasmModule(types(UNIT), importFunction("solvent", "sing", 0))],
  ["import solvent.toString", wasmModule(types(UNIT), importFunction("solvent", "toString", 0))],
  ["import solvent.input of another type", wasmModule(types(UNIT), importFunction("solvent", "input", 0))],
  [
    "import env.memory",
    wasmModule(section(2, [1, 3, 0x65, 0x6e, 0x76, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 1])),
  ],
  ["passive data segment", wasmModule(memory(1), section(11, [1, 1, 1, 7]))],
  ["data segment outside the memory", wasmModule(memory(1), section(11, [1, 0, 0x41, 0x80, 0x80, 4, 0x0b, 1, 7]))],
  ["memory of", wasmModule(section(5, [1, 0, 0x81, 0x20]))],
  ["shared or 64-bit memory", wasmModule(section(5, [1, 3, 1, 1]))],
];

describe("bad input of the VM", () => {
  const valid = runModule([], memory(1));

  for (const [construct, body, at] of REFUSED_BODIES)
    it(`V31: refuses ${construct} by name and byte offset`, () => {
      const bytes = runModule(body, memory(1));
      const refusal = refusalOf(bytes);
      expect(refusal.construct).to.equal(construct);
      expect(refusal.offset).to.equal(bytes.length - body.length - 1 + at);
      expect(refusal.code).to.equal("vm.refused");
      expect(refusal.message).to.include(`${construct} at byte ${refusal.offset}`);
    });

  for (const [construct, bytes] of REFUSED_MODULES)
    it(`V31: refuses a module with ${construct}`, () => {
      const refusal = refusalOf(bytes);
      expect(refusal.construct).to.include(construct);
      expect(refusal.offset).to.be.within(0, bytes.length);
    });

  it(`refuses a module that is cut off anywhere or has one bit changed, or flattens it: nothing else (seed ${SEED})`, () => {
    const bytes = runModule([...zero, 0x28, 2, 0, DROP, 0x42, 5, DROP], memory(1));
    const random = new Random(SEED);
    const variants = [...bytes.keys()].map((length) => bytes.subarray(0, length));
    for (let i = 0; i < 3000; i++) {
      const flipped = bytes.slice();
      flipped[random.below(flipped.length)] ^= 1 << random.below(8);
      variants.push(flipped);
    }
    let refused = 0;
    for (const variant of variants)
      try {
        flatten(variant);
      } catch (error) {
        expect(error, Buffer.from(variant).toString("hex")).to.be.instanceOf(VmError);
        refused++;
      }
    expect(refused).to.be.greaterThan(1000);
  });

  it("refuses bytes that are no module, and tells where", () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.from([1, 2, 3, 4]), valid.subarray(0, valid.length - 1)]) {
      expect(() => flatten(bytes))
        .to.throw(MalformedModule)
        .with.property("code", "vm.malformed");
    }
  });

  it("refuses an entry that does not exist or has parameters, and a frame area of no whole pages", () => {
    const withParameter = wasmModule(types([[I32], []]), functions(0), exportFunction("run", 0), code([]));
    const cases: [() => unknown, string][] = [
      [() => flatten(valid, { entry: "walk" }), "vm.not-found"],
      [() => flatten(withParameter), "vm.bad-argument"],
      [() => flatten(valid, { frameArea: 100 }), "vm.bad-argument"],
      [() => flatten(valid, { frameArea: 0 }), "vm.bad-argument"],
    ];
    for (const [attempt, expected] of cases) expect(attempt).to.throw(VmError).with.property("code", expected);
  });

  it("V38: stops a program that never ends at the limit; its result is then the zero hash", () => {
    const machine = start(runModule([0x03, 0x40, 0x0c, 0, 0x0b]));
    expect(() => runToEnd(machine, 5_000_000n))
      .to.throw(StepLimit)
      .with.property("code", "vm.step-limit");
    expect(machine.steps).to.equal(5_000_000n);
    expect(machine.status).to.equal(Status.running);
    expect(machineResult(machine.registers())).to.deep.equal(new Uint8Array(32));
  });

  it("V38: ends a recursion without end in a trap", () => {
    const machine = start(runModule([0x10, 0]));
    runToEnd(machine);
    expect(machine.status).to.equal(Status.stackExhausted);
  });

  it("stands before a host call whose data is missing, tells which, and goes on when it is there", () => {
    const preimage = (type: number): Part => importFunction("solvent", "preimage", type);
    const call: Part = [...zero, ...zero, ...zero, ...zero, 0x10, 0, DROP];
    const type: [Part, Part] = [[I32, I32, I32, I32], [I32]];
    const bytes = wasmModule(
      types(type, UNIT),
      preimage(0),
      functions(1),
      memory(1),
      exportFunction("run", 1),
      code(call),
    );
    let known: Uint8Array | null = null;
    const host = {
      ...emptyHost,
      preimage: (kind: number, key: Uint8Array) => known ?? emptyHost.preimage(kind, key),
    };
    const machine = start(bytes, host);
    for (let attempt = 0; attempt < 2; attempt++)
      expect(() => runToEnd(machine))
        .to.throw(PreimageMissing)
        .with.property("code", "vm.preimage-missing");
    const before = machine.steps;
    known = new Uint8Array(5);
    runToEnd(machine);
    expect(machine.status).to.equal(Status.halted);
    expect(machine.steps > before).to.equal(true);
  });

  it("stands before an inbox record that the host does not know although the limit is above it", () => {
    const type: [Part, Part] = [[I32, I64, I32], [I32]];
    const call: Part = [...zero, 0x42, 0, ...zero, 0x10, 0, DROP];
    const inbox = importFunction("solvent", "inbox", 0);
    const bytes = wasmModule(types(type, UNIT), inbox, functions(1), memory(1), exportFunction("run", 1), code(call));
    const machine = start(bytes);
    expect(() => runToEnd(machine))
      .to.throw(InboxMissing)
      .with.property("code", "vm.inbox-missing");
    expect(machine.status).to.equal(Status.running);
  });

  it("refuses an input that is not 32 bytes", () => {
    const program = flatten(valid);
    const inboxLimit = { batchCount: 0n, delayedCount: 0n };
    for (const length of [0, 31, 33])
      expect(() => createMachine(program, { input: new Uint8Array(length), inboxLimit, host: emptyHost }))
        .to.throw(VmError)
        .with.property("code", "vm.bad-argument");
  });
});

function start(bytes: Uint8Array, host = emptyHost): Machine {
  const inboxLimit = { batchCount: 1n, delayedCount: 0n };
  return createMachine(flatten(bytes), { input: new Uint8Array(32).fill(1), inboxLimit, host });
}

function refusalOf(bytes: Uint8Array): RefusedModule {
  try {
    flatten(bytes, { entry: null });
  } catch (error) {
    expect(error, String(error)).to.be.instanceOf(RefusedModule);
    return error as RefusedModule;
  }
  throw new Error("it was accepted");
}
