import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { challengerConfig } from "../../challenger/config";
import { parseDeploymentConfig } from "../../deployment";
import { deploymentConfigSchema } from "../../deployment/config";
import { rotation } from "../../deployment/sequencing";
import { sequencerConfig } from "../../sequencer/config";
import { verifierConfig } from "../../verifier/config";
import { makerConfig } from "../../liquidity/config";
import example from "../../deployment/example.json";

const PAGE = readFileSync(join(__dirname, "..", "..", "docs", "configuration.md"), "utf8");
const SCHEMAS = {
  deployment: deploymentConfigSchema,
  rotation: z.object({ sequencing: rotation }),
  sequencerConfig,
  verifierConfig,
  challengerConfig,
  makerConfig,
};

/** Keys as the page writes them, `game.heights` and the like, from the schema that reads them. */
function keysOf(schema: z.ZodType, prefix = ""): string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional)
    return keysOf(schema.unwrap() as z.ZodType, prefix);
  if (schema instanceof z.ZodPipe) return keysOf(schema.in as z.ZodType, prefix);
  if (!(schema instanceof z.ZodObject)) return [prefix];
  const shape = schema.shape as Record<string, z.ZodType>;
  return Object.entries(shape).flatMap(([key, value]) => keysOf(value, prefix === "" ? key : `${prefix}.${key}`));
}

describe("devnet: configuration", () => {
  for (const [name, schema] of Object.entries(SCHEMAS))
    it(`docs/configuration.md names every key of ${name}`, () => {
      const keys = keysOf(schema);
      expect(keys.length).to.be.greaterThan(5);
      expect(keys.filter((key) => !PAGE.includes(`\`${key}\``))).to.deep.equal([]);
    });

  it("names no key that nothing reads", () => {
    const known = new Set(Object.values(SCHEMAS).flatMap((schema) => keysOf(schema)));
    const named = [...PAGE.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell]) => cell.split(", "));
    expect(named.length).to.be.greaterThan(30);
    expect(named.filter((key) => !known.has(key.replaceAll("`", "")))).to.deep.equal([]);
  });

  it("deployment/example.json is one that deploys", () => {
    expect(parseDeploymentConfig(example).game.challengePeriod).to.equal(604_800n);
  });
});
