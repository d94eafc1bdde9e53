import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { pointsFor, TARGET, type Circuit } from "./circuit";
import { verificationKey } from "./prove";
import { CEREMONY_TWIST, requireSetup, type TwistPoint } from "./srs";
import { runProver } from "./tools";

/**
 * Generates the contract that verifies a circuit's proofs on L1, `HonkVerifier`.
 * @param srs - Folder with the setup's points.
 * @param twist - Of a setup of one's own: it takes the ceremony's place, and the contract says so in its first line.
 * @throws SolventError `zk-points-wrong` where the points are not of the setup that the contract would hold.
 */
export async function verifierSource(circuit: Circuit, srs: string, twist?: TwistPoint): Promise<string> {
  requireSetup(srs, pointsFor(circuit), twist ?? CEREMONY_TWIST);
  const key = await verificationKey(circuit, srs);
  const file = join(key, "..", "Verifier.sol");
  await runProver(["write_solidity_verifier", "-k", key, "-o", file, "--optimized", ...TARGET], srs);
  const source = readFileSync(file, "utf8");
  if (twist === undefined) return source;
  return twist.reduce((text, coordinate, i) => {
    const [from, to] = [CEREMONY_TWIST[i], coordinate].map((number) => `0x${number.toString(16).padStart(64, "0")}`);
    invariant(text.split(from).length === 2, "the generated verifier holds the ceremony's point otherwise than once");
    return text.replace(from, to);
  }, `// INSECURE: verifies over a setup whose secret is known. For development only: anybody can forge its proofs.\n${source}`);
}

/** As much of the compiler as is used. */
interface Solc {
  compile(input: string): string;
}

/** The generated contract's code, by the compiler of the project's own contracts. */
export function compileVerifier(source: string): Hex {
  const solc = require("solc") as Solc;
  const input = {
    language: "Solidity",
    sources: { "Verifier.sol": { content: source } },
    settings: {
      optimizer: { enabled: true, runs: 200 },
      evmVersion: "prague",
      metadata: { bytecodeHash: "none" },
      outputSelection: { "*": { HonkVerifier: ["evm.bytecode.object"] } },
    },
  };
  const { contracts, errors } = JSON.parse(solc.compile(JSON.stringify(input))) as {
    contracts?: Record<string, Record<string, { evm: { bytecode: { object: string } } }>>;
    errors?: { severity: string; formattedMessage: string }[];
  };
  const failed = errors?.find(({ severity }) => severity === "error");
  invariant(failed === undefined && contracts !== undefined, `the generated verifier: ${failed?.formattedMessage}`);
  return `0x${contracts["Verifier.sol"].HonkVerifier.evm.bytecode.object}`;
}
