import type { Hex } from "../../node/chain/types";
import { SolventError } from "../../node/errors";
import type { GameReplica, Move, Plan } from "../../node/game";
import type { CommitmentOptions, CommitmentSource } from "../commitments/commitments";
import { CopiedHistorySource, GarbageSource } from "./garbageSource";
import { LyingSource, type LieStep } from "./lyingSource";
import { mintInto } from "./mint";

/** What an adversary patches of the honest challenger. */
export interface Fault {
  createSource(options: CommitmentOptions): CommitmentSource;
  /** What it sends of a plan's moves. */
  reviseMoves?(plan: Plan, replica: GameReplica): Move[];
}

/** How a liar is made from a seed. `account`: whose L2 balance it forges. */
export interface FaultContext {
  seed: number;
  account: Hex;
  amountWei: bigint;
}

type CreateFault = (args: string[], context: FaultContext) => Fault;

const PLACES: Record<string, (runs: number) => number> = {
  first: () => 0,
  middle: (runs) => Math.floor(runs / 2),
  last: (runs) => runs - 1,
};

const FAULTS: Record<string, { usage: string; about: string; create: CreateFault }> = {
  "wrong-state": {
    usage: "wrong-state[:first|middle|last[:STEP]]",
    about: "claims that a block ends in a state with 1,000 ether more, from step STEP (or one chosen by the seed) on",
    create: ([place, step], context) =>
      liar(context, place, step === undefined ? { at: "seed" } : { at: "step", step: BigInt(step) }),
  },
  "wrong-batch": {
    usage: "wrong-batch[:first|middle|last]",
    about: "claims that the inbox answered otherwise: the lie is at the program's inbox call",
    create: ([place], context) => liar(context, place, { at: "call", call: "inbox" }),
  },
  "wrong-preimage": {
    usage: "wrong-preimage[:first|middle|last]",
    about: "claims that a keccak preimage reads otherwise: the lie is at one of the program's preimage calls",
    create: ([place], context) => liar(context, place, { at: "call", call: "preimage" }),
  },
  "wrong-precompile": {
    usage: "wrong-precompile[:first|middle|last]",
    about: "claims that a host precompile answered otherwise",
    create: ([place], context) => liar(context, place, { at: "call", call: "precompile" }),
  },
  silent: {
    usage: "silent[:LEVEL]",
    about: "lies as wrong-state does and falls silent when the dispute reaches level LEVEL (1 by default)",
    create: ([level = "1"], context) => ({
      ...liar(context, "last", { at: "seed" }),
      reviseMoves: (plan) => (hasReached(plan, Number(level)) ? [] : plan.moves),
    }),
  },
  garbage: {
    usage: "garbage",
    about: "asserts a history of random output roots that nothing leads to, and cannot defend it",
    create: (_args, { seed }) => ({ createSource: (options) => new GarbageSource(options, seed) }),
  },
  "copied-history": {
    usage: "copied-history",
    about: "asserts the right end after a wrong history: another root with the true last leaf",
    create: (_args, { seed }) => ({ createSource: (options) => new CopiedHistorySource(options, seed) }),
  },
};

/** One line for each kind of fault. */
export function describeFaults(): string[] {
  return Object.values(FAULTS).map(({ usage, about }) => `${usage}: ${about}`);
}

/** @param text - `KIND[:args]`. @throws SolventError `config-invalid` listing the kinds. */
export function parseFault(text: string, context: FaultContext): Fault {
  const [kind, ...args] = text.split(":");
  const fault = FAULTS[kind];
  if (fault === undefined)
    throw new SolventError("config-invalid", `no fault "${kind}"; there are:\n  ${describeFaults().join("\n  ")}`);
  return fault.create(args, context);
}

function liar({ seed, account, amountWei }: FaultContext, place: string | undefined, step: LieStep): Fault {
  const run = PLACES[place ?? "last"];
  if (run === undefined)
    throw new SolventError("config-invalid", `a fault's block is first, middle or last, not ${place}`);
  return {
    createSource: (options) =>
      new LyingSource(options, {
        run,
        step,
        seed,
        forge: (block) => mintInto(options.store, block, account, amountWei),
      }),
  };
}

function hasReached(plan: Plan, level: number): boolean {
  return plan.moves.some(
    (move) =>
      (move.kind === "bisect" && move.at.level >= level) ||
      (move.kind === "open" && move.at.level >= level) ||
      move.kind === "proveStep",
  );
}
