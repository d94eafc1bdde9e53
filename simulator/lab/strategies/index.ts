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

/** All strategies, by name. */
export const STRATEGIES: ReadonlyMap<string, Strategy> = new Map(
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
