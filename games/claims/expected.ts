import { ZERO_ADDRESS } from "../../protocol";
import type { Expectation } from "../comparison";
import type { ClaimsReplica } from "./replica";
import type { ClaimTree } from "./types";

/** What the contract holds if the replica is right: as many assertions, as many claims under each, and what became of those that were open. */
export function* expectedOfClaims(replica: ClaimsReplica): Generator<Expectation> {
  yield { key: "assertions", view: "gameCount", args: [], holds: { count: replica.trees.size } };
  for (const tree of replica.trees.values()) yield* expectedOfTree(tree);
}

function* expectedOfTree({ assertion: { id }, claims, isConfirmed }: ClaimTree): Generator<Expectation> {
  const [root] = claims;
  const isOver = isConfirmed || (root.payee !== null && root.payee !== root.claimant);
  if (!isOver) yield { key: `verdict of ${id}`, view: "isAssertionConfirmed", args: [id], holds: { confirmed: false } };
  const open = [...claims.keys()].filter((index) => !claims[index].isResolved);
  if (open.length > 0)
    yield { key: `claims of ${id}`, view: "claimCount", args: [id], holds: { count: claims.length } };
  for (const index of open) {
    const { value, position, parent, claimant, stamp, used, answers, isStepped } = claims[index];
    const unresolved = answers.filter((answer) => !claims[answer].isResolved).length;
    const claim = { value, position, parent, claimant, stamp, used, unresolved, isResolved: false };
    // Nothing answers a claim at the bottom: what counters it there is a step.
    const uncountered: Expectation["holds"] = answers.length === 0 && !isStepped ? { counteredBy: ZERO_ADDRESS } : {};
    yield { key: `claim ${index} of ${id}`, view: "claimAt", args: [id, index], holds: { ...claim, ...uncountered } };
  }
}
