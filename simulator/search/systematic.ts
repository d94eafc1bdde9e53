import type { Chart, ChartMove } from "./chart";
import type { Attack } from "../strategies/greedy";
import { HonestSide, type Answer } from "./honestSide";
import { FOREVER, PositionRules, STATUS, type Position } from "./position";

export interface Search extends Pick<Attack, "truth" | "answerSeconds" | "packs"> {
  /** Ticks that the adversaries may let pass, all in all, while there is something that they could do. */
  stalls: number;
  /** Give up after so many courses; the result says so. */
  most?: number;
  /** Told the honest party's answers to each new shape of a position. */
  onPlan?: (position: Position, answers: readonly Answer[]) => void;
}

export interface Found {
  /** Different courses of the game that were played to the end. */
  courses: number;
  isComplete: boolean;
  /** The first course that broke an invariant: what is wrong, and the adversaries' moves by tick. */
  violation: { what: string[]; course: string[] } | null;
}

/**
 * Plays every course of a game with so much silence: at each tick the adversaries make any set of the moves open to them, or none.
 * Timers are updated and confirmations tried after each move, since those only ever help the one who makes them.
 */
export function searchAll(chart: Chart, search: Search): Found {
  const found: Found = { courses: 0, isComplete: true, violation: null };
  const rules = new PositionRules(chart, search.answerSeconds);
  const honest = new HonestSide(rules, search, search.onPlan);
  const end = 5 * rules.periodTicks;
  // The truth must have won this long after its first answer was due.
  const due = 2 * rules.periodTicks + 1;
  const seen = new Set<string>();

  const fail = (what: string[], course: string[]): void => {
    found.violation ??= { what, course };
  };

  /** @param skipped - Moves left out of this turn, so that each set is made once. */
  const turn = (position: Position, skipped: ReadonlySet<ChartMove>, stalls: number, course: string[]): void => {
    const wrong = falseWinners(rules, position);
    if (wrong.length > 0) return fail(wrong, course);
    const options = chart.adversary.filter((move) => !skipped.has(move) && rules.canChange(position, move));
    const left = new Set(skipped);
    for (const move of options) {
      turn(rules.after(position, move), left, stalls, [...course, nameOf(chart, move, rules.tick(position))]);
      if (found.violation !== null) return;
      left.add(move);
    }
    const isStall = options.length > 0 || skipped.size > 0;
    if (!isStall || stalls > 0) pass(position, isStall ? stalls - 1 : stalls, course);
  };

  const pass = (position: Position, stalls: number, course: string[]): void => {
    const key = `${stalls}|${rules.key(position)}`;
    if (seen.has(key)) return;
    seen.add(key);
    if (found.courses >= (search.most ?? Infinity)) return void (found.isComplete = false);
    const answers = honest.answers(position);
    if (typeof answers === "string") return fail([answers], course);
    const tick = rules.tick(position);
    const isOver =
      tick >= end || (answers.length === 0 && hasConfirmed(rules, position) && !honest.hasStakes(position));
    if (isOver || (tick > due && !hasConfirmed(rules, position))) {
      found.courses++;
      const wrong = unsettled(rules, honest, position);
      return wrong.length > 0 ? fail(wrong, course) : undefined;
    }
    const next = position.slice();
    const refused = honest.tick(next, answers);
    if (refused !== null) return fail([refused], course);
    turn(next, new Set(), stalls, course);
  };

  // The adversaries have the first word: an answer may be due for each of the N + 3 links.
  turn(rules.start(), new Set(), search.stalls, []);
  return found;
}

export function nameOf(chart: Chart, { kind, on }: ChartMove, tick: number): string {
  return `${tick}: ${kind} of level ${on < 0 ? 0 : chart.edges[on].level}`;
}

function hasConfirmed(rules: PositionRules, position: Position): boolean {
  return rules.chart.roots.some((edge) => rules.status(position, edge) === STATUS.confirmed);
}

/** Rationale: the one promise. Where all that lies to the left is true, nothing false may ever win. */
function falseWinners(rules: PositionRules, position: Position): string[] {
  return rules.chart.edges.flatMap(({ isTrue, level }, edge) => {
    const status = rules.status(position, edge);
    if (isTrue !== false || (status !== STATUS.confirmed && status !== STATUS.proven)) return [];
    return [`a false edge of level ${level} is ${status === STATUS.proven ? "proven" : "confirmed"}`];
  });
}

/** What is wrong at the end; the same as invariants.ts asks of a scenario. */
function unsettled(rules: PositionRules, honest: HonestSide, position: Position): string[] {
  const found: string[] = [];
  const { edges, roots } = rules.chart;
  // Rationale: liveness, whoever and however many the others are.
  if (!roots.some((edge) => edges[edge].isTrue === true && rules.status(position, edge) === STATUS.confirmed))
    found.push("the true assertion is not confirmed");
  // Rationale: an honest party risks time, never its stake.
  if (honest.hasStakes(position)) found.push("an honest stake is not back");
  // Rationale: the cache is a lower bound; above it, time would have been made up (V04, V05).
  edges.forEach(({ level }, edge) => {
    const timer = rules.timer(position, edge);
    if (timer > earned(rules, position, edge)) found.push(`an edge of level ${level} shows ${timer} ticks too many`);
  });
  return found;
}

/** Ticks that the edge has earned with all below it, from nothing but times of creation. */
function earned(rules: PositionRules, position: Position, edge: number): number {
  const { place, halves, claims } = rules.chart.edges[edge];
  const status = (other: number): number => rules.status(position, other);
  if (status(edge) === STATUS.none) return 0;
  if (status(edge) === STATUS.proven) return FOREVER;
  const end = rules.rivalledAt(position, place) ?? rules.tick(position);
  const own = Math.max(0, end - rules.created(position, edge));
  const times = (below: readonly number[]): number[] => below.map((other) => earned(rules, position, other));
  const isBisected = halves !== null && status(halves[1]) !== STATUS.none;
  return Math.min(FOREVER, own + (isBisected ? Math.min(...times(halves)) : Math.max(0, ...times(claims))));
}
