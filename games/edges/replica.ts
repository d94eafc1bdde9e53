import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import { ZERO_ADDRESS } from "../../protocol";
import type { GameEvent } from "./events";
import { hashNode } from "../history/history";
import { edgeId, leftOf, mutualId, rightOf, rootPlace } from "./place";
import { INFINITE_TIME } from "./timers";
import type { AssertionInfo, At, EdgeState, GameParameters, GameView, MutualState, StakedEdge } from "./types";

/** An edge with its place: what a log of a bisection does not repeat. */
export interface PlacedEdge extends EdgeState {
  id: Hex;
  at: At;
  root: Hex;
  mutualId: Hex;
  /** Mutual id of the assertions that it speaks for or against. */
  contest: Hex;
}

/**
 * The whole state of the game, rebuilt from the contract's logs alone. Feed it every log since deployment, in order (without those of
 * deposits and withdrawals all but `balances` is right); after an L1 reorg, go on from a copy of an earlier state. Equal to the contract's storage by test/contracts/game/model.test.ts.
 */
export class GameReplica implements GameView {
  nowSeconds = 0;
  /** Wei that accounts can withdraw or stake. */
  readonly balances = new Map<Hex, bigint>();
  burnt = 0n;
  /** Wei left to pay for moves, by winner. */
  readonly rewards = new Map<Hex, bigint>();
  readonly assertions = new Map<Hex, AssertionInfo>();
  readonly edges = new Map<Hex, PlacedEdge>();
  /** The edges that were bisected into an edge, oldest first; a half may belong to several. */
  readonly parents = new Map<Hex, Hex[]>();
  private readonly mutuals = new Map<Hex, MutualState>();
  /** Assertions that were made on a stake that stood above. */
  private readonly carried = new Set<Hex>();
  private readonly staked = new Map<Hex, StakedEdge[]>();
  private readonly children = new Map<Hex, AssertionInfo[]>();

  constructor(readonly parameters: GameParameters) {}

  /** Another one in the same state, which goes its own way. */
  copy(): GameReplica {
    const copy = new GameReplica(this.parameters);
    copy.nowSeconds = this.nowSeconds;
    copy.burnt = this.burnt;
    for (const [id, balance] of this.balances) copy.balances.set(id, balance);
    for (const [id, reward] of this.rewards) copy.rewards.set(id, reward);
    for (const id of this.carried) copy.carried.add(id);
    for (const [id, assertion] of this.assertions) copy.assertions.set(id, assertion);
    for (const [id, edge] of this.edges) copy.edges.set(id, { ...edge });
    for (const [id, mutual] of this.mutuals) copy.mutuals.set(id, { ...mutual });
    copyLists(this.parents, copy.parents);
    copyLists(this.staked, copy.staked);
    copyLists(this.children, copy.children);
    return copy;
  }

