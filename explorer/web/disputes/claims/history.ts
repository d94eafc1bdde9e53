import { usedAgainst } from "../../../../games/claims/clock";
import type { ClaimsEvent } from "../../../../games/claims/events";
import { depthOf, indexOf, leafOf } from "../../../../games/claims/position";
import type { ClaimsReplica } from "../../../../games/claims/replica";
import type { ClaimsParameters, ClaimState, ClaimTree } from "../../../../games/claims/types";
import { assertionPlace } from "../../../../games/names";
import type { Hex } from "../../../../protocol/types";
import { Purses, type GameHistory, type Purse, type SeenMove, type StepPlace, type Verdict } from "../history";

type Stepped = Extract<ClaimsEvent, { kind: "StepPlayed" }>;

/** What L1 recorded; of a step also whether it led to the claim or away from it, null where its call cannot be read. */
export type PlayedEvent = Exclude<ClaimsEvent, Stepped> | (Stepped & { isAttack: boolean | null });
export type ClaimsHistory = GameHistory<PlayedEvent, ClaimsReplica>;

/** What never changes of the game; `extensionSeconds` is what a move leaves its side at least. */
export type Rules = ClaimsParameters & { extensionSeconds: number };

type Heights = ClaimsParameters["heights"];

/** What a claim is about: the last leaf of a span of runs, or of the steps of one run. */
export interface Span {
  /** The run whose steps these are; null for a span of runs. */
  run: number | null;
  /** Numbers of leaves, from 0, of `whole`. */
  first: number;
  last: number;
  whole: number;
}

/** A claim in the picture of its tree. */
export interface ClaimRow {
  index: number;
  claim: ClaimState;
  /** How it answers its parent; a root answers nothing. */
  does: "asserts" | "attacks" | "defends";
  depth: number;
  span: Span;
  /** Answers passed on the way that were not their parent's first: the branch that it stands on. */
  branch: number;
  state: "open" | "stands" | "countered" | "disproved";
}

/** The place of the assertion that a move is about. */
export function disputeOfEvent(event: PlayedEvent, replica: ClaimsReplica, heights: Heights): Hex | null {
  const id = event.kind === "AssertionAdded" ? event.assertion.id : event.assertion;
  const tree = replica.trees.get(id);
  return tree === undefined ? null : placeOfTree(tree, heights);
}

export function placeOfTree({ assertion }: ClaimTree, [h0]: Heights): Hex {
  return assertionPlace(assertion.origin, h0);
}

/** The trees of one place, oldest first. */
export function treesAt(replica: ClaimsReplica, dispute: Hex, heights: Heights): ClaimTree[] {
  return [...replica.trees.values()].filter((tree) => placeOfTree(tree, heights) === dispute);
}

