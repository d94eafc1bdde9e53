import { existsSync } from "node:fs";
import { join } from "node:path";
import type { GameType } from "../deployment";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { depthOf } from "../games/claims/position";
import type { ClaimsMove } from "../games/claims";
import type { TournamentMove } from "../games/tournament";
import { inboxHash, rootByLastLeaf, type InboxState, type Move } from "../games/edges";
import type { AssertionInfo } from "../games/types";
import type { DisputeGame, GameMove, Plan } from "../games/game";
import { fromHex, keccak256, outputRoot, toHex } from "../protocol";
import { Commitments, type CommitmentOptions, type CommitmentSource } from "../challenger/commitments/commitments";
import {
  tellBlob,
  tellFlip,
  tellInbox,
  tellMint,
  tellPreimage,
  tellPrecompile,
  tellPrecompileFailure,
  tellUnsafe,
  type Tell,
} from "./forgeries";
import { GarbageSource, randomHash, spoilAll, spoilOne, type Spoil } from "./garbageSource";
import { HaltingSource } from "./haltingSource";
import { LyingSource } from "./lyingSource";

/** What an adversary patches of the honest challenger. */
export interface Fault {
  createSource(options: CommitmentOptions, game: DisputeGame): CommitmentSource;
  /** What it sends of a plan's moves. */
  reviseMoves?(plan: Plan, game: DisputeGame): GameMove[];
  /** What its machines' threads run, where that is more than the honest worker does: a module's path without its ending. */
  workerModule?: string;
  /** Gas that it gives a move, where that is not what the move needs. */
  gasLimitOf?(move: GameMove): bigint | undefined;
  /** The folder of the program that it runs, where that is not the one that L1 judges. */
  programFolder?: string;
  /** Whether its lie can never be told any more: another assertion was confirmed in its place before L1 had it. */
  isLost?(game: DisputeGame): boolean;
}

/** How a liar is made from a seed. `account`: whose L2 balance it forges. */
export interface FaultContext {
  seed: number;
  account: Hex;
  amountWei: bigint;
}

type AnyMove = Move | ClaimsMove | TournamentMove;
/** Moves by which L1 executes a step, in each game. */
const STEPS: readonly string[] = ["proveStep", "step", "winByStep"];
type AssertMove = Extract<Move, { kind: "assertState" }>;
type CreateFault = (args: string[], context: FaultContext) => Fault;

const PLACES: Record<string, (runs: number) => number> = {
  first: () => 0,
  middle: (runs) => Math.floor(runs / 2),
  last: (runs) => runs - 1,
};
const PLACE = "[:first|middle|last]";
/** Rivals at once: their stakes are the liar's, which has 50 ether on the devnet. */
const MOST_RIVALS = 40;
/** Enough to verify a proof and too little for the precompile that it calls. */
const STARVING_GAS = 300_000n;

/** Of a fault that is about histories of output roots. */
const OF_HISTORIES = "an assertion of this game commits to its last output root alone";

/** What must be on the chain, beside blocks with a transfer in them, before there is anything to lie about. */
export type Need = "precompile" | "blobs";

/** `not`: why a game has no such lie. */
const FAULTS: Record<
  string,
  { usage: string; about: string; needs?: Need; not?: Readonly<Partial<Record<GameType, string>>>; create: CreateFault }
