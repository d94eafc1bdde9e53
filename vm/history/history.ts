import { VmError } from "../errors";
import { Status, type Machine } from "../types";
import { committerOf } from "../commit/commit";
import { MachineTree } from "./machineTree";

/** Which machine hashes a history commits to. */
export type HistoryRange = {
  /** Steps done before the first leaf's stretch: leaf i stands after `from + (i + 1) * stride` steps. */
  from: bigint;
  /** Steps from leaf to leaf, at least 1. */
  stride: bigint;
  /** Height of the tree: `2^height` leaves, padded by the last. */
  height: number;
  /** Called now and then with the leaves done; may throw to give up. */
  onProgress?: (leaves: number) => void;
};

const FIRST_CAPACITY = 1024;
/** Leaves between two breaths that other tasks of the process may take. */
const LEAVES_A_BREATH = 256;

/**
 * The history of a machine: a tree over its hashes at a stride. A machine that stops fills the rest with its last hash. Leaves the
 * machine where the last leaf stands.
 * @throws what the machine's host throws when it has no data.
 */
export async function history(machine: Machine, range: HistoryRange): Promise<MachineTree> {
  const steps = historySteps(machine, range);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    range.onProgress?.(value);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** The same without breaths. */
export function historySync(machine: Machine, range: HistoryRange): MachineTree {
  const steps = historySteps(machine, range);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function* historySteps(machine: Machine, { from, stride, height }: HistoryRange): Generator<number, MachineTree> {
  if (from < 0n || stride < 1n) throw new VmError("vm.bad-argument", `history from ${from} at stride ${stride}`);
  const committer = committerOf(machine);
  const most = 2 ** height;
  let leaves = new Uint8Array(Math.min(most, FIRST_CAPACITY) * 32);
  let count = 0;
  let step = from;
  if (machine.steps !== from) machine.run(from);
  while (count < most) {
    step += stride;
    if (stride === 1n && machine.steps === step - 1n) machine.step();
    else machine.run(step);
    if (count * 32 === leaves.length) {
      const larger = new Uint8Array(Math.min(most, count * 2) * 32);
      larger.set(leaves);
      leaves = larger;
    }
    leaves.set(committer.commit(), count * 32);
    ++count;
    if (machine.status !== Status.running) break;
    if (count % LEAVES_A_BREATH === 0) yield count;
  }
  return new MachineTree(leaves.slice(0, count * 32), height);
}
