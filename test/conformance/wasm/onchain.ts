import { toHex } from "../../../vm/commit/bytes";
import { commit } from "../../../vm/commit/commit";
import { emptyHost } from "../../../vm/host";
import type { FlatInstance } from "../../../vm/invoke";
import { ISA, OP_INFO } from "../../../vm/isa";
import { prove } from "../../../vm/prove/prove";
import { cloneRegisters } from "../../../vm/trace";
import { INSTRUCTION_BYTES, type Program } from "../../../vm/types";
import { FlatMachine } from "../../vm/support/flatMachine";
import { deployProver } from "../../vm/support/prover";
import type { CaseResult } from "./suite";

const LIMIT = { batchCount: 0n, delayedCount: 0n };

/** One executed step, with all that L1 needs to judge it. */
type Sample = { program: Program; op: number; before: Uint8Array; witness: Uint8Array; after: Uint8Array };

/** Keeps executed steps, spread over opcodes and modules, and has L1 do them. */
export class StepSampler {
  private readonly ofOpcode = new Map<number, Sample[]>();
  private readonly most: number;

  /** @param wanted - how many steps to prove in all; more are kept, since rare opcodes have few. */
  constructor(private readonly wanted: number) {
    this.most = wanted === 0 ? 0 : Math.ceil((3 * wanted) / ISA.length) + 1;
  }

  /** Looks at every step of an instance of the reference. */
  watch(reference: FlatInstance): void {
    const { program } = reference;
    const { code } = program;
    const inModule = new Map<number, number>();
    const mostInModule = Math.ceil(this.most / 3);
    reference.onStep = () => {
      const at = reference.registers.pc * INSTRUCTION_BYTES;
      const op = at + 1 < code.length ? code[at] | (code[at + 1] << 8) : 0;
      const here = inModule.get(op) ?? 0;
      if (here >= mostInModule) return;
      let samples = this.ofOpcode.get(op);
      if (samples === undefined) this.ofOpcode.set(op, (samples = []));
      if (samples.length >= this.most) return;
      inModule.set(op, here + 1);
      samples.push(takeSample(reference, op));
    };
  }

  /** Has L1 do the chosen steps. @returns one result a step, and a line about what was covered. */
  async proveAll(): Promise<{ results: CaseResult[]; summary: string }> {
    const chosen = this.choose();
    const results: CaseResult[] = [];
    for (const [program, samples] of groupByProgram(chosen)) {
      const prover = await deployProver(program);
      for (const { op, before, witness, after } of samples) {
        const name = `on-chain step ${results.length + 1}, ${OP_INFO.get(op)?.name ?? `opcode ${op}`}`;
        const actual = await prover.step(before, LIMIT, witness).catch((error: Error) => error.message);
        const isEqual = actual === toHex(after);
        results.push({ name, verdict: isEqual ? "passed" : "failed", reason: isEqual ? "" : `L1 says ${actual}` });
      }
    }
    const opcodes = new Set(chosen.map(({ op }) => op)).size;
    const missing = ISA.filter(({ op }) => !this.ofOpcode.has(op)).map(({ name }) => name);
    const never = missing.length === 0 ? "" : `; the suite never executes ${missing.join(", ")}`;
    return { results, summary: `on-chain: ${chosen.length} steps over ${opcodes} opcodes${never}` };
  }

  /** Round by round one of each opcode. */
  private choose(): Sample[] {
    const chosen: Sample[] = [];
    for (let round = 0; round < this.most; round++)
      for (const samples of this.ofOpcode.values())
        if (round < samples.length && chosen.length < this.wanted) chosen.push(samples[round]);
    return chosen;
  }
}

function takeSample({ program, memory, registers }: FlatInstance, op: number): Sample {
  const machine = new FlatMachine(program, { input: registers.input, inboxLimit: LIMIT, host: emptyHost });
  machine.memory.set(memory);
  machine.state = cloneRegisters(registers);
  const before = commit(machine);
  const witness = prove(machine);
  machine.step();
  return { program, op, before, witness, after: commit(machine) };
}

function groupByProgram(samples: Sample[]): Map<Program, Sample[]> {
  const groups = new Map<Program, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.program);
    if (group === undefined) groups.set(sample.program, [sample]);
    else group.push(sample);
  }
  return groups;
}
