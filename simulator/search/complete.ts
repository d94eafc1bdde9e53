import type { Chart } from "./chart";
import { Crowd, type Successor } from "./crowd";
import type { Attack } from "../strategies/greedy";
import { HonestSide, type Answer } from "./honestSide";
import { PositionRules, STATUS, type Position } from "./position";
import { isConfirmedIn, rightPlaces, scopeOf, type Part, type RightPlace } from "./parts";
import { Relevance } from "./relevance";

export interface CompleteSearch extends Pick<Attack, "truth" | "answerSeconds" | "packs"> {
  /** Default: all right places, and all stakes in them. */
  part?: Part;
  /** Takes positions for one only if they are equal to the byte: slow, to the same courses. */
  isLiteral?: boolean;
  /** Told each position. */
  onPosition?: (position: Position, course: readonly string[]) => void;
}

export interface CompleteFound {
  /** Positions with different futures. */
  positions: number;
  /** Different sequences of calls and ticks of the adversaries. */
  courses: number;
  violation: { what: string; course: string[] } | null;
  /** Whether a position of the same chart, with whatever other false edges, is one of those that were played. */
  knows(position: Position): boolean;
}

const ON_THE_WAY = -1;

/**
 * Plays every course of a game, with any amount of silence at any time: from each position every move that the adversaries have, and
 * none. A course ends where nothing is left to wait for. Edges with a false past are taken to earn for ever as soon as they stand,
 * to the adversaries' good, and nobody plays on them (docs/spec/06-game.md#systematic).
 *
 * Looking at one way down, the stakes on it may be confirmed at any time from when this way would allow it: when the others do.
 */