> = {
  "wrong-state": {
    usage: "wrong-state[:first|middle|last[:STEP]]",
    about: "claims that a block ends in a state with 1,000 ether more, from step STEP (or one chosen by the seed) on",
    create: ([place, step], context) => halting(context, place, step),
  },
  "wrong-batch": {
    usage: `wrong-batch${PLACE}`,
    about: "reads a batch or a delayed message that is not the inbox's; what follows is the program's work on it",
    create: ([place = "first"], context) => liar(context, place, tellInbox(context.amountWei)),
  },
  "wrong-preimage": {
    usage: `wrong-preimage${PLACE}`,
    about: "reads a trie node that does not hash to its key, with 1,000 ether more in it",
    create: ([place], context) => liar(context, place, tellPreimage(context.amountWei)),
  },
  "wrong-blob": {
    usage: `wrong-blob${PLACE}`,
    needs: "blobs",
    about: "reads a blob that says it is empty, where the batch of the block begins: the block consumes messages alone",
    create: ([place = "first"], context) => liar(context, place, tellBlob()),
  },
  "wrong-precompile": {
    usage: `wrong-precompile${PLACE}`,
    needs: "precompile",
    about: "takes another answer from a precompile: a signature becomes another account's, or a bit is wrong",
    create: ([place], context) => liar(context, place, tellPrecompile(context.account)),
  },
  "low-gas": {
    usage: `low-gas${PLACE}`,
    needs: "precompile",
    about: "claims that a precompile failed and sends its proof with so little gas that it fails on L1, too",
    create: ([place], context) => ({
      ...liar(context, place, tellPrecompileFailure()),
      gasLimitOf: ({ kind }) => (STEPS.includes(kind) ? STARVING_GAS : undefined),
    }),
  },
  flip: {
    usage: "flip",
    about: "has a machine in which one bit of memory flips at a random step of the last block",
    create: (_args, context) => ({
      ...liar(context, "last", tellFlip()),
      workerModule: join(__dirname, "worker"),
    }),
  },
  unsafe: {
    usage: "unsafe",
    about: "asserts a block that L1 holds no data for",
    create: (_args, { seed }) =>
      telling(
        (options, mayLie) => new HaltingSource(options, { run: (runs) => runs, seed, tell: tellUnsafe(), mayLie }),
      ),
  },
  silent: {
    usage: "silent[:LEVEL]",
    about: "lies as wrong-state does and falls silent when the dispute reaches level LEVEL (1 by default)",
    create([level = "1"], context) {
      const from = wholeNumber(level, "level", 0, 2);
      return {
        ...halting(context, "last"),
        reviseMoves: ({ moves }, { heights }) => moves.filter((move) => !isAtLevel(move as AnyMove, from, heights[0])),
      };
    },
  },
  garbage: {
    usage: "garbage",
    about: "asserts a history of random output roots that nothing leads to, and cannot defend it",
    not: { claims: OF_HISTORIES },
    create: (_args, context) => spoiler(context, spoilAll),
  },
  "copied-history": {
    usage: "copied-history",
    about: "asserts the right end after a wrong history: another root with the true last leaf",
    not: { claims: OF_HISTORIES },
    create: (_args, context) => spoiler(context, spoilOne),
  },
  "other-program": {
    usage: "other-program:FOLDER",
    about:
      "runs the stf.wasm of FOLDER (see solvent program), honestly: whatever blocks come out otherwise are false here",
    create([folder = ""]) {
      if (!existsSync(join(folder, "stf.wasm")))
        throw new SolventError(
          "config-invalid",
          `fault other-program: no stf.wasm in "${folder}"; name a folder that has one`,
        );
      return { createSource: (options) => new Commitments(options), programFolder: folder };
    },
  },
  spam: {
    usage: "spam[:COUNT]",
    about:
      "asserts COUNT rivals at once (10 by default), each another history of random output roots with the true end",
    not: { claims: OF_HISTORIES },
    create: ([count = "10"], context) => spammer(context, wholeNumber(count, "count", 1, MOST_RIVALS)),
  },
};

/** One line for each kind of fault. */
export function describeFaults(): string[] {
  return Object.values(FAULTS).map(({ usage, about }) => `${usage}: ${about}`);
}

/** @param text - `KIND[:args]`. @returns null where any block will do, and for kinds that are not of this list. */
export function needOf(text: string): Need | null {
  const [kind] = text.split(":");
  return Object.hasOwn(FAULTS, kind) ? (FAULTS[kind].needs ?? null) : null;
}

/** Their kinds. */
export const FAULT_KINDS: readonly string[] = Object.keys(FAULTS);

/**
 * @param text - `KIND[:args]`. @param game - that is played, by its name in a configuration.
 * @throws SolventError `config-invalid`, one line that says what is allowed.
 */
export function parseFault(text: string, context: FaultContext, game: GameType = "edges"): Fault {
  const [kind, ...args] = text.split(":");
  if (!Object.hasOwn(FAULTS, kind))
    throw new SolventError("config-invalid", `no fault "${kind}"; there are ${FAULT_KINDS.join(", ")}`);
  const { usage, not, create } = FAULTS[kind];
  if (not?.[game] !== undefined) {
    const kinds = FAULT_KINDS.filter((other) => FAULTS[other].not?.[game] === undefined);
    throw new SolventError(
      "config-invalid",
      `no fault "${kind}" in the game ${game}: ${not[game]}; there are ${kinds.join(", ")}`,
    );
  }
  const most = usage.split(":").length - 1;
  if (args.length > most) throw new SolventError("config-invalid", `fault ${text}: write ${usage}`);
  return create(args, context);
}

