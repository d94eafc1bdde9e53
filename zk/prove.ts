import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "../protocol";
import { quantity } from "../protocol/quantity";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { unusedBlock, type Block } from "./blocks";
import { pointsFor, TARGET, type Circuit } from "./circuit";
import { setupName } from "./srs";
import { loadTool, runProver, type Solver } from "./tools";

const HALF = 128n;
const WORD = 32;

/** What is proven: the accounts under `stateRoot` hold `total` wei together, for one rollup. */
export interface Statement {
  stateRoot: Hex;
  total: bigint;
  /** Of L1. */
  chainId: bigint;
  /** The contract on L1 that the proof is for. */
  l1Contract: Hex;
}

/** As the verifier on L1 takes it. */
export interface Proof {
  bytes: Hex;
  publicInputs: Hex[];
  /** What the prover printed. */
  log: string;
}

/**
 * Solves the circuit: the part that fails where the statement or the blocks are wrong.
 * @returns the witness, for `prove`.
 * @throws SolventError `zk-too-small` where the circuit has fewer blocks, `zk-refused` where a rule of it is broken.
 */
export async function solve(circuit: Circuit, statement: Statement, blocks: readonly Block[]): Promise<Uint8Array> {
  const spare = circuit.size - blocks.length;
  if (spare < 0)
    throw new SolventError("zk-too-small", `the trie takes ${blocks.length} blocks, the circuit has ${circuit.size}`);
  const all = [...blocks, ...Array.from({ length: spare }, unusedBlock)];
  const root = BigInt(statement.stateRoot);
  const { Noir } = loadTool<Solver>("noir_js");
  try {
    const { witness } = await new Noir(circuit.program).execute({
      root_high: quantity(root >> HALF),
      root_low: quantity(root & ((1n << HALF) - 1n)),
      total: quantity(statement.total),
      chain_id: quantity(statement.chainId),
      l1_contract: statement.l1Contract,
      blocks: all.map(({ data }) => [...data]),
      hints: all.map(({ hint }) => hint),
    });
    return witness;
  } catch (cause) {
    throw new SolventError("zk-refused", `the circuit refuses: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

/**
 * Proves what was solved.
 * @param srs - Folder with the setup's points.
 */
export async function prove(circuit: Circuit, witness: Uint8Array, srs: string): Promise<Proof> {
  const key = await verificationKey(circuit, srs);
  const folder = mkdtempSync(join(tmpdir(), "solvent-proof-"));
  try {
    const file = join(folder, "witness.gz");
    writeFileSync(file, witness);
    const program = join(circuit.folder, "program.json");
    const { stderr: log } = await runProver(
      ["prove", "-b", program, "-w", file, "-k", key, "-o", folder, ...TARGET],
      srs,
    );
    const inputs = readFileSync(join(folder, "public_inputs"));
    return {
      bytes: toHex(readFileSync(join(folder, "proof"))),
      publicInputs: Array.from({ length: inputs.length / WORD }, (_, i) =>
        toHex(inputs.subarray(i * WORD, (i + 1) * WORD)),
      ),
      log,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The circuit's key as a file, made once for each setup.
 * @param srs - Folder with the setup's points.
 * @throws SolventError `zk-points-missing`, `zk-points-wrong`, `zk-failed`.
 */
export async function verificationKey(circuit: Circuit, srs: string): Promise<string> {
  const folder = join(circuit.folder, `key-${setupName(srs, pointsFor(circuit))}`);
  const key = join(folder, "vk");
  if (!existsSync(key))
    await runProver(["write_vk", "-b", join(circuit.folder, "program.json"), "-o", folder, ...TARGET], srs);
  return key;
}
