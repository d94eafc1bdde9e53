import type { ClaimsGame } from "../games/claims/model";
import type { EdgesGame } from "../games/edges/model";
import type { Game, Move } from "../games/game";
import type { TournamentGame } from "../games/tournament/model";
import { BLOCK_SECONDS, type Choice, type HandEvent, type HandGame } from "./hand";
import { RUN_STEPS } from "./toy";

/** What a choice does, and what follows from it. */
export interface Explained {
  does: string;
  /** Rules, money and clocks: one sentence each. */
  follows: string[];
}

/** `2 h 5 min`: seconds of a game, which come in whole blocks. */
export function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "for ever";
  const minutes = Math.max(0, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** `run 2`, `steps 0 to 1 of a run`: leaves of a tree of some level. */
export function leaves(level: number, first: number, size: number): string {
  const noun = level === 0 ? "run" : "step";
  return size === 1 ? `${noun} ${first}` : `${noun}s ${first} to ${first + size - 1}`;
}

/** Explains a choice at the moment at which it can be made. */
export function explain(hand: HandGame, { key, move }: Choice): Explained {
  const { game } = hand;
  if (move === undefined) {
    if (key === "wait") return { does: "wait for one block", follows: [`${clock(BLOCK_SECONDS)} passes.`] };
    return { does: "wait until something happens", follows: ["Clocks that run go on running until then."] };
  }
  const { does, why } = wordsOf(game, move);
  const bond = game.bond(move);
  const deadline = game.deadline(move);
  return {
    does,
    follows: [
      why,
      ...(bond > 0 ? [`Locks ${money(bond)}: back if it turns out right, lost if not.`] : []),
      ...(Number.isFinite(deadline) ? [`Too late in ${clock(deadline - game.now)}.`] : []),
      ...(move.forLie === true ? ["It settles something in favour of a lie."] : []),
    ],
  };
}

/** Why the book advises that choice. */
export function reasonFor(hand: HandGame, choice: Choice): string {
  if (choice.move === undefined)
    return "Nothing that you stand for is attacked, and nothing has fallen due: time works for you.";
  if (hand.game.answers(0, hand.mine).some(({ key }) => key === choice.key))
    return "The book answers every rival as soon as it can: only what stands uncontested earns time or wins.";
  return "It has fallen due, and it is yours to take.";
}

/** Something that happened, in a sentence. */
export function tell({ game }: HandGame, { by, move, refused }: HandEvent): string {
  const who = by === 0 ? "you" : "they";
  const { does } = wordsOf(game, move);
  return refused === undefined ? `${who}: ${does}` : `${who} tried to ${does}; L1 refused: ${refused}`;
}

/** How a game ended, and why. */
export function ending(hand: HandGame): string {
  const { outcome, reason, at } = hand.verdict;
  const by = reason === "proof" ? "L1 executed the one step in question itself" : "the other side left an answer out";
  const won = (isMine: boolean): string => (isMine ? "You won" : "You lost");
  const isLiar = hand.setup.side === "liar";
  switch (outcome) {
    case "true":
      return `${won(!isLiar)} after ${clock(at)}: the truth stands, because ${by}.`;
    case "false":
      return `${won(isLiar)} after ${clock(at)}: the lie stands, because ${by}. On a real rollup it could now take the escrow.`;
    case "none":
      return "It ended without a winner: nobody's claim stands.";
    case "frozen":
      return "It ended frozen: no claim is left, and nobody's funds move.";
    case "open":
      return "Nobody moves any more, and nothing was decided.";
  }
}

/** Ether, with two digits behind the point at most. */
export function money(ether: number): string {
  return `${Number(ether.toFixed(2))} ether`;
}

function wordsOf(game: Game, move: Move): { does: string; why: string } {
  switch (game.name) {
    case "edges":
      return edgesWords(game as EdgesGame, move);
    case "claims":
      return claimsWords(game as ClaimsGame, move);
    case "tournament":
      return tournamentWords(game as TournamentGame, move);
  }
}

function edgesWords({ edges }: EdgesGame, { kind, on }: Move): { does: string; why: string } {
  if (kind === "assert")
    return {
      does: "assert: stake on the end of all sixteen steps",
      why: "It earns time while nobody contests it; with enough time it is confirmed.",
    };
  const { level, start, size, staker } = edges[on[0]];
  const place = leaves(level, start, size);
  // What has a stake is a whole tree: rivals of it are told apart by their numbers.
  const whose = staker === 0 ? "your" : "their";
  const tree = `${whose} ${level === 0 ? "assertion" : "claim of a run’s steps"} (edge ${on[0]})`;
  switch (kind) {
    case "bisect":
      return {
        does: `bisect ${place}: show what you claim of both halves`,
        why: "The half on which both sides agree earns time for both; the disagreement goes on in the other.",
      };
    case "open":
      return {
        does: `open ${place}: commit to every step inside it`,
        why: "You stand for each single step from now on; a rival must open its own claim of it, too.",
      };
    case "prove":
      return {
        does: `have L1 execute ${place} itself`,
        why: "L1's result is final: whoever claimed it has infinite time there.",
      };
    case "confirm":
      return {
        does: `confirm ${tree}`,
        why: "It has earned its challenge period: its stake goes back, and all its rivals have lost.",
      };
    default:
      return {
        does: `slash the stake on ${tree}`,
        why: "Half of it is burnt, half pays for the winner's moves.",
      };
  }
}

function claimsWords({ claims }: ClaimsGame, { kind, on }: Move): { does: string; why: string } {
  switch (kind) {
    case "create":
      return {
        does: "propose the root claim: the end of all sixteen steps",
        why: "It stands unless somebody counters it before their clock is over.",
      };
    case "attack":
      return {
        does: `attack claim ${on[0]}: it is wrong, look left of it`,
        why: "It says that the first difference is at or before what that claim is about.",
      };
    case "defend":
      return {
        does: `defend claim ${on[0]}: it is right, look right of it`,
        why: "It says that the first difference is behind what that claim is about.",
      };
    case "step":
      return {
        does: `have L1 execute the step under claim ${on[0]}`,
        why: "L1's result counters that claim for good.",
      };
    case "resolveClaim":
      return {
        does: `resolve claim ${on[0]}${claims[on[0]].depth === 0 ? ", the root" : ""}`,
        why: "Its clock is over and its answers are resolved: it stands if none of them does, and its bond goes to the left-most that does.",
      };
    case "resolve":
      return { does: "resolve the game", why: "The root is resolved: so is everything that rests on it." };
    default:
      return { does: "claim the bonds", why: "The air gap is over: everybody is paid." };
  }
}

function tournamentWords(game: TournamentGame, { kind, on }: Move): { does: string; why: string } {
  const { tournaments, matches } = game;
  switch (kind) {
    case "join": {
      const { level } = tournaments[on[0]];
      return {
        does:
          level === 0
            ? "join the tournament: stake on all four runs"
            : `join the tournament below: stake on all ${RUN_STEPS} steps of the run`,
        why: "You are paired with whoever waits, or wait for the next one; your clock has what is left of the allowance.",
      };
    }
    case "advance":
      return {
        does: `answer in match ${on[0]}: show your half`,
        why: "Your clock stops and the other's starts; the response budget is forgiven.",
      };
    case "sealLeaf":
    case "sealInner":
      return {
        does: `seal match ${on[0]} at ${leaves(tournaments[matches[on[0]].tournament].level, matches[on[0]].leaf, 1)}`,
        why:
          kind === "sealLeaf"
            ? "Both clocks run now: whoever the step bears out shows it to L1."
            : "A tournament about the steps of that run opens; both clocks stand still until it is over.",
      };
    case "winLeaf":
      return {
        does: `have L1 execute the step of match ${on[0]}`,
        why: "L1's result ends the match: who claimed it stays, the other is out.",
      };
    case "timeout":
      return { does: `claim match ${on[0]}: the other's clock is over`, why: "Who let its clock run out is out." };
    case "eliminate":
      return { does: `close match ${on[0]}: both clocks are over`, why: "Both are out." };
    case "winInner":
      return {
        does: `bring the winner of the tournament below up to match ${on[0]}`,
        why: "It decides which side of that match was right about the run.",
      };
    case "eliminateInner":
      return {
        does: `close match ${on[0]}: the tournament below has no winner in time`,
        why: "Both sides of the match are out, and what is in the tournament below is burnt.",
      };
    default:
      return {
        does: "settle: pay the winner",
        why: "Its bond goes back with a tenth of what is left of the others'; nine tenths are burnt.",
      };
  }
}
