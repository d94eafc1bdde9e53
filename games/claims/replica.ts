import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import type { Replica } from "../follower";
import type { ClaimsEvent } from "./events";
import { ROOT } from "./position";
import type { ClaimState, ClaimTree } from "./types";

/**
 * The whole state of a game of claims but for balances, rebuilt from the contract's logs alone. Equal to the contract's storage by
 * test/contracts/claims/model.test.ts.
 */
export class ClaimsReplica implements Replica<ClaimsEvent> {
  nowSeconds = 0;
  /** By assertion, oldest first. */
  readonly trees = new Map<Hex, ClaimTree>();
  private readonly children = new Map<Hex, ClaimTree[]>();

  copy(): this {
    const copy = new ClaimsReplica();
    copy.nowSeconds = this.nowSeconds;
    for (const tree of this.trees.values()) {
      const claims = tree.claims.map((claim) => ({ ...claim, answers: [...claim.answers] }));
      copy.addTree({ ...tree, claims });
    }
    return copy as this;
  }

  /** @param timeSeconds - Time of the L1 block that holds the log; never less than before. */
  apply(event: ClaimsEvent, timeSeconds: number): void {
    this.nowSeconds = timeSeconds;
    switch (event.kind) {
      case "AssertionAdded": {
        const { assertion, staker: claimant } = event;
        const root = { value: assertion.outputRoot, position: ROOT, parent: 0, claimant, used: 0 };
        this.addTree({ assertion, claims: [createClaim(root, timeSeconds)], isConfirmed: false });
        return;
      }
      case "ClaimMade": {
        const { claims } = this.treeOf(event.assertion);
        invariant(event.index === claims.length, "a log of a claim is missing");
        claims.push(createClaim(event, timeSeconds));
        claims[event.parent].answers.push(event.index);
        return;
      }
      case "StepPlayed":
        this.claimOf(event).isStepped = true;
        return;
      case "ClaimResolved": {
        const claim = this.claimOf(event);
        [claim.isResolved, claim.payee] = [true, event.payee];
        return;
      }
      case "Confirmed":
        this.treeOf(event.assertion).isConfirmed = true;
    }
  }

  /** Children of an assertion (or of genesis), oldest first. */
  childrenOf(assertion: Hex): readonly ClaimTree[] {
    return this.children.get(assertion) ?? [];
  }

  private addTree(tree: ClaimTree): void {
    this.trees.set(tree.assertion.id, tree);
    const { parent } = tree.assertion;
    this.children.set(parent, [...(this.children.get(parent) ?? []), tree]);
  }

  private treeOf(assertion: Hex): ClaimTree {
    const tree = this.trees.get(assertion);
    invariant(tree !== undefined, `a log names an assertion that no log made: ${assertion}`);
    return tree;
  }

  private claimOf({ assertion, index }: { assertion: Hex; index: number }): ClaimState {
    return this.treeOf(assertion).claims[index];
  }
}

function createClaim(
  { value, position, parent, claimant, used }: Pick<ClaimState, "value" | "position" | "parent" | "claimant" | "used">,
  stamp: number,
): ClaimState {
  const open = { isResolved: false, isStepped: false, payee: null };
  return { value, position, parent, claimant, used, stamp, answers: [], ...open };
}
