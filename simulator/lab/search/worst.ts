import { playGame, type Played, type PlaySetup } from "../play";
import { CHOICES } from "../strategies/search";

export interface SearchSetup {
  /** Number of the party whose schedule is searched; it plays `search`. */
  readonly party: number;
  /** Schedules that are kept at each depth. */
  readonly beam: number;
  /** Decisions that are searched, from the first on; later ones are made at once. */
  readonly depth: number;
}

export interface Worst {
  readonly choices: readonly number[];
  readonly played: Played;
  /** Games that were played to find it. */
  readonly games: number;
}

/**
 * Looks for the schedule that is worst for the honest side, by beam search over how long each of the adversary's answers waits: first
 * that the truth loses or loses money, then that it wins late. No proof that there is no worse one, but it attacks a bound where
 * drawing at random only samples it.
 */
export function worstSchedule(setup: PlaySetup, { party, beam, depth }: SearchSetup): Worst {
  let games = 0;
  const play = (choices: readonly number[]): Worst => {
    games++;
    return { choices, played: playGame({ ...setup, choices: new Map([[party, choices]]) }), games };
  };
  let worst = play([]);
  let kept = [worst];
  for (let at = 0; at < depth && worst.played.isHonestWin; at++) {
    const tried = kept.flatMap(({ choices, played }) => {
      // The first choice, at once, is what the list as it stands does already.
      const others = Array.from({ length: CHOICES - 1 }, (_, choice) => play([...choices, choice + 1]));
      return [{ choices: [...choices, 0], played, games }, ...others];
    });
    tried.sort((a, b) => harm(b.played) - harm(a.played));
    kept = tried.slice(0, beam);
    if (harm(kept[0].played) > harm(worst.played)) worst = kept[0];
  }
  return { ...worst, games };
}

/** The same game with the worst schedule that was found for the first party that plays `search`. */
export function withWorstSchedule(setup: PlaySetup, { beam, depth }: Omit<SearchSetup, "party">): PlaySetup {
  const party = setup.parties.findIndex(({ strategy }) => strategy === "search");
  return { ...setup, choices: new Map([[party, worstSchedule(setup, { party, beam, depth }).choices]]) };
}

/** How bad an end is for the honest side: seconds until it has won, and more than any of them if it has not, or has lost money. */
export function harm({ isHonestWin, confirmableSeconds }: Played): number {
  return isHonestWin ? confirmableSeconds : 1e15;
}
