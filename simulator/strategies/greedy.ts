import { HonestPlayer, type GameView, type Move } from "../../games/edges";
import { hashNode } from "../../games/history/history";
import { edgeId, mutualId } from "../../games/edges/place";
import type { Truth } from "../../games/edges/truth";
import { ZERO_ADDRESS } from "../../protocol";
import type { Board, BoardView, Turn } from "../boards/board";
import { unsettled, violations } from "../invariants";
import { allUpdates, movesOf } from "./universe";

export interface Attack {
  truth: Truth;
  lies: readonly Truth[];
  /** Seconds of one tick: the honest answers land at the next one, before all else. */
  answerSeconds: number;
  /** Whether the honest party sends answers along that wait for others of the same plan. */
  packs: boolean;
  /** Whether the adversaries make that move at that tick; default: as soon as they can. */
  isTime?(move: Move, tick: number): boolean;
  /** The honest party of a mutant: it leaves when its assertion is confirmed. */
  stopsWhenConfirmed?: boolean;
  /** Wei in balances at the start, to be accounted for. */
  deposited?: bigint;
  reason?: "time" | "proof";
}

const [HONEST, ADVERSARY] = [0, 1];

/** Plays one attack, every move at the first moment it can be made. @returns all that went wrong; none if the game holds. */
export async function playAttack(board: Board, attack: Attack): Promise<string[]> {
  const { challengePeriodSeconds } = board.parameters;
  const { truth, answerSeconds, deposited, reason } = attack;
  const honest = board.players[HONEST];
  const end = board.now() + 4 * challengePeriodSeconds;
  const expected = { truth, genesis: board.genesis, honest, deposited, reason };
  // The adversaries have the first word: an answer may be due for each of the N + 3 links.
  await press(board, attack, 0);
  for (let tick = 1; board.now() < end; tick++) {
    const answers = honestMoves(await board.view(), board, attack);
    const now = board.now() + answerSeconds;
    const landed = await board.round(
      answers.map((move) => ({ by: HONEST, move })),
      now,
    );
    const refused = answers.find((_, i) => !landed[i]);
    if (refused !== undefined) return [`the honest ${refused.kind} is refused`];
    await press(board, attack, tick);
    await settle(board);
    const wrong = violations(await board.view(), expected);
    if (wrong.length > 0) return wrong;
    if (answers.length === 0 && isSettled(board, await board.view())) break;
  }
  return unsettled(await board.view(), expected);
}

/** The adversaries' moves of one tick, until no more is accepted. */
export async function press(board: Board, attack: Pick<Attack, "lies" | "isTime">, tick: number): Promise<void> {
  const tried = new Set<string>();
  for (;;) {
    const moves = movesOf(await board.view(), attack.lies, board.genesis).filter((move) => {
      const key = JSON.stringify(move);
      if (tried.has(key) || attack.isTime?.(move, tick) === false) return false;
      tried.add(key);
      return true;
    });
    if (moves.length === 0) return;
    await board.round(
      moves.map((move) => ({ by: ADVERSARY, move })),
      board.now(),
    );
  }
}

/** Brings timers up to date, bottom first, and confirms whatever lets itself be confirmed. */
async function settle(board: Board): Promise<void> {
  const view = await board.view();
  const turns: Turn[] = allUpdates(view).map((step) => ({ by: ADVERSARY, move: { kind: "update", steps: [step] } }));
  for (const { status, staker, at, root } of view.edges.values())
    if (status === "open" && staker !== ZERO_ADDRESS)
      turns.push({ by: ADVERSARY, move: { kind: "confirm", at, root } });
  await board.round(turns, board.now());
}

/** What the honest party sends now: its plan, or only the part that answers what stands. */
export function honestMoves(
  view: GameView,
  { genesis, players }: Pick<Board, "genesis" | "players">,
  attack: Pick<Attack, "truth" | "packs" | "stopsWhenConfirmed">,
): Move[] {
  const options = { account: players[HONEST], from: genesis, propose: ({ id }: { id: string }) => id === genesis.id };
  if (attack.stopsWhenConfirmed === true && hasConfirmed(view, genesis.id)) return [];
  const { moves } = new HonestPlayer(attack.truth, options).decide(view);
  return attack.packs ? moves : moves.filter((move) => isAnswer(view, move));
}

/** Whether the move answers what stands, rather than what another move of the same plan is about to make. */
function isAnswer(view: GameView, move: Move): boolean {
  if (move.kind !== "bisect" && move.kind !== "open" && move.kind !== "proveStep") return true;
  const root = move.kind === "bisect" ? hashNode(move.left, move.right) : move.kind === "open" ? move.leaf : move.root;
  return view.edge(edgeId(move.at, root)) !== undefined && view.mutual(mutualId(move.at))!.rivalledAt !== null;
}

export function hasConfirmed(view: GameView, genesis: `0x${string}`): boolean {
  return view.childrenOf(genesis).some(({ id }) => view.edge(id)!.status === "confirmed");
}

/** Whether an assertion is confirmed and no stake of the honest party is open. */
export function isSettled({ genesis, players }: Board, view: BoardView): boolean {
  const own = [...view.edges.values()].filter(({ staker }) => staker === players[HONEST]);
  return hasConfirmed(view, genesis.id) && own.every(({ status }) => status === "confirmed");
}
