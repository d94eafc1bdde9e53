import type { TransactionDescription } from "ethers";
import type { Deployment } from "../../deployment";
import {
  CLAIMS_ABI,
  ClaimsGame,
  ClaimsReplica,
  parseClaimsLog,
  type ClaimsEvent,
  type ClaimTree,
} from "../../games/claims";
import { depthOf, indexOf, leafOf } from "../../games/claims/position";
import type { AssertionInfo } from "../../games/types";
import { L1Rpc } from "../../node/l1/rpc";
import type { Hex } from "../../protocol/types";
import { Referee, type Told } from "./referee";
import type { StepPlace, Verdict } from "./types";

/** Watches a game of claims. */
export class ClaimsReferee extends Referee<ClaimsEvent> {
  private readonly replica = new ClaimsReplica();
  /** By assertion and index of the claim: whether a step attacked it. The events do not say it. */
  private readonly attacks = new Map<string, boolean>();

  private constructor(
    rpc: L1Rpc,
    deployment: Deployment,
    readonly heights: readonly [number, number, number],
    readonly challengePeriodSeconds: number,
    intervalMs: number,
  ) {
    super(rpc, deployment.addresses.queue, deployment.l1Block, CLAIMS_ABI, intervalMs);
  }

  static async open(rpc: L1Rpc, deployment: Deployment, intervalMs: number): Promise<ClaimsReferee> {
    const { heights, challengePeriodSeconds } = await ClaimsGame.open(
      rpc,
      deployment.addresses.queue,
      deployment.l1Block,
    );
    return new ClaimsReferee(rpc, deployment, heights, challengePeriodSeconds, intervalMs).start();
  }

  assertedBy(account: Hex): AssertionInfo[] {
    const trees = [...this.replica.trees.values()];
    return trees.flatMap(({ assertion, claims }) => (claims[0].claimant === account ? [assertion] : []));
  }

  verdict(liar: Hex, from: number): Verdict | null {
    const news = this.seen.slice(from);
    const told = news.flatMap(({ event, at }) =>
      event.kind === "AssertionAdded" && event.staker === liar
        ? [{ tree: this.replica.trees.get(event.assertion.id)!, at }]
        : [],
    );
    const winnerOver = ({ assertion: { id, parent } }: ClaimTree): ClaimTree | undefined =>
      this.replica.childrenOf(parent).find((tree) => tree.isConfirmed && tree.assertion.id !== id);
    const first = told.find(({ tree }) => winnerOver(tree) !== undefined);
    if (first === undefined) return null;
    const { tree: lie, at: toldAt } = first;
    const winner = winnerOver(lie)!;
    // What the liar builds upon its lie falls with it; only its other lies beside it have games of their own.
    const beside = told.filter(({ tree }) => tree.assertion.parent === lie.assertion.parent && !tree.isConfirmed);
    if (!beside.every(({ tree }) => tree.claims.every(({ isResolved }) => isResolved))) return null;
    const lost = news.flatMap(({ event, at }) => {
      if (event.kind !== "ClaimResolved" || event.payee === liar) return [];
      const { claimant } = this.replica.trees.get(event.assertion)!.claims[event.index];
      return claimant === liar ? [{ bond: event.bond, at }] : [];
    });
    const proof = news.find(({ told, at }) => told?.kind === "proven" && at >= toldAt);
    return {
      winner: { account: winner.claims[0].claimant, assertion: winner.assertion.id },
      loser: { account: liar, assertion: lie.assertion.id },
      by: proof === undefined ? "time" : "proof",
      proven: proof?.told?.kind === "proven" ? proof.told.place : null,
      provenAfterMs: proof === undefined ? null : proof.at - toldAt,
      settledAfterMs: (lost.at(-1)?.at ?? toldAt) - toldAt,
      stakes: lost.length,
      reward: lost.reduce((sum, { bond }) => sum + bond, 0n),
      burnt: 0n,
    };
  }

  standing(): string {
    const trees = [...this.replica.trees.values()];
    const claims = trees.flatMap((tree) => tree.claims);
    const deepest = Math.max(0, ...claims.map(({ position }) => depthOf(position)));
    return `${trees.length} assertions, ${claims.length} claims, deepest at depth ${deepest}`;
  }

  protected parse(log: { topics: string[]; data: string }): ClaimsEvent | null {
    return parseClaimsLog(log);
  }

  protected apply(event: ClaimsEvent, timeSeconds: number): Told | null {
    this.replica.apply(event, timeSeconds);
    if (event.kind === "AssertionAdded") return { kind: "asserted", by: event.staker, assertion: event.assertion };
    if (event.kind === "ClaimMade") return this.narrowed(event.position, event.claimant);
    if (event.kind === "StepPlayed") return { kind: "proven", place: this.placeOf(event) };
    return null;
  }

  protected override observe({ name, args }: TransactionDescription): void {
    if (name === "step") this.attacks.set(`${args.assertion}:${args.index}`, args.isAttack as boolean);
  }

  private get bottom(): number {
    const [h0, h1, h2] = this.heights;
    return h0 + 1 + h1 + h2;
  }

  private narrowed(position: number, by: Hex): Told {
    const [h0, , h2] = this.heights;
    const depth = depthOf(position);
    if (depth <= h0) return { kind: "narrowed", level: 0, leaves: 2 ** (h0 - depth) };
    if (depth === h0 + 1) return { kind: "opened", level: 1, by };
    const left = this.bottom - depth;
    return left > h2
      ? { kind: "narrowed", level: 1, leaves: 2 ** (left - h2) }
      : { kind: "narrowed", level: 2, leaves: 2 ** left };
  }

  /** Attacked is the step to the claim's own leaf, defended the one behind it. */
  private placeOf({ assertion, index }: { assertion: Hex; index: number }): StepPlace {
    const [h0, , h2] = this.heights;
    const tree = this.replica.trees.get(assertion)!;
    const { position } = tree.claims[index];
    const isAttack = this.attacks.get(`${assertion}:${index}`) === true;
    const leaf = leafOf(position, h0 + 1, this.bottom) + (isAttack ? 0 : 1);
    const run = Math.floor(indexOf(position) / 2 ** (this.bottom - h0));
    const width = 2 ** h2;
    return { parent: tree.assertion.parent, run, segment: Math.floor(leaf / width), step: leaf % width };
  }
}
