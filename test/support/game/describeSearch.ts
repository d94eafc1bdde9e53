import { expect } from "chai";
import { arsenal, createToyGame } from "./arsenal";
import { Chart } from "./chart";
import { searchComplete } from "./complete";
import { Locality } from "./locality";
import { searchAll } from "./systematic";

export interface SearchPlan {
  heights: readonly [number, number, number];
  /** How many adversaries; every team of so many is played. */
  team: 1 | 2 | 3;
  /** Ticks of silence that a team may spread over its course. */
  stalls: number | "any number of";
  /** Only these teams' members; default: the whole arsenal. */
  among?: string[];
  /** Runs as long as a machine can; default: one that fits heights of 1. */
  runSteps?: number;
}

const ANSWER_SECONDS = 100;

/** A test that plays every course of every team, against a party that packs its answers and one that gives them one by one. */
export function itHolds({ heights, team, stalls, among, runSteps = 3 }: SearchPlan): void {
  const who = `${team} adversar${team === 1 ? "y" : "ies"}${among === undefined ? "" : ` among ${among.join(", ")}`}`;
  it(`holds in every course of ${who} with ${stalls} ticks of silence at H = ${heights.join()}`, function () {
    const rules = { runSteps };
    const game = createToyGame({ heights, rules, responseTimeSeconds: ANSWER_SECONDS });
    const all = arsenal(game.truth, rules);
    let [courses, positions] = [0, 0];
    for (const names of teams(among ?? [...all.keys()], team)) {
      const chart = new Chart(
        game.model(),
        game.truth,
        names.map((name) => all.get(name)!),
      );
      for (const packs of [false, true]) {
        const locality = new Locality(chart, ANSWER_SECONDS);
        const search = { truth: game.truth, answerSeconds: ANSWER_SECONDS, packs };
        if (stalls === "any number of") {
          const found = searchComplete(chart, search);
          expect(found.violation, names.join(" + ")).to.equal(null);
          courses += found.courses;
          positions += found.positions;
        } else {
          const onPlan = locality.watch.bind(locality);
          const found = searchAll(chart, { ...search, stalls, onPlan });
          expect(found.violation, names.join(" + ")).to.equal(null);
          expect(found.isComplete).to.equal(true);
          courses += found.courses;
        }
      }
    }
    this.test!.title += ` (${courses} courses${positions > 0 ? `, ${positions} positions` : ""})`;
  });
}

/** A test that what is taken for one position has one future: byte for byte there are as many courses. */
export function itMerges(name: string, packs: boolean): void {
  it(`takes no two positions for one that have different futures: ${name}${packs ? ", answers packed" : ""}`, function () {
    const rules = { runSteps: 3 };
    const game = createToyGame({ heights: [1, 1, 1], rules, responseTimeSeconds: ANSWER_SECONDS });
    const chart = new Chart(game.model(), game.truth, [arsenal(game.truth, rules).get(name)!]);
    const search = { truth: game.truth, answerSeconds: ANSWER_SECONDS, packs };
    const [merged, literal] = [searchComplete(chart, search), searchComplete(chart, { ...search, isLiteral: true })];
    expect(merged.courses).to.equal(literal.courses);
    this.test!.title += ` (${merged.positions} for ${literal.positions}, ${merged.courses} courses)`;
  });
}

/** All sets of `size` names. */
export function teams(names: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return names.flatMap((name, i) => teams(names.slice(i + 1), size - 1).map((rest) => [name, ...rest]));
}
