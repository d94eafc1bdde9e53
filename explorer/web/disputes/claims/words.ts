import type { ClaimsReplica } from "../../../../games/claims/replica";
import type { ClaimTree } from "../../../../games/claims/types";
import { count, ether, plural } from "../../format";
import { stepName } from "../words";
import {
  blocksAbout,
  deepest,
  spanOf,
  stepOf,
  type AssertedBlocks,
  type PlayedEvent,
  type Rules,
  type Span,
} from "./history";

/**
 * What a claim speaks of: `L2 block 64`, `instruction 65,535 of block 7's run`. Places behind the last block that is asserted repeat it.
 * @param blocks - as `blocksAbout`.
 */
export function leafName({ run, last, whole }: Span, { before, end }: AssertedBlocks): string {
  if (run === null) {
    const place = before + last + 1;
    const repeats = place > end ? `, which place ${count(last + 1)} repeats` : "";
    return `the state after L2 block ${count(Math.min(place, end))}${repeats}`;
  }
  return last === whole - 1
    ? `the machine at the end of block ${count(before + run + 1)}’s run`
    : `the machine after instruction ${count(last)} of block ${count(before + run + 1)}’s run`;
}

/** A move in a sentence. @param replica - The newest state. */
export function describeMove(
  event: PlayedEvent,
  replica: ClaimsReplica,
  { heights }: Rules,
): { who: string | null; what: string } {
  switch (event.kind) {
    case "AssertionAdded": {
      const { l2BlockNumber, index } = event.assertion;
      return { who: event.staker, what: `asserts what L2 is at block ${l2BlockNumber} (assertion ${index}): claim 0` };
    }
    case "ClaimMade": {
      const tree = replica.trees.get(event.assertion)!;
      const isAttack = event.position === 2 * tree.claims[event.parent].position;
      const says = leafName(spanOf(event.position, heights), blocksAbout(replica, tree));
      const does = isAttack
        ? `denies claim ${event.parent}`
        : `agrees with claim ${event.parent}, not with what follows`;
      return { who: event.claimant, what: `${does}: claim ${event.index} says what is ${says}${of(replica, tree)}` };
    }
    case "StepPlayed":
      return {
        who: event.stepper,
        what: `has L1 execute ${stepName(stepOf(replica, event, heights))}: claim ${event.index} is disproved`,
      };
    case "ClaimResolved": {
      const tree = replica.trees.get(event.assertion)!;
      const isBack = event.payee === tree.claims[event.index].claimant;
      const money = ether(event.bond);
      const what = isBack
        ? `has ${money} back: claim ${event.index} stands`
        : `is paid the ${money} of claim ${event.index}, which has fallen`;
      return { who: event.payee, what: what + of(replica, tree) };
    }
    case "Confirmed": {
      const tree = replica.trees.get(event.assertion)!;
      return { who: tree.claims[0].claimant, what: `is right: assertion ${tree.assertion.index} is confirmed` };
    }
  }
}

/** Which tree, where several stand at one place. */
function of(replica: ClaimsReplica, { assertion }: ClaimTree): string {
  return replica.childrenOf(assertion.parent).length > 1 ? ` (assertion ${assertion.index})` : "";
}

/** Where a game that goes on stands; null where nobody disagrees. */
export function describeContest(
  replica: ClaimsReplica,
  trees: readonly ClaimTree[],
  tree: ClaimTree,
  { heights }: Rules,
): string | null {
  if (trees.length < 2 && tree.claims.length < 2) return null;
  const { claims } = tree;
  if (claims.length === 1) return `${plural(trees.length, "assertion")} contradict each other, and none is answered`;
  return `in question is ${leafName(spanOf(claims[deepest(tree)].position, heights), blocksAbout(replica, tree))}`;
}

/** `2 assertions, 46 claims`. */
export function sizeOf(replica: ClaimsReplica): string {
  const claims = [...replica.trees.values()].reduce((sum, tree) => sum + tree.claims.length, 0);
  return `${plural(replica.trees.size, "assertion")}, ${plural(claims, "claim")}`;
}
