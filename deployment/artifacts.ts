import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { InterfaceAbi } from "ethers";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import multicall3 from "./data/multicall3.json";

/** What the deployment needs of a compiled contract. */
export interface Artifact {
  abi: InterfaceAbi;
  /** Init code without constructor arguments. */
  bytecode: Hex;
  /** Runtime code, immutables zero. */
  deployedBytecode: Hex;
}

/** SOLVENT_ARTIFACTS names another folder: that of the instrumented contracts of `npm run coverage`. */
const ROOT = join(process.env.SOLVENT_ARTIFACTS ?? join(__dirname, "..", "artifacts"), "contracts");
/** Multicall3's init code copies and returns what stands behind its first 32 bytes. */
const MULTICALL3_PREFIX_BYTES = 32;

/** Multicall3 as npm has it. */
export const MULTICALL3_INIT_CODE = multicall3.initCode as Hex;
export const MULTICALL3_CODE: Hex = `0x${multicall3.initCode.slice(2 + 2 * MULTICALL3_PREFIX_BYTES)}`;

/**
 * A contract of contracts/ as Hardhat compiled it.
 * @param source - File and contract, as `bridge/Portal`; `File:Contract` where the names differ.
 * @throws SolventError `artifact-missing`: run `npm run build`, or `npm run build -- choices` for what a configuration chooses.
 */
export function readArtifact(source: string): Artifact {
  const path = pathOf(source);
  if (!existsSync(path)) {
    const remedy =
      "build the contracts first (npm run build; npm run build -- choices for those that are not a default)";
    throw new SolventError("artifact-missing", `${path} is not there: ${remedy}`);
  }
  return JSON.parse(readFileSync(path, "utf8")) as Artifact;
}

/** Whether `readArtifact` finds it. */
export function hasArtifact(source: string): boolean {
  return existsSync(pathOf(source));
}

function pathOf(source: string): string {
  const [file, contract = file.slice(file.lastIndexOf("/") + 1)] = source.split(":");
  return join(ROOT, `${file}.sol`, `${contract}.json`);
}
