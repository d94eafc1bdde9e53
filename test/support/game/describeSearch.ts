import { expect } from "chai";
import { arsenal, createToyGame } from "./arsenal";
import { searchAll } from "./systematic";

export interface SearchPlan {
  heights: readonly [number, number, number];
  /** How many adversaries; every team of so many is played. */
  team: 1 | 2 | 3;
  /** Ticks of silence that a team may spread over its course. */
  stalls: number;
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
    let schedules = 0;
    for (const names of teams(among ?? [...all.keys()], team))
      for (const packs of [false, true]) {
        const lies = names.map((name) => all.get(name)!);
        const search = { truth: game.truth, lies, answerSeconds: ANSWER_SECONDS, packs, stalls };
        const found = searchAll(game.model(), search);
        expect(found.violation, names.join(" + ")).to.equal(null);
        expect(found.isComplete).to.equal(true);
        schedules += found.schedules;
      }
    this.test!.title += ` (${schedules} courses)`;
  });
}

/** All sets of `size` names. */
function teams(names: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return names.flatMap((name, i) => teams(names.slice(i + 1), size - 1).map((rest) => [name, ...rest]));
}
