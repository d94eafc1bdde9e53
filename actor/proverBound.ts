import { Interface } from "ethers";
import { QUEUE_ABI } from "../games/edges";
import type { L1Rpc } from "../node/l1/rpc";
import { createStateReader } from "../node/state";
import { SolventError, isErrorCode } from "../protocol/errors";
import { PREDEPLOYS } from "../protocol/predeploys";
import type { Hex, NodeStore } from "../protocol/types";

const PROVER_ABI = new Interface(["function MAX_PRECOMPILE_INPUT_BYTES() view returns (uint256)"]);
/** Storage of the L1 block info in which genesis keeps the rule. Twin of `CONFIG_MAX_PRECOMPILE_INPUT` in stf/block/predeploys.ts. */
const MAX_PRECOMPILE_INPUT_SLOT = 0x104n;

/** Longest input of a host precompile by the rules of a state, in bytes; 0 is no bound. */
export function maxPrecompileInputOf(nodes: NodeStore, stateRoot: Hex): bigint {
  return createStateReader(nodes, stateRoot).storage(PREDEPLOYS.l1BlockInfo, MAX_PRECOMPILE_INPUT_SLOT);
}

/**
 * Asks the queue's prover whether it can prove what the chain's rules allow. Where it cannot, anyone may bring about a step that
 * nobody can ever decide, and all funds stand still (audit B8), so no actor may start.
 * @param allowed - `maxPrecompileInputOf` genesis, in bytes.
 * @throws SolventError `queue-mismatch` where the rules allow more, or the prover names no bound; `l1-*` where L1 cannot be asked.
 * @see docs/spec/09-deployment.md#start
 */
export async function requireProverCovers(l1: Pick<L1Rpc, "send">, queue: Hex, allowed: bigint): Promise<void> {
  const prover = QUEUE_ABI.decodeFunctionResult(
    "prover",
    await call(l1, queue, QUEUE_ABI.encodeFunctionData("prover")),
  );
  const bound = await call(l1, prover[0] as Hex, PROVER_ABI.encodeFunctionData("MAX_PRECOMPILE_INPUT_BYTES")).catch(
    (error: unknown) => {
      // A prover that names no bound: one of another version.
      if (isErrorCode(error, "l1-rpc") && /revert/i.test((error as SolventError).message)) return "0x";
      throw error;
    },
  );
  const most = bound === "0x" ? 0n : BigInt(bound);
  if (allowed > 0n && allowed <= most) return;
  throw new SolventError(
    "queue-mismatch",
    `genesis allows precompiles ${allowed === 0n ? "any input" : `inputs of ${allowed} bytes`}, the prover at ${String(prover[0])} proves ` +
      `${most} at most: a longer one could never be decided, and all funds would stand still. Move nothing of value to this system`,
  );
}

function call(l1: Pick<L1Rpc, "send">, to: Hex, data: string): Promise<Hex> {
  return l1.send<Hex>("eth_call", [{ to, data }, "latest"]);
}
