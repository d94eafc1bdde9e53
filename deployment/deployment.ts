import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import type { GenesisJson } from "../node/state/genesis";
import { type DeploymentConfigInput, stringify } from "./config";

const address = z.string().regex(/^0x[0-9a-f]{40}$/) as unknown as z.ZodType<Hex>;
const hash = z.string().regex(/^0x[0-9a-f]{64}$/) as unknown as z.ZodType<Hex>;

const schema = z.object({
  version: z.literal(1),
  l1ChainId: z.number().int(),
  /** L1 block in which the first contract was made: no log before it matters. */
  l1Block: z.number().int().nonnegative(),
  deployer: address,
  addresses: z.object({
    prover: address,
    inbox: address,
    queue: address,
    portal: address,
    tokenBridge: address,
    multicall3: address,
    /** Where the configuration has `sums`. */
    sumRoots: address.optional(),
  }),
  parameters: z.custom<DeploymentConfigInput>((value) => typeof value === "object" && value !== null),
  /** Of the prover; null for one that has none. */
  programHash: hash.nullable(),
  genesisBlockHash: hash,
  genesisOutputRoot: hash,
  genesis: z.custom<GenesisJson>((value) => typeof value === "object" && value !== null),
});

/** Everything an actor needs to know of a system: one JSON file. Addresses and hashes in lower case. */
export type Deployment = z.output<typeof schema>;

/**
 * Reads a deployment from parsed JSON.
 * @throws SolventError `deployment-invalid` naming the key.
 */
export function parseDeployment(json: unknown): Deployment {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SolventError("deployment-invalid", `deployment: ${issue.path.join(".") || "file"}: ${issue.message}`);
}

/** Reads a deployment file. @throws SolventError `deployment-invalid`. */
export function readDeployment(path: string): Deployment {
  try {
    return parseDeployment(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    if (cause instanceof SolventError) throw cause;
    throw new SolventError("deployment-invalid", `deployment file ${path} cannot be read`, { cause });
  }
}

/** The file's text. */
export function deploymentToJson(deployment: Deployment): string {
  return `${stringify(deployment, 2)}\n`;
}