export function searchComplete(chart: Chart, search: CompleteSearch): CompleteFound {
  const part = search.part ?? { places: rightPlaces(chart), watched: null, chain: null };
  const scope = scopeOf(chart, part);
  const rules = new PositionRules(chart, search.answerSeconds, scope);
  const crowd = new Crowd(rules, part);
  const honest = new HonestSide(rules, search, undefined, part.chain === null ? undefined : crowd.edges());
  const relevance = new Relevance(rules, part);
  const inside = new Set(part.places.flatMap(({ edges }) => edges));
  const moves = crowd.moves();
  const roots = new Map(part.places.map((one) => [one.place, rootsFrom(part.places, one)]));
  const stakes = part.places.flatMap(({ isRoot, truth }) => (isRoot ? [truth] : []));
  const confirmed = stakes.filter((edge) => isConfirmedIn(part, chart.edges[edge].place));
  const falseEdges = chart.all(({ isTrue }) => isTrue === false).filter((edge) => scope.granted(edge) === null);
  const [h0, h1, h2] = chart.closed.parameters.heights;
  /** By level, from a true root edge's creation: the challenge period and the answers that may be due below it. */
  const terms = [h0 + h1 + h2 + 2, h1 + h2 + 1, h2].map((answers) => rules.periodTicks + answers);
  /** Courses from each position on. */
  const known = new Map<string, number>();
  const course: string[] = [];
  let violation: CompleteFound["violation"] = null;

  const gathered = (position: Position): Position => (part.chain === null ? position : crowd.gather(position));

  const fail = (what: string): number => {
    violation ??= { what, course: [...course] };
    return 0;
  };

  const visit = (position: Position): number => {
    const relevant = relevance.look(position);
    const key = search.isLiteral === true && !relevance.isOver ? rules.key(position) : relevant;
    const before = known.get(key);
    if (before === ON_THE_WAY) return stuck(position);
    if (before !== undefined || violation !== null) return before ?? 0;
    const wrong = whatIsWrong(position);
    if (wrong !== null) return fail(wrong);
    search.onPosition?.(position, course);
    known.set(key, ON_THE_WAY);
    const courses = relevance.isOver ? 1 : next(position);
    known.set(key, courses);
    return courses;
  };

  /** A tick that changes nothing is the end of a course only while what is waited for does not stand. */
  const stuck = (position: Position): number => {
    return stakes.some((edge) => isAwaited(position, edge)) ? fail("the game never ends") : 0;
  };

  const next = (position: Position): number => {
    const isDue = stakes.some((edge) => isAwaited(position, edge) && isLate(position, edge));
    let courses = 0;
    for (const { what, after } of successors(position)) {
      course.push(`${rules.tick(position)}: ${what}`);
      courses += visit(gathered(after));
      course.pop();
    }
    return courses + (isDue ? 0 : pass(position));
  };

  /** What one call makes of the position that was looked at last. */
  const successors = (position: Position): Successor[] => {
    const confirmable = scope.confirms ? [] : confirmed.filter((edge) => rules.isConfirmable(position, edge));
    const open = moves.filter((move) => relevance.isAlive(move.on) && rules.canChange(position, move));
    return [
      ...(part.chain === null ? [] : crowd.successors(position, (place) => relevance.isAliveAt(place))),
      ...confirmable.map((edge) => ({
        what: `confirm of level ${levelOf(edge)}`,
        after: rules.withConfirmed(position, edge),
      })),
      ...open.map((move) => ({
        what: `${move.kind} of level ${levelOf(move.on)}`,
        after: rules.after(position, move),
      })),
    ];
  };

  const levelOf = (edge: number): number => (edge < 0 ? 0 : chart.edges[edge].level);

  const pass = (position: Position): number => {
    const answers = honest.answers(position);
    if (typeof answers === "string") return fail(answers);
    const later = position.slice();
    const isInside = (answer: Answer): boolean => {
      return answer.kind !== "move" || inside.has(answer.move.on < 0 ? answer.move.makes[0] : answer.move.on);
    };
    const refused = honest.tick(later, answers.filter(isInside));
    return refused === null ? visit(gathered(later)) : fail(refused);
  };

  const whatIsWrong = (position: Position): string | null => {
    for (const edge of falseEdges) {
      const { level, place, isStaked } = chart.edges[edge];
      const status = rules.status(position, edge);
      const isWon =
        status === STATUS.confirmed || status === STATUS.proven || (isStaked && rules.isConfirmable(position, edge));
      if (isWon && (level === 0 || relevance.isWanted(place)) && !isNobodysLoss(position, place))
        return `a false edge of level ${level} has won`;
    }
    for (const edge of stakes) {
      const { level, place } = chart.edges[edge];
      if (rules.status(position, edge) !== STATUS.open) continue;
      if (rules.isHonest(position, edge) && rules.isDecided(position, place)) return "an honest stake is lost";
      if (!isAwaited(position, edge) || !isLate(position, edge)) continue;
      if (confirmed.includes(edge) && !rules.isConfirmable(position, edge))
        return `a true edge of level ${level} is late`;
    }
    return null;
  };

  /** What is won below a decided place, where the honest party has no stake. What it gives to a stake further up, that one shows. */
  const isNobodysLoss = (position: Position, place: number): boolean => {
    const [own, ...above] = roots.get(place)!;
    return !rules.isHonest(position, own.truth) && above.some((root) => rules.isDecided(position, root.place));
  };

  const isLate = (position: Position, edge: number): boolean => {
    return rules.tick(position) - rules.created(position, edge) >= terms[chart.edges[edge].level];
  };

  const isAwaited = (position: Position, edge: number): boolean => {
    return rules.status(position, edge) === STATUS.open && relevance.hasTerm(position, edge);
  };

  const courses = visit(rules.start());
  const knows = (position: Position): boolean => {
    const key = relevance.look(crowd.view(position));
    return relevance.isOver || known.has(key);
  };
  return { positions: known.size, courses, violation, knows };
}

/** The places where a tree starts, from this one's upwards. */
function rootsFrom(places: readonly RightPlace[], from: RightPlace): RightPlace[] {
  const above = places.find(({ place }) => place === from.above);
  return [...(from.isRoot ? [from] : []), ...(above === undefined ? [] : rootsFrom(places, above))];
}
