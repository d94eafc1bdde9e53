import { expect } from "chai";
import { toHex } from "../../../vm/commit/bytes";
import { commit } from "../../../vm/commit/commit";
import { prove, type BlobOpener, type RequestReader } from "../../../vm/prove/prove";
import type { Machine, Status } from "../../../vm/types";
import type { DeployedProver } from "./prover";

/** What has been stepped on L1 in this process, with equal hashes. */
export const coverage = {
  steps: 0,
  opcodes: new Map<number, number>(),
  statuses: new Set<Status>(),
  /** Names of the suites of which every test has passed. */
  suites: new Set<string>(),
};

/** Does the machine's next step here and on L1 and compares the hashes; returns what was sent. */
export async function stepOnChain(
  machine: Machine,
  prover: DeployedProver,
  what = "",
  requests?: RequestReader,
  openBlob?: BlobOpener,
): Promise<{ before: Uint8Array; witness: Uint8Array }> {
  const before = commit(machine);
  const witness = prove(machine, requests, openBlob);
  const { inboxLimit } = machine.registers();
  const { op } = machine.trace().instruction;
  machine.step();
  const after = await prover.step(before, inboxLimit, witness);
  expect(after, `${what}, opcode ${op}, status ${machine.status}`).to.equal(toHex(commit(machine)));
  coverage.steps++;
  coverage.opcodes.set(op, (coverage.opcodes.get(op) ?? 0) + 1);
  coverage.statuses.add(machine.status);
  return { before, witness };
}

/** Notes a suite as whole; in its `after` hook. A filter on test names leaves it out. */
export function noteSuite(hook: Mocha.Context): void {
  const suite = hook.test?.parent;
  if (suite?.tests.every((test) => test.isPassed())) coverage.suites.add(suite.title);
}
