import type { Machine } from "../../vm/types";
import type { MemoryPatch } from "./jobs";

/**
 * The honest machine with patches: whenever it passes `patch.step` its memory is overwritten there. Going back and forth gives the
 * same states again.
 */
export function patchMachine(machine: Machine, patches: readonly MemoryPatch[]): Machine {
  if (patches.length === 0) return machine;
  const sorted = [...patches].sort((a, b) => (a.step < b.step ? -1 : 1));
  /** Steps before which all patches are in. A machine that went back has lost those behind it. */
  let applied = -1n;
  const applyAt = (step: bigint): void => {
    for (const patch of sorted) if (patch.step === step) machine.write(patch.address, patch.bytes);
    applied = step;
  };
  const run = (step: bigint): void => {
    if (step < machine.steps) {
      machine.run(0n);
      applied = -1n;
    }
    for (const patch of sorted) {
      if (patch.step <= applied || patch.step > step) continue;
      machine.run(patch.step);
      if (machine.steps !== patch.step) return;
      applyAt(patch.step);
    }
    machine.run(step);
  };
  return new Proxy(machine, {
    get(target, key) {
      if (key === "run") return run;
      if (key === "step") return () => run(target.steps + 1n);
      // Checkpoints of the honest machine would let it jump over a patch.
      if (key === "checkpoint") return () => {};
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