/** @throws SolventError `config-invalid`. */
function wholeNumber(text: string, what: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw new SolventError(
      "config-invalid",
      `a fault's ${what} is a whole number from ${least} to ${most}, not ${text}`,
    );
  return value;
}

type MayLie = (start: Hex, inbox: InboxState) => boolean;

function liar({ seed }: FaultContext, place: string | undefined, tell: Tell): Fault {
  const run = placeOf(place);
  return telling((options, mayLie) => new LyingSource(options, { run, seed, tell, mayLie }));
}

function halting({ seed, account, amountWei }: FaultContext, place?: string, step?: string): Fault {
  const from = step === undefined ? undefined : BigInt(wholeNumber(step, "step", 0, Number.MAX_SAFE_INTEGER));
  const lie = { run: placeOf(place), seed, tell: tellMint(account, amountWei), step: from };
  return telling((options, mayLie) => new HaltingSource(options, { ...lie, mayLie }));
}

/** A fault whose lie ends in another output root. */
function telling(create: (options: CommitmentOptions, mayLie: MayLie) => LyingSource): Fault {
  let source: LyingSource | undefined;
  return {
    createSource: (options, game) => (source = create(options, isUndecidedIn(game))),
    isLost: (game) => {
      const told = source?.told;
      return told?.end != null && isLostIn(game, told, ({ outputRoot }) => outputRoot === told.end);
    },
  };
}

function spoiler({ seed }: FaultContext, spoil: Spoil, revise?: (moves: Move[], lieStart?: Hex) => Move[]): Fault {
  let source: GarbageSource | undefined;
  return {
    createSource: (options, game) => (source = new GarbageSource(options, seed, spoil, isUndecidedIn(game))),
    isLost: (game) => {
      const told = source?.told;
      return told != null && isLostIn(game, told, ({ root }) => root === told.root);
    },
    ...(revise && { reviseMoves: ({ moves }) => revise(moves as Move[], source?.told?.parent) }),
  };
}

function spammer(context: FaultContext, count: number): Fault {
  return spoiler(context, spoilAll, (moves, lieStart) =>
    moves.flatMap((move) => {
      const isLie = move.kind === "assertState" && move.origin.start === lieStart;
      return isLie ? [move, ...rivalsOf(move, count - 1, context.seed)] : [move];
    }),
  );
}

function placeOf(place = "last"): (runs: number) => number {
  if (!Object.hasOwn(PLACES, place))
    throw new SolventError("config-invalid", `a fault's block is first, middle or last, not ${place}`);
  return PLACES[place];
}

/** Where it is too late, a lie could not be played, or not even be posted. */
function isUndecidedIn(game: DisputeGame): MayLie {
  return (start, inbox) => !game.isTooLate(start, inboxHash(inbox));
}

function isLostIn(
  game: DisputeGame,
  { parent, inbox }: { parent: Hex; inbox: InboxState },
  isLie: (info: AssertionInfo) => boolean,
): boolean {
  const at = inboxHash(inbox);
  const there = game.assertions().filter(({ info: { origin } }) => origin.start === parent && origin.inbox === at);
  return there.some(({ status }) => status === "confirmed") && !there.some(({ info }) => isLie(info));
}

/** Assertions of the same end after other histories. */
function rivalsOf(move: AssertMove, count: number, seed: number): AssertMove[] {
  const { stateRoot, messagePasserStorageRoot, header } = move.output;
  const end = outputRoot(stateRoot, messagePasserStorageRoot, toHex(keccak256(fromHex(header))));
  return Array.from({ length: count }, (_, i) => {
    const spine = move.spine.map((_sibling, height) => randomHash(seed + i + 1, height));
    return { ...move, spine, root: rootByLastLeaf(end, spine) };
  });
}

/** Claims about machines count as level 1, however deep. @param split - the depth of the last claims about output roots. */
function isAtLevel(move: AnyMove, level: number, split: number): boolean {
  if (move.kind === "bisect" || move.kind === "open") return move.at.level >= level;
  if (move.kind === "attack" || move.kind === "defend") return (depthOf(move.position) > split ? 1 : 0) >= level;
  // What ends a match is nobody's answer.
  if (move.kind === "join" || move.kind === "advance" || move.kind === "sealMatch") return move.level >= level;
  return STEPS.includes(move.kind);
}
