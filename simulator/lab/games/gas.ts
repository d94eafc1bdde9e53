import type { GameName, GasPair } from "./game";

type Source = "pinned" | "published" | "derived";

export interface Cost {
  readonly osaka: number;
  /** Storage slots made and rewritten, and bytes of calldata: what the next fork reprices. */
  readonly newSlots: number;
  readonly rewrites: number;
  readonly bytes: number;
  /** `pinned`: measured on our contracts, test/snapshots/gas.game.json. `published`: measured by others. `derived`: arithmetic. */
  readonly source: Source;
  /** Of what is pinned: its name in test/snapshots/gas.game.json, and what is taken off it. */
  readonly pin?: readonly [name: string, less: number];
}

/** Glamsterdam's prices, draft of EIP-7773 of 2026-08-20, not final: a new slot, a rewrite, a byte of calldata, a transaction. */
const NEXT = { newSlot: 110_020 - 22_100, rewrite: 12_100 - 5_000, floorByte: 64, base: 15_000 - 21_000 };

const cost = (osaka: number, source: Source, newSlots = 0, rewrites = 0, bytes = 600): Cost => ({
  osaka,
  source,
  newSlots,
  rewrites,
  bytes,
});

const pinned = (osaka: number, pin: string, newSlots: number, rewrites: number, bytes = 600, less = 0): Cost => ({
  ...cost(osaka, "pinned", newSlots, rewrites, bytes),
  pin: [pin, less],
});

/**
 * Gas of each kind of move. Of `edges` it is pinned on the contracts; of `claims` and `tournament` it is what their authors
 * published, until contracts of our own stand (OP: a move 260k, 9.4M for the resolution of 74 claims; PRT: calibration of
 * 2026-10-02). What OP's other calls cost nobody has published: arithmetic over their slots. A whole witness of 3.5 kB is counted for each one-step proof.
 */
export const GAS: Readonly<Record<GameName, Readonly<Record<string, Cost>>>> = {
  edges: {
    assert: pinned(251_632, "queue: assert, the first child", 4, 1),
    bisect: pinned(100_072, "game: bisect, the answer with another left half", 2, 1),
    open: pinned(111_182, "game: open a leaf of level 0, the first", 2, 1, 1_500),
    prove: cost(250_000, "derived", 0, 1, 3_500),
    confirm: pinned(48_801, "game: confirm an assertion", 0, 2),
    slash: pinned(64_427, "game: slash a rival of a confirmed edge", 0, 2),
    // Several in one transaction with the confirmation.
    update: pinned(24_767, "game: update one timer by its halves", 0, 1, 200, 21_000),
  },
  claims: {
    // A clone and its arguments 90k, the first claim's 5 slots, 2 of the register, 1 of the wrapped ether, calls and base.
    create: cost(330_000, "derived", 8, 0),
    attack: cost(260_000, "published", 7, 0),
    defend: cost(260_000, "published", 7, 0),
    step: cost(450_000, "derived", 0, 1, 3_500),
    resolveClaim: cost(127_000, "derived", 0, 2),
    // Status, and the anchor where it moves; its reads.
    resolve: cost(60_000, "derived", 0, 2),
    // Two transactions: the credit is unlocked, and paid after a delay.
    claimCredit: cost(130_000, "derived", 1, 4),
  },
  tournament: {
    join: cost(200_000, "derived", 3, 2, 2_000),
    advance: cost(117_846, "published", 0, 7),
    sealLeaf: cost(140_430, "published", 0, 7, 2_000),
    sealInner: cost(358_120, "published", 4, 7, 2_000),
    winLeaf: cost(1_049_000, "published", 0, 7, 3_500),
    timeout: cost(241_058, "published", 0, 7),
    eliminate: cost(124_364, "published", 0, 4),
    winInner: cost(273_056, "published", 0, 7),
    eliminateInner: cost(146_976, "published", 0, 4),
    settle: cost(100_000, "derived", 0, 3),
  },
};

/** What a refused transaction is taken to cost: its base, its calldata and the reads up to the refusal. */
export const REFUSED_GAS: GasPair = { osaka: 40_000, glamsterdam: 34_000 };

const priced = new Map<Cost, GasPair>();

/** @throws if the game lists no such kind: a model that plays it is wrong. */
export function gasOf(game: GameName, kind: string): GasPair {
  const found = GAS[game][kind];
  if (found === undefined) throw new Error(`no gas is listed for ${game} ${kind}`);
  let pair = priced.get(found);
  if (pair === undefined) priced.set(found, (pair = { osaka: found.osaka, glamsterdam: next(found) }));
  return pair;
}

function next({ osaka, newSlots, rewrites, bytes }: Cost): number {
  const executed = osaka + newSlots * NEXT.newSlot + rewrites * NEXT.rewrite + NEXT.base;
  // The floor binds where calldata is most of a transaction.
  return Math.max(executed, 15_000 + NEXT.floorByte * bytes);
}
