import { readInboxMode, whenNeeded } from "../../node/l1/inboxMode";
import type { L1Rpc } from "../../node/l1/rpc";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { RotationTurns } from "./rotation/turns";
import { SingleTurns } from "./single/turns";
import type { Turns } from "./turns";

/** Every order of turns there is, by the number that an Inbox gives it. */
const MODES: Readonly<Record<number, (rpc: L1Rpc, inbox: Hex, self: Hex) => Turns>> = {
  0: (rpc, inbox, self) => new SingleTurns(rpc, inbox, self),
  1: (rpc, inbox, self) => new RotationTurns(rpc, inbox, self),
};

/**
 * The turns of an Inbox, which it names itself, asked for when they are needed first: an L1 that is away is no reason not to start.
 * @param self - the account that posts.
 * @returns a function that gives what it gave before; after a failure it asks again. It throws SolventError `l1-*`, and
 * `sequencing-unknown` where this version does not know the order.
 */
export function turnsOf(rpc: L1Rpc, inbox: Hex, self: Hex): () => Promise<Turns> {
  return whenNeeded(() => openTurns(rpc, inbox, self));
}

async function openTurns(rpc: L1Rpc, inbox: Hex, self: Hex): Promise<Turns> {
  const mode = await readInboxMode(rpc, inbox, "sequencingMode");
  if (!Object.hasOwn(MODES, mode))
    throw new SolventError(
      "sequencing-unknown",
      `the Inbox at ${inbox} is filled by turns of the mode ${mode}, which are not known: take the version that was deployed`,
    );
  return MODES[mode](rpc, inbox, self);
}
