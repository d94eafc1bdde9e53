import { expect } from "chai";
import { arsenal, createToyGame } from "../../../simulator/strategies/arsenal";
import { Chart } from "../../../simulator/search/chart";
import { searchComplete } from "../../../simulator/search/complete";
import { describePart } from "../../../simulator/search/crowd";
import { Locality } from "../../../simulator/search/locality";
import { chainsOf, waysDown, type Part } from "../../../simulator/search/parts";
import type { Position } from "../../../simulator/search/position";
import { CORRECT, type Rules } from "../../../simulator/boards/paper/rules";
import { searchAll } from "../../../simulator/search/systematic";

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

export const ANSWER_SECONDS = 100;

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

export interface CrowdPlan extends Pick<SearchPlan, "heights" | "among" | "runSteps"> {
  packs: boolean;
  /** Whether all ways down are looked at, or only the one to the first leaf. */
  ways: "all" | "first";
}

/** A test that plays every course of any number of adversaries with any silence, one way down and one chain of false edges at a time. */
export function itHoldsAgainstAny(plan: CrowdPlan): void {
  const party = plan.packs ? "packs its answers" : "gives its answers one by one";
  const where = plan.ways === "all" ? "" : ", on the way to the first leaf";
  const whose = plan.among === undefined ? "" : `, a chain of ${plan.among.join(", ")}`;
  const title = `holds in every course of any number of adversaries at H = ${plan.heights.join()}${where}${whose}, for a party that ${party}`;
  it(title, function () {
    const { games, positions, violation } = playCrowds(plan);
    expect(violation).to.equal(null);
    this.test!.title += ` (${games} games, ${positions} positions)`;
  });
}

/** A test that the same finds a game with a rule off, or with a shorter challenge period. */
export function itFinds(name: string, rules: Rules, what: string, challengePeriodSeconds?: number): void {
  it(`finds: ${name}`, () => {
    const plan = { heights: [1, 1, 1] as const, packs: false, ways: "all" as const, among: ["lie 0/0/0"] };
    expect(playCrowds(plan, rules, challengePeriodSeconds).violation?.what).to.equal(what);
  });
}

function playCrowds(
  { heights, among, ways, runSteps = 3, packs }: CrowdPlan,
  mutant = CORRECT,
  challengePeriodSeconds?: number,
) {
  const rules = { runSteps };
  const game = createToyGame({ heights, rules, responseTimeSeconds: ANSWER_SECONDS, challengePeriodSeconds });
  const all = arsenal(game.truth, rules);
  const search = { truth: game.truth, answerSeconds: ANSWER_SECONDS, packs };
  const played = new Set<string>();
  let positions = 0;
  for (const name of among ?? all.keys()) {
    const chart = new Chart(game.model(mutant), game.truth, [all.get(name)!, game.truth]);
    for (const way of chosen(waysDown(chart), ways))
      for (const chain of chainsOf(chart, way)) {
        const part = { ...way, chain };
        const description = describePart(chart, part);
        // Of games that are alike one is played.
        if (played.has(description)) continue;
        played.add(description);
        const found = searchComplete(chart, { ...search, part });
        positions += found.positions;
        if (found.violation !== null) return { games: played.size, positions, violation: found.violation };
      }
  }
  return { games: played.size, positions, violation: null };
}

/** A test that every position of a team's games, on each way down, is among those of any number of adversaries, whichever chain is looked at. */
export function itCovers(names: string[], { ways, packs }: Pick<CrowdPlan, "ways" | "packs">): void {
  const where = ways === "all" ? "" : " on the way to the first leaf";
  it(`knows every position of ${names.join(" + ")}${where}${packs ? ", answers packed" : ""}`, function () {
    const rules = { runSteps: 3 };
    const game = createToyGame({ heights: [1, 1, 1], rules, responseTimeSeconds: ANSWER_SECONDS });
    const all = arsenal(game.truth, rules);
    const team = names.map((name) => all.get(name)!);
    const chart = new Chart(game.model(), game.truth, [...team, game.truth]);
    const search = { truth: game.truth, answerSeconds: ANSWER_SECONDS, packs };
    let positions = 0;
    for (const way of chosen(waysDown(chart), ways)) {
      const general = chainsOf(chart, way).map((chain) =>
        searchComplete(chart, { ...search, part: { ...way, chain } }),
      );
      const onPosition = (position: Position): void => {
        if (!general.every((found) => found.knows(position))) throw new Error("a position that is not covered");
      };
      positions += searchComplete(chart, { ...search, part: way, onPosition }).positions;
    }
    this.test!.title += ` (${positions})`;
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

/** All, or those with the places of the first. */
function chosen(parts: readonly Part[], ways: CrowdPlan["ways"]): readonly Part[] {
  return ways === "all" ? parts : parts.filter(({ places }) => places === parts[0].places);
}

/** All sets of `size` names. */
export function teams(names: readonly string[], size: number): string[][] {
  if (size === 0) return [[]];
  return names.flatMap((name, i) => teams(names.slice(i + 1), size - 1).map((rest) => [name, ...rest]));
}
