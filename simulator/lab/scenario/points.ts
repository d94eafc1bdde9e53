import { Random } from "../../random";
import { BadScenario, parseScenario } from "./read";
import type { Scenario } from "./schema";

/** Values that a sweep gives to a scenario, by path. */
export type Point = Readonly<Record<string, number | string | boolean>>;

/** A point with its number in the sweep and the scenario as it stands there. */
export interface PointOfSweep {
  readonly number: number;
  readonly point: Point;
  readonly scenario: Scenario;
}

/**
 * The points of a scenario's sweep, or that of them with this number.
 * @throws BadScenario if there is no such point, or one that the schema refuses.
 */
export function pointsOfSweep(scenario: Scenario, only?: number): PointOfSweep[] {
  const points = pointsOf(scenario);
  if (only !== undefined && only >= points.length)
    throw new BadScenario([`--point: the sweep has the points 0 to ${points.length - 1}, not ${only}`]);
  const numbers = only === undefined ? points.keys() : [only];
  return [...numbers].map((number) => ({
    number,
    point: points[number],
    scenario: scenarioAt(scenario, points[number]),
  }));
}

/**
 * All points of a sweep in a fixed order: the grid, with each entry of the list, with each random draw. One empty point where there
 * is no sweep.
 */
export function pointsOf({ sweep }: Scenario): Point[] {
  if (sweep === undefined) return [{}];
  let points: Point[] = [{}];
  for (const [path, values] of Object.entries(sweep.grid))
    points = points.flatMap((point) => values.map((value) => ({ ...point, [path]: value })));
  if (sweep.list.length > 0) points = sweep.list.flatMap((entry) => points.map((point) => ({ ...point, ...entry })));
  if (sweep.random !== undefined) {
    const drawn = drawnPoints(sweep.random);
    points = points.flatMap((point) => drawn.map((entry) => ({ ...point, ...entry })));
  }
  return points;
}

function drawnPoints({ points, seed, ranges }: NonNullable<NonNullable<Scenario["sweep"]>["random"]>): Point[] {
  const random = new Random(seed);
  const draw = ({ least, most, scale, whole }: (typeof ranges)[string]): number => {
    const part = random.below(2 ** 31) / (2 ** 31 - 1);
    const drawn = scale === "log" ? least * (most / least) ** part : least + (most - least) * part;
    return whole ? Math.round(drawn) : drawn;
  };
  return Array.from({ length: points }, () =>
    Object.fromEntries(Object.entries(ranges).map(([path, range]) => [path, draw(range)])),
  );
}

/** @throws BadScenario if a path leads nowhere, or to a value that the schema refuses. */
export function scenarioAt(scenario: Scenario, point: Point): Scenario {
  if (Object.keys(point).length === 0) return scenario;
  const copy = structuredClone(scenario) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(point)) {
    const keys = path.split(".");
    let at: Record<string, unknown> = copy;
    for (const key of keys.slice(0, -1)) {
      const next = Object.hasOwn(at, key) ? at[key] : undefined;
      if (typeof next !== "object" || next === null)
        throw new BadScenario([`sweep: the path "${path}" leads nowhere at "${key}"; correct it`]);
      at = next as Record<string, unknown>;
    }
    at[keys[keys.length - 1]] = value;
  }
  return parseScenario(copy);
}
