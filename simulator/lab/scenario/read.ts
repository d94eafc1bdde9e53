import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { SolventError } from "../../../protocol/errors";
import { RULES } from "../games/create";
import { STRATEGIES } from "../strategies";
import { scenarioSchema, type Scenario } from "./schema";

/** What is wrong with a scenario: one line each, with its path and what to do. */
export class BadScenario extends SolventError {
  constructor(readonly problems: readonly string[]) {
    super("config-invalid", problems.join("\n"));
  }
}

/** @throws BadScenario if the file is no YAML or JSON, or says anything that the schema does not know. */
export function readScenario(path: string): Scenario {
  const text = readFileSync(path, "utf8");
  let data: unknown;
  try {
    data = parse(text, { prettyErrors: true });
  } catch (error) {
    throw new BadScenario([`${path}: no YAML or JSON: ${(error as Error).message}`]);
  }
  return parseScenario(data);
}

/** The scenario with all that it leaves open filled in. */
export function parseScenario(data: unknown): Scenario {
  const scenario = parsePlayedScenario(data);
  const problems = [...strategyProblems(scenario), ...gameProblems(scenario), ...sweepProblems(scenario)];
  problems.push(...searchProblems(scenario));
  if (problems.length > 0) throw new BadScenario(problems);
  return scenario;
}

/** A scenario that was played, for whoever reads its results: a strategy of somebody's own need not be here. @throws BadScenario */
export function parsePlayedScenario(data: unknown): Scenario {
  const { success, data: scenario, error } = scenarioSchema.safeParse(data);
  if (!success) throw new BadScenario(error.issues.map(inWords));
  return scenario;
}

/** The published schema, as JSON Schema of what a file may say. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: "input", target: "draft-2020-12" });
}

function inWords(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".") || "the file";
  if (issue.code === "unrecognized_keys")
    return `${path}: unknown key ${issue.keys.map((key) => `"${key}"`).join(", ")}; remove it, or see simulator/scenario.schema.json`;
  return `${path}: ${issue.message}; correct it, or leave it out if it has a usual value`;
}

function strategyProblems(scenario: Scenario): string[] {
  const problems: string[] = [];
  for (const side of ["honest", "adversaries"] as const)
    scenario[side].forEach(({ strategy, options, latencySeconds }, index) => {
      const path = `${side}.${index}`;
      const known = STRATEGIES.get(strategy);
      if (known === undefined) {
        problems.push(`${path}.strategy: no strategy "${strategy}"; there are ${[...STRATEGIES.keys()].join(", ")}`);
        return;
      }
      for (const [name, value] of Object.entries(options)) {
        const range = known.options?.[name];
        if (range === undefined) {
          const names = Object.keys(known.options ?? {}).join(", ") || "none";
          problems.push(`${path}.options.${name}: "${strategy}" has no such option; it has ${names}`);
        } else if (!Number.isInteger(value) || value < range[0] || value > range[1])
          problems.push(`${path}.options.${name}: give a whole number from ${range[0]} to ${range[1]}`);
      }
      if (typeof latencySeconds !== "number" && latencySeconds[0] > latencySeconds[1])
        problems.push(`${path}.latencySeconds: the least comes first`);
    });
  return problems;
}

function searchProblems({ search, adversaries }: Scenario): string[] {
  if (search === undefined || adversaries.some(({ strategy }) => strategy === "search")) return [];
  return ['search: no adversary plays "search", so that there is nothing to search; add one, or leave the key out'];
}

function sweepProblems({ sweep }: Scenario): string[] {
  return Object.entries(sweep?.random?.ranges ?? {}).flatMap(([path, { least, most, scale }]) => {
    const at = `sweep.random.ranges.${path}`;
    if (least > most) return [`${at}: the least, ${least}, is above the most, ${most}; swap them`];
    return scale === "log" && least <= 0 ? [`${at}.least: a logarithmic range begins above 0`] : [];
  });
}

function gameProblems({ game }: Scenario): string[] {
  const problems: string[] = [];
  const perLevel = game.kind === "edges" ? game.stakesEther : game.kind === "tournament" ? game.bondsEther : undefined;
  if (perLevel !== undefined && perLevel.length !== game.heights.length)
    problems.push(`game: ${game.heights.length} heights need as many stakes or bonds, not ${perLevel.length}`);
  const rules = game.kind === "edges" ? undefined : game.rules;
  if (rules !== undefined && !RULES[game.kind].includes(rules))
    problems.push(`game.rules: no mutant "${rules}"; there are ${RULES[game.kind].join(", ")}`);
  return problems;
}
