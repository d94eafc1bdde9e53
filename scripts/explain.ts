import { createCommand, runCommand } from "../actor/command";
import { parseDeploymentConfig } from "../deployment";
import { explainLines } from "../deployment/explain";
import { PROFILES, readProfile } from "../deployment/profiles";
import { readConfig } from "./support/readConfig";

/** Stands for whoever will operate, where a profile is explained: no figure depends on it. */
const ANYONE = "0x0000000000000000000000000000000000000001";

/** Where no file has the name. */
const REMEDY = `give a file, or one of the profiles ${PROFILES.join(", ")}`;

/** `solvent explain [FILE|PROFILE]`: what a deployment's configuration means, for each party, in bounds, prices and warnings. */
async function main(): Promise<void> {
  const command = createCommand(
    "solvent explain",
    `Says what a deployment's configuration means: trust, risks, bounds, prices, warnings.\nProfiles: ${PROFILES.join(", ")}.`,
  ).argument("[config]", "a configuration (JSON) or a profile's name", "everyday");
  const [given] = command.parse().processedArgs as [string];
  const operators = { sequencer: ANYONE, feeRecipient: ANYONE };
  const config = PROFILES.includes(given) ? { ...operators, ...readProfile(given) } : readConfig(given, REMEDY);
  for (const line of explainLines(given, parseDeploymentConfig(config))) console.log(line);
}

void runCommand("solvent explain", main);
