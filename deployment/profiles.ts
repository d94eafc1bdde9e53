import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { DeploymentConfigInput } from "./config";

const FOLDER = join(__dirname, "profiles");

/** What a profile leaves open: who the operators are. */
export type Profile = Partial<DeploymentConfigInput>;

/** Names of the configurations that ship, to be completed by `sequencer` and `feeRecipient`. */
export const PROFILES: readonly string[] = readdirSync(FOLDER)
  .map((file) => basename(file, ".json"))
  .sort();

/** @param name - one of `PROFILES`. */
export function readProfile(name: string): Profile {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as Profile;
}
