import { StepLimit } from "./errors";
import { Status, type Machine } from "./types";

/** The most steps that two levels of the game can tell apart at the least heights it accepts (H1 + H2 = 34). */
export const MAX_STEPS = 1n << 34n;

/**
 * Runs a machine until it stops, at most up to step `limit`; where it is then still running, its result is the zero hash for everyone
 * and `StepLimit` tells the caller. The machine stands at the limit and may go on.
 * @returns the steps done since the start.
 * @throws StepLimit; what the machine's host throws when it has no data.
 * @see docs/spec/04-vm.md#limit
 */
export function runToEnd(machine: Machine, limit = MAX_STEPS): bigint {
  machine.run(limit);
  if (machine.status === Status.running) throw new StepLimit(limit, machine.registers().pc);
  return machine.steps;
}
