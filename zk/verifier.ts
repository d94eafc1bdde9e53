import { readFileSync } from "node:fs";
import { join } from "node:path";
import { invariant } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { TARGET, type Circuit } from "./circuit";
import { verificationKey } from "./prove";
import type { TwistPoint } from "./srs";
import { runProver } from "./tools";

/** The secret times the generator of G2 that the public ceremony ended with; the generated contract holds it. */
const CEREMONY: TwistPoint = [
  0x260e01b251f6f1c7e7ff4e580791dee8ea51d87a358e038b4efe30fac09383c1n,
  0x0118c4d5b837bcc2bc89b5b398b5974e9f5944073b32078b7e231fec938883b0n,
  0x04fc6369f7110fe3d25156c1bb9a72859cf2a04641f99ba4ee413c80da6a5fe4n,
  0x22febda3c0c0632a56475b4214e5615e11e6dd3f96e6cea2854a87d4dacc5e55n,
];

/**
 * Generates the contract that verifies a circuit's proofs on L1, `HonkVerifier`.
 * @param srs - Folder with the setup's points.
 * @param twist - Of a setup of one's own: it takes the ceremony's place, and the contract says so in its first line.
 */
export async function verifierSource(circuit: Circuit, srs: string, twist?: TwistPoint): Promise<string> {
  const key = await verificationKey(circuit, srs);
  const file = join(key, "..", "Verifier.sol");
  await runProver(["write_solidity_verifier", "-k", key, "-o", file, "--optimized", ...TARGET], srs);
  const source = readFileSync(file, "utf8");
  if (twist === undefined) return source;
  return twist.reduce((text, coordinate, i) => {
    const [from, to] = [CEREMONY[i], coordinate].map((number) => `0x${number.toString(16).padStart(64, "0")}`);
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
