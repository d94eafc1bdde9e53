import { afterAnswer, afterTimeout, afterWin } from "../games/tournament/clock";
import { CORRECT, type TournamentRules } from "../games/tournament/rules";

export interface DelaySetup {
  claims: number;
  /** In blocks, as are all times here. */
  allowance: number;
  budget: number;
  height: number;
}

/** Answers left, clocks of who is to answer and who waits, and the block at which the former's began to run. */
type Pair = readonly [answers: number, running: number, waiting: number, since: number];

interface State {
  now: number;
  unjoined: number;
  dangling: number;
  pairs: readonly Pair[];
}

/**
 * The longest time that a single-level tournament can take, over all times of joins and answers and all orders within a block.
 * Timeouts are claimed in the first block that allows it. Either side of a leaf may be the one that can be proven, and nobody is
 * honest: an upper envelope of the clocks, as Cartesi's bounded model of the same rules is.
 */
export function longestDelay(setup: DelaySetup, rules: TournamentRules = CORRECT): { blocks: number; states: number } {
  const { claims, allowance, budget, height } = setup;
  const known = new Map<string, number>();

  const longest = (state: State): number => {
    const key = keyOf(state);
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const value = explore(state);
    known.set(key, value);
    return value;
  };

  const explore = (state: State): number => {
    const { now, unjoined, pairs } = state;
    // Not everybody has joined in time: a game of fewer claims.
    if (now >= allowance && unjoined > 0) return -1;
    if (unjoined === 0 && pairs.length === 0) return Math.max(now, allowance);
    let best = -1;
    const consider = (next: State): void => void (best = Math.max(best, longest(next)));
    if (unjoined > 0) consider(joined(state));
    let isDue = false;
    pairs.forEach((pair, index) => {
      if (index > 0 && compare(pair, pairs[index - 1]) === 0) return;
      const [answers, running, waiting, since] = pair;
      const elapsed = now - since;
      if (elapsed >= (answers === 0 ? Math.min(running, waiting) : running)) {
        isDue = true;
        consider(settled(state, index, timeout(pair, elapsed)));
      } else if (answers > 0) {
        const left = afterAnswer(running, elapsed, budget, rules)!;
        consider(replaced(state, index, [answers - 1, waiting, left, now]));
      } else
        for (const left of [running, waiting]) consider(settled(state, index, afterWin(left, elapsed, budget, rules)));
    });
    if (!isDue) consider({ ...state, now: now + 1 });
    return best;
  };

  const timeout = ([answers, running, waiting]: Pair, elapsed: number): number | null => {
    if (answers > 0) return afterTimeout(waiting, running, elapsed, budget, rules);
    return afterWin(running, elapsed, budget, rules) ?? afterWin(waiting, elapsed, budget, rules);
  };

  const joined = (state: State): State => {
    const left = allowance - (rules.chargesLateness ? state.now : 0);
    return paired({ ...state, unjoined: state.unjoined - 1 }, left);
  };

  const paired = (state: State, left: number): State => {
    if (state.dangling === 0) return { ...state, dangling: left };
    const pair: Pair = [height, state.dangling, left, state.now];
    return { ...state, dangling: 0, pairs: sorted([...state.pairs, pair]) };
  };

  const settled = (state: State, index: number, left: number | null): State => {
    const rest = { ...state, pairs: state.pairs.filter((_, at) => at !== index) };
    return left === null ? rest : paired(rest, left);
  };

  const replaced = (state: State, index: number, [answers, running, waiting, since]: Pair): State => {
    // Of a sealed leaf both clocks run: which is which does not matter.
    const isSwapped = answers === 0 && running > waiting;
    const pair: Pair = isSwapped ? [answers, waiting, running, since] : [answers, running, waiting, since];
    return { ...state, pairs: sorted(state.pairs.map((old, at) => (at === index ? pair : old))) };
  };

  const blocks = longest({ now: 0, unjoined: claims, dangling: 0, pairs: [] });
  return { blocks, states: known.size };
}

function sorted(pairs: Pair[]): Pair[] {
  return pairs.sort(compare);
}

function compare(a: Pair, b: Pair): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** All numbers are small: one character each. */
function keyOf({ now, unjoined, dangling, pairs }: State): string {
  let key = String.fromCharCode(now, unjoined, dangling);
  for (const [answers, running, waiting, since] of pairs) key += String.fromCharCode(answers, running, waiting, since);
  return key;
}
