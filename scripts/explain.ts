import { readFileSync } from "node:fs";
import { createCommand, runCommand } from "../actor/command";
import { parseDeploymentConfig } from "../deployment";
import { explainLines } from "../deployment/explain";
import { PROFILES, readProfile } from "../deployment/profiles";
import { SolventError } from "../protocol/errors";

/** Stands for whoever will operate, where a profile is explained: no figure depends on it. */
const ANYONE = "0x0000000000000000000000000000000000000001";

/** `solvent explain [FILE|PROFILE]`: what a deployment's configuration means, for each party, in bounds, prices and warnings. */
async function main(): Promise<void> {
  const command = createCommand(
    "solvent explain",
    `Says what a deployment's configuration means: trust, risks, bounds, prices, warnings.\nProfiles: ${PROFILES.join(", ")}.`,
  ).argument("[config]", "a configuration (JSON) or a profile's name", "everyday");
  const [given] = command.parse().processedArgs as [string];
  const operators = { sequencer: ANYONE, feeRecipient: ANYONE };
  const config = PROFILES.includes(given) ? { ...operators, ...readProfile(given) } : readConfig(given);
  for (const line of explainLines(given, parseDeploymentConfig(config))) console.log(line);
}

function readConfig(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const remedy = `give a file, or one of the profiles ${PROFILES.join(", ")}`;
    throw new SolventError("config-unreadable", `cannot read the configuration ${path}: ${remedy}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SolventError("config-invalid", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}

void runCommand("solvent explain", main);
