import { SolventError } from "../../../protocol/errors";
import { bothOrientations } from "./bothOrientations";
import { capitalExhaustion } from "./capitalExhaustion";
import { chaos } from "./chaos";
import { copiedHistory } from "./copiedHistory";
import { copycat } from "./copycat";
import { delegationDrain } from "./delegationDrain";
import { freeloader } from "./freeloader";
import { honest } from "./honest";
import { lastSecond } from "./lastSecond";
import { liar } from "./liar";
import { search } from "./search";
import { settler } from "./settler";
import { silent } from "./silent";
import { spam } from "./spam";
import { stall } from "./stall";
import type { Strategy } from "./strategy";
import { sybils } from "./sybils";

const all = new Map<string, Strategy>(
  [
    honest,
    liar,
    stall,
    lastSecond,
    silent,
    spam,
    sybils,
    copiedHistory,
    copycat,
    freeloader,
    delegationDrain,
    capitalExhaustion,
    bothOrientations,
    chaos,
    search,
    settler,
  ].map((strategy) => [strategy.name, strategy]),
);

/** All strategies, by name. */
export const STRATEGIES: ReadonlyMap<string, Strategy> = all;

/** Adds one to those of this process. @throws SolventError `config-invalid` where its name is taken, or it is none. */
export function addStrategy(strategy: Strategy): void {
  if (typeof strategy?.name !== "string" || typeof strategy.sit !== "function")
    throw new SolventError("config-invalid", "a strategy has a name, a sentence `about` it, and a function `sit`");
  if (all.has(strategy.name))
    throw new SolventError("config-invalid", `there is a strategy "${strategy.name}" already: give yours another name`);
  all.set(strategy.name, strategy);
}