/** A tree's claims, each before its answers, the older answer first. */
export function rowsOf(tree: ClaimTree, heights: Heights): ClaimRow[] {
  const rows: ClaimRow[] = [];
  // Not by recursion through the list of arguments: a path is 51 claims deep, a tree may hold thousands.
  const open: { index: number; branch: number }[] = [{ index: 0, branch: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { index, branch } = next;
    const claim = tree.claims[index];
    const parent = tree.claims[claim.parent];
    const does = index === 0 ? "asserts" : claim.position === 2 * parent.position ? "attacks" : "defends";
    const depth = depthOf(claim.position);
    const span = spanOf(claim.position, heights);
    rows.push({ index, claim, does, depth, span, branch, state: stateOf(claim) });
    const answers = claim.answers.map((answer, i) => ({ index: answer, branch: branch + Number(i > 0) }));
    open.push(...answers.reverse());
  }
  return rows;
}

function stateOf({ isStepped, payee, claimant }: ClaimState): ClaimRow["state"] {
  if (isStepped) return "disproved";
  if (payee === null) return "open";
  return payee === claimant ? "stands" : "countered";
}

/** What the claim at a position is about. */
export function spanOf(position: number, [h0, h1, h2]: Heights): Span {
  const depth = depthOf(position);
  const isRun = depth > h0;
  const [top, height] = isRun ? [h0 + 1, h1 + h2] : [0, h0];
  const last = leafOf(position, top, top + height);
  const width = 2 ** (height - (depth - top));
  const run = isRun ? Math.floor(indexOf(position) / 2 ** (depth - h0)) : null;
  return { run, first: last - width + 1, last, whole: 2 ** height };
}

/** The claim that a tree has come down to: the deepest, of those the newest. */
export function deepest({ claims }: ClaimTree): number {
  return claims.reduce((best, { position }, i) => (depthOf(position) >= depthOf(claims[best].position) ? i : best), 0);
}

/** Seconds that each side has used on the path to a claim: its maker's, and that of whoever answers it. */
export function clocksAt(tree: ClaimTree, index: number, nowSeconds: number): { own: number; against: number } {
  return { own: tree.claims[index].used, against: usedAgainst(tree, index, nowSeconds) };
}

/** L2 block before the first run of a tree's assertion. */
function blockBefore(replica: ClaimsReplica, { assertion }: ClaimTree): number {
  return replica.trees.get(assertion.parent)?.assertion.l2BlockNumber ?? 0;
}

/** L2 blocks that rivals speak of: the one before the first run, and the last that any of them asserts. */
export interface AssertedBlocks {
  before: number;
  end: number;
}

export function blocksAbout(replica: ClaimsReplica, tree: ClaimTree): AssertedBlocks {
  const rivals = replica.childrenOf(tree.assertion.parent);
  const end = Math.max(...rivals.map(({ assertion }) => assertion.l2BlockNumber));
  return { before: blockBefore(replica, tree), end };
}

/** The L2 blocks that a dispute has come down to, in the tree with most claims. */
export function blocksOf(replica: ClaimsReplica, trees: readonly ClaimTree[], heights: Heights): [number, number] {
  const tree = largest(trees);
  const { run, first, last } = spanOf(tree.claims[deepest(tree)].position, heights);
  const before = blockBefore(replica, tree) + 1;
  return run === null ? [before + first, before + last] : [before + run, before + run];
}

/** The tree in which most was played. */
export function largest(trees: readonly ClaimTree[]): ClaimTree {
  return trees.reduce((best, tree) => (tree.claims.length > best.claims.length ? tree : best));
}

/** The instruction that L1 executed. */
export function stepOf(replica: ClaimsReplica, event: Extract<PlayedEvent, { kind: "StepPlayed" }>, heights: Heights) {
  const tree = replica.trees.get(event.assertion)!;
  const { run, last } = spanOf(tree.claims[event.index].position, heights);
  // Attacked is the step to the claim's own leaf, defended the one behind it.
  const instruction = BigInt(last) + (event.isAttack === false ? 1n : 0n);
  return { instruction, l2Block: blockBefore(replica, tree) + run! + 1 } satisfies StepPlace;
}

/** The first step that L1 executed among these moves. */
export function stepIn(moves: readonly SeenMove<PlayedEvent>[]): SeenMove<PlayedEvent> | undefined {
  return moves.find(({ event }) => event.kind === "StepPlayed");
}

/** Against whom a step went that L1 executed: whose claim it disproved. */
export function refutedIn(replica: ClaimsReplica, step: SeenMove<PlayedEvent> | undefined): Hex[] {
  if (step?.event.kind !== "StepPlayed") return [];
  const { assertion, index } = step.event;
  return [replica.trees.get(assertion)!.claims[index].claimant];
}

/** Who won and by what. @param moves - Of this dispute, up to the replica's moment. */
export function verdictOf(
  replica: ClaimsReplica,
  trees: readonly ClaimTree[],
  moves: readonly SeenMove<PlayedEvent>[],
  heights: Heights,
): Verdict {
  const winner = trees.find(({ isConfirmed }) => isConfirmed)?.claims[0].claimant ?? null;
  const event = stepIn(moves)?.event;
  const place = event?.kind === "StepPlayed" ? stepOf(replica, event, heights) : null;
  const fallen = trees.flatMap(({ claims, isConfirmed }) =>
    claims.filter(
      (claim, i) => ["countered", "disproved"].includes(stateOf(claim)) || (i === 0 && winner !== null && !isConfirmed),
    ),
  );
  const losers = [...new Set(fallen.map(({ claimant }) => claimant))].filter((account) => account !== winner);
  const by = winner === null ? null : place === null ? "time" : "proof";
  return { winner, losers: winner === null ? [] : losers, by, place };
}

/** Wei of an account's bonds in these trees that are neither back nor lost. */
export function lockedBy(account: Hex, trees: readonly ClaimTree[], { bonds }: ClaimsParameters): bigint {
  const own = trees.flatMap(({ claims }) =>
    claims.filter(({ claimant, isResolved }) => claimant === account && !isResolved),
  );
  return own.reduce((sum, { position }) => sum + bonds[depthOf(position)], 0n);
}

/** Who paid whom by these moves of one dispute: a bond goes back, or to who countered the claim. */
export function pursesOf(
  replica: ClaimsReplica,
  moves: readonly SeenMove<PlayedEvent>[],
  { bonds }: ClaimsParameters,
): { purses: Purse[]; passed: bigint } {
  const purses = new Purses();
  let passed = 0n;
  for (const { event } of moves)
    switch (event.kind) {
      case "AssertionAdded":
        purses.of(event.staker).staked += bonds[0];
        break;
      case "ClaimMade":
        purses.of(event.claimant).staked += bonds[depthOf(event.position)];
        break;
      case "ClaimResolved": {
        const { claimant } = replica.trees.get(event.assertion)!.claims[event.index];
        if (event.payee === claimant) {
          purses.of(claimant).back += event.bond;
          break;
        }
        purses.of(claimant).lost += event.bond;
        purses.of(event.payee).paid += event.bond;
        passed += event.bond;
      }
    }
  return { purses: purses.all(), passed };
}