  /** @param timeSeconds - Time of the L1 block that holds the log; never less than before. */
  apply(event: GameEvent, timeSeconds: number): void {
    this.nowSeconds = timeSeconds;
    switch (event.kind) {
      case "AssertionAdded": {
        const { assertion, staker, cost } = event;
        this.assertions.set(assertion.id, assertion);
        append(this.children, assertion.parent, assertion);
        const at = rootPlace(0, assertion.origin, this.parameters.heights[0]);
        const stake = this.carried.has(assertion.id) ? 0n : this.parameters.stakes[0];
        const edge = { id: assertion.id, at, root: assertion.root, origin: assertion.origin };
        this.addStaked(edge, staker, stake, cost, mutualId(at));
        return;
      }
      case "StakeMoved":
        this.required(event.from).stakeMoved = true;
        this.carried.add(event.to);
        return;
      case "StakeFreed":
        this.credit(event.staker, event.stake);
        return;
      case "Opened": {
        const at = rootPlace(event.level, event.origin, this.parameters.heights[event.level], event.leaf);
        const edge = { id: event.id, at, root: event.root, origin: event.origin };
        const { contest } = this.required(event.leaf);
        this.addStaked(edge, event.staker, this.parameters.stakes[event.level], event.cost, contest);
        return;
      }
      case "Bisected": {
        const { at, contest } = this.required(event.id);
        const { left, right, maker, cost } = event;
        append(this.parents, this.add(rightOf(at, left), right, { maker, cost, contest }), event.id);
        append(this.parents, this.add(leftOf(at), left, { maker, cost: 0n, contest }), event.id);
        return;
      }
      case "StepProven": {
        const edge = this.required(event.id);
        [edge.status, edge.timer] = ["proven", INFINITE_TIME];
        [edge.maker, edge.cost] = [event.maker, event.cost];
        return;
      }
      case "TimerUpdated":
        this.required(event.id).timer = event.timer;
        return;
      case "Confirmed":
        this.required(event.id).status = "confirmed";
        this.mutuals.get(event.mutualId)!.decidedAt = timeSeconds;
        this.credit(event.staker, event.stake);
        return;
      case "Slashed":
        this.required(event.id).status = "slashed";
        this.rewards.set(event.winner, this.rewardOf(event.winner) + event.reward);
        this.burnt += event.burnt;
        return;
      case "Rewarded":
        this.required(event.id).cost = 0n;
        this.rewards.set(event.winner, this.rewardOf(event.winner) - event.amount);
        this.credit(event.maker, event.amount);
        return;
      case "Deposited":
        this.credit(event.account, event.amount);
        return;
      case "Withdrawn":
        this.credit(event.account, -event.amount);
    }
  }

  edge(id: Hex): PlacedEdge | undefined {
    return this.edges.get(id);
  }

  mutual(id: Hex): MutualState | undefined {
    return this.mutuals.get(id);
  }

  stakedAt(id: Hex): readonly StakedEdge[] {
    return this.staked.get(id) ?? [];
  }

  rewardOf(winner: Hex): bigint {
    return this.rewards.get(winner) ?? 0n;
  }

  childrenOf(assertion: Hex): readonly AssertionInfo[] {
    return this.children.get(assertion) ?? [];
  }

  /** Whether the edge was bisected into these halves. */
  isBisected(at: At, left: Hex, right: Hex): boolean {
    return this.edges.has(edgeId(at, hashNode(left, right))) && this.edges.has(edgeId(rightOf(at, left), right));
  }

  private addStaked(edge: StakedEdge, staker: Hex, stake: bigint, cost: bigint, contest: Hex): void {
    this.credit(staker, -stake);
    append(this.staked, mutualId(edge.at), edge);
    invariant(
      this.add(edge.at, edge.root, { staker, maker: staker, cost, contest }) === edge.id,
      "a log names another edge than its data",
    );
  }

  private add(at: At, root: Hex, by: { staker?: Hex; maker: Hex; cost: bigint; contest: Hex }): Hex {
    const id = edgeId(at, root);
    if (this.edges.has(id)) return id;
    const place = mutualId(at);
    const mutual = this.mutuals.get(place);
    if (mutual === undefined) this.mutuals.set(place, { rivalledAt: null, decidedAt: null });
    else mutual.rivalledAt ??= this.nowSeconds;
    const { maker, cost, contest } = by;
    // NOTE: written out: put together of spread parts, each edge would have a hidden class of its own, heavier than itself.
    this.edges.set(id, {
      id,
      at,
      root,
      mutualId: place,
      contest,
      created: this.nowSeconds,
      timer: 0,
      status: "open",
      staker: by.staker ?? ZERO_ADDRESS,
      maker,
      stakeMoved: false,
      cost,
    });
    return id;
  }

  private required(id: Hex): PlacedEdge {
    const edge = this.edges.get(id);
    invariant(edge !== undefined, `a log names an edge that no log made: ${id}`);
    return edge;
  }

  private credit(account: Hex, amount: bigint): void {
    this.balances.set(account, (this.balances.get(account) ?? 0n) + amount);
  }
}

function copyLists<T>(from: ReadonlyMap<Hex, T[]>, to: Map<Hex, T[]>): void {
  for (const [id, list] of from) to.set(id, [...list]);
}

function append<T>(map: Map<Hex, T[]>, key: Hex, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
