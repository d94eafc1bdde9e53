import type { Hex } from "../../protocol/types";
import { OutputTree } from "../../games/history/outputTree";
import { PatchedTree } from "../../games/history/patchedTree";
import type { HistoryTree } from "../../games/history/history";
import type { MachineHistory, Parent, RunHistory, Truth } from "../../games/edges/truth";
import { futureOf } from "../../games/truth";
import type { OutputPreimage } from "../../games/edges/types";
import { ZERO_HASH, fromHex, keccak256, outputRoot, toHex, word } from "../../protocol";
import { committerOf } from "../../vm/commit/commit";
import { decodeRegisters, encodeRegisters, hashRegisters, machineResult } from "../../vm/commit/machineHash";
import { historySync } from "../../vm/history/history";
import type { Host } from "../../vm/host";
import { createMachine } from "../../vm/machine";
import { prove } from "../../vm/prove/prove";
import { Status, type Machine, type Program } from "../../vm/types";
import { memo } from "./lyingTruth";
import { toyOutput } from "./toy/machine";

type Heights = readonly [number, number, number];

/** Blocks of the test program's chain: an output root's state root is the next output root, so it is made from its end. */
export class VmChain {
  readonly outputs: OutputPreimage[] = [];
  readonly roots: Hex[] = [];
  private readonly data = new Map<Hex, Uint8Array>();

  /** @param blocks - Runs until the chain is idle, or until the run that traps. */
  constructor(blocks: number, traps: boolean, records: readonly Hex[]) {
    let next: Hex = traps ? `0x${"ff".repeat(32)}` : ZERO_HASH;
    for (let number = blocks; number >= 0; number--) {
      const { header } = toyOutput(number);
      const output = { stateRoot: next, messagePasserStorageRoot: ZERO_HASH, header };
      const blockHash = toHex(keccak256(fromHex(header)));
      next = outputRoot(output.stateRoot, ZERO_HASH, blockHash);
      const preimage = [word(0), fromHex(output.stateRoot), word(0), fromHex(blockHash)];
      this.data.set(next, new Uint8Array(Buffer.concat(preimage)));
      this.outputs.unshift(output);
      this.roots.unshift(next);
    }
    this.host = {
      preimage: (_, key) => this.data.get(toHex(key))!,
      inbox: (_, index) => fromHex(records[Number(index)]),
      hint: () => {},
    };
  }

  readonly host: Host;

  preimageOf(root: Hex): OutputPreimage {
    if (root === ZERO_HASH) return { stateRoot: ZERO_HASH, messagePasserStorageRoot: ZERO_HASH, header: "0x" };
    return this.outputs[this.roots.indexOf(root)];
  }
}

/** What a truth asks of a chain: what its program is told, and what its output roots are made of. */
export type ProgramChain = Pick<VmChain, "host" | "preimageOf">;

/** The true histories of a real program in the real VM. */
export class VmTruth implements Truth {
  private readonly once = memo();

  constructor(
    readonly program: Program,
    readonly chain: ProgramChain,
    readonly heights: Heights,
  ) {}

  runs(parent: Parent): RunHistory {
    return this.once(futureOf(parent), () => {
      const outputs: Hex[] = [];
      for (let at = parent.outputRoot; outputs.length < 2 ** this.heights[0];) {
        const machine = this.machine(parent, at);
        machine.run(1n << 40n);
        outputs.push((at = toHex(machineResult(machine.registers()))));
      }
      return { tree: new OutputTree(this.heights[0], outputs), output: this.chain.preimageOf(outputs.at(-1)!) };
    });
  }

  machines(parent: Parent, run: number): MachineHistory {
    return this.once(`${futureOf(parent)}/${run}`, () => {
      const machine = this.machine(parent, this.startOf(parent, run));
      const start = toHex(committerOf(machine).commit());
      const stride = 1n << BigInt(this.heights[2]);
      const tree = hexTree(historySync(machine, { from: 0n, stride, height: this.heights[1] }));
      return { tree, start, last: toHex(committerOf(machine).registers()) };
    });
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree {
    return this.once(`${futureOf(parent)}/${run}/${segment}`, () => {
      const machine = this.machine(parent, this.startOf(parent, run));
      const from = BigInt(segment) << BigInt(this.heights[2]);
      machine.run(from);
      return hexTree(historySync(machine, { from: machine.steps, stride: 1n, height: this.heights[2] }));
    });
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex {
    return toHex(prove(this.at(parent, run, segment * 2 ** this.heights[2] + step)));
  }

  /** The machine of a run after so many steps. */
  at(parent: Parent, run: number, steps: number): Machine {
    const machine = this.machine(parent, this.startOf(parent, run));
    machine.run(BigInt(steps));
    return machine;
  }

  private startOf(parent: Parent, run: number): Hex {
    return run === 0 ? parent.outputRoot : this.runs(parent).tree.leaf(run - 1);
  }

  private machine({ inbox }: Parent, input: Hex): Machine {
    const inboxLimit = { batchCount: BigInt(inbox.batchCount), delayedCount: BigInt(inbox.delayedCount) };
    return createMachine(this.program, { input: fromHex(input), inboxLimit, host: this.chain.host });
  }
}

/** The truth up to one step of one run, from there on a machine that claims to have halted with another output. */
export class VmLie implements Truth {
  private readonly once = memo();

  constructor(
    private readonly truth: VmTruth,
    private readonly lie: { run: number; machine: number; step: number },
  ) {}

  runs(parent: Parent): RunHistory {
    return this.once(futureOf(parent), () => {
      const { tree } = this.truth.runs(parent);
      const output = { ...toyOutput(7), messagePasserStorageRoot: toHex(word(1)) };
      const blockHash = toHex(keccak256(fromHex(output.header)));
      const root = outputRoot(output.stateRoot, output.messagePasserStorageRoot, blockHash);
      return { tree: new PatchedTree(tree, this.lie.run, 2 ** tree.height, root), output };
    });
  }

  machines(parent: Parent, run: number): MachineHistory {
    return this.once(`${futureOf(parent)}/${run}`, () => {
      const history = this.truth.machines(parent, run);
      if (run < this.lie.run) return history;
      const { registers, memoryRoot } = decodeRegisters(fromHex(history.last));
      const output = fromHex(this.runs(parent).tree.leaf(run));
      const bytes = encodeRegisters({ ...registers, status: Status.halted, output }, memoryRoot);
      const tree = new PatchedTree(
        history.tree,
        this.lie.machine,
        2 ** history.tree.height,
        toHex(hashRegisters(bytes)),
      );
      return { ...history, tree, last: toHex(bytes) };
    });
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree {
    return this.once(`${futureOf(parent)}/${run}/${segment}`, () => {
      const tree = this.truth.steps(parent, run, segment);
      if (run < this.lie.run || segment < this.lie.machine) return tree;
      const claimed = this.machines(parent, run).tree.leaf(segment);
      return new PatchedTree(tree, this.lie.step, 2 ** tree.height, claimed);
    });
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex | undefined {
    const mine = this.steps(parent, run, segment).leaf(step);
    if (mine !== this.truth.steps(parent, run, segment).leaf(step)) return undefined;
    return this.truth.witness(parent, run, segment, step);
  }
}

/** The VM's tree with the game's interface. */
function hexTree(tree: ReturnType<typeof historySync>): HistoryTree {
  return {
    height: tree.height,
    root: toHex(tree.root),
    node: (height, index) => toHex(tree.node(height, index)),
    leaf: (index) => toHex(tree.leaf(index)),
  };
}
