import type { Hex } from "../../../protocol/types";
import { hashNode, rootByLastLeaf } from "../../../games/history/history";
import type { Link, Move, Step } from "../../../games/edges/moves";
import {
  EMPTY_PREFIX,
  NO_CLAIM,
  chainPrefix,
  edgeId,
  inboxHash,
  leftOf,
  mutualId,
  originHash,
  rightOf,
  rootPlace,
} from "../../../games/edges/place";
import { INFINITE_TIME, addTime } from "../../../games/edges/timers";
import type { Parent } from "../../../games/edges/truth";
import type {
  AssertionInfo,
  At,
  Before,
  EdgeState,
  GameParameters,
  InboxState,
  Level,
  MutualState,
  Origin,
  OutputPreimage,
  StakedEdge,
} from "../../../games/edges/types";
import { Refused } from "../../refused";
import { ZERO_ADDRESS, ZERO_HASH } from "../../../protocol";
import { toyOutputRoot } from "../../truths/toy/machine";
import type { BoardEdge, BoardView } from "../board";
import { CORRECT, type Rules } from "./rules";
import type { Links } from "../structure";

/** L1's one-step prover, as the model sees it; `null` stands for a revert. */
export interface Judge {
  initialState(output: Hex, inbox: InboxState): Hex;
  result(machine: Hex): [machineHash: Hex, outputRoot: Hex] | null;
  step(before: Hex, inbox: InboxState, witness: Hex): Hex | null;
}

/** Wei that the makers of moves spend. */
export type MoveCosts = Record<"assertState" | "bisect" | "open" | "proveStep", bigint>;

type ModelEdge = EdgeState & { at: At; root: Hex; place: Hex };

/**
 * The rules of the game once more, without a chain: what contracts/games/edges and contracts/settlement do, with one switch for each
 * rule. With all rules on it is equal to the contract after every call (test/contracts/game/model.test.ts).
 */
export class GameModel implements BoardView, Links {
  nowSeconds = 1_000_000;
  inbox: InboxState;
  edges = new Map<Hex, ModelEdge>();
  mutuals = new Map<Hex, MutualState>();
  staked = new Map<Hex, StakedEdge[]>();
  children = new Map<Hex, AssertionInfo[]>();
  assertions = new Map<Hex, AssertionInfo>();
  balances = new Map<Hex, bigint>();
  burnt = 0n;
  rewards = new Map<Hex, bigint>();
  /** What a move costs whoever makes it, in wei. */
  readonly costs: MoveCosts = { assertState: 220n, bisect: 80n, open: 110n, proveStep: 400n };
  /** Grows with every change. */
  version = 0;
  /** Pure, so shared by copies. */
  private aliases = new Map<Hex, Hex>();
  /** By place and root: edges that differ in their claim alone have the same halves. */
  private halves = new Map<string, [Hex, Hex]>();
  private roots = new Map<Hex, BoardEdge[]>();

  constructor(
    readonly parameters: GameParameters,
    readonly genesis: Parent,
    readonly judge: Judge,
    readonly rules: Rules = CORRECT,
  ) {
    this.inbox = genesis.inbox;
  }

  /** A copy that shares nothing that changes. */
  clone(): GameModel {
    const copy = new GameModel(this.parameters, this.genesis, this.judge, this.rules);
    copy.nowSeconds = this.nowSeconds;
    copy.inbox = this.inbox;
    for (const [id, edge] of this.edges) copy.edges.set(id, { ...edge });
    for (const [id, mutual] of this.mutuals) copy.mutuals.set(id, { ...mutual });
    for (const [id, list] of this.staked) copy.staked.set(id, [...list]);
    for (const [id, list] of this.children) copy.children.set(id, [...list]);
    copy.assertions = new Map(this.assertions);
    copy.halves = new Map(this.halves);
    copy.roots = new Map(this.roots);
    copy.balances = new Map(this.balances);
    copy.burnt = this.burnt;
    copy.rewards = new Map(this.rewards);
    copy.version = this.version;
    copy.aliases = this.aliases;
    return copy;
  }

  edge(id: Hex): ModelEdge | undefined {
    return this.edges.get(this.aliases.get(id) ?? id);
  }

  mutual(id: Hex): MutualState | undefined {
    return this.mutuals.get(this.aliases.get(id) ?? id);
  }

  stakedAt(id: Hex): readonly StakedEdge[] {
    return this.staked.get(id) ?? [];
  }

  childrenOf(assertion: Hex): readonly AssertionInfo[] {
    return this.children.get(assertion) ?? [];
  }

  halvesOf(id: Hex): readonly [Hex, Hex] | undefined {
    const { place, root } = this.edges.get(id)!;
    return this.halves.get(place + root);
  }

  rootsUnder(id: Hex): readonly BoardEdge[] {
    return this.roots.get(this.edges.get(id)!.place) ?? [];
  }

  rewardOf(winner: Hex): bigint {
    return this.rewards.get(winner) ?? 0n;
  }

  deposit(account: Hex, amount: bigint): void {
    this.balances.set(account, (this.balances.get(account) ?? 0n) + amount);
  }

  /** @throws Refused where the contract reverts; then nothing has changed. */
  play(move: Move, sender: Hex): void {
    if (!this.rules.playsAfterDecision && this.isFrozen(move)) throw Refused.by("AlreadyDecided");
    switch (move.kind) {
      case "assertState":
        return this.assertState(move, sender);
      case "bisect":
        return this.bisect(move, sender);
      case "open":
        return this.open(move, sender);
      case "proveStep":
        return this.proveStep(move, sender);
      case "update":
        return this.update(move.steps);
      case "confirm":
        return this.confirm(move);
      case "slash":
        return this.slash(move);
      case "reward":
        return this.reward(move);
      case "moveStake":
        return this.moveStake(move);
    }
  }

  private assertState(move: Extract<Move, { kind: "assertState" }>, sender: Hex): void {
    const { origin, root, output, spine } = move;
    const parent = this.assertions.get(origin.above);
    if (parent === undefined && origin.above !== this.genesis.id) throw Refused.by("AssertionNotFound");
    const [start, inbox] = parent
      ? [parent.outputRoot, parent.childInbox]
      : [this.genesis.outputRoot, this.genesis.inbox];
    if (origin.start !== start || origin.inbox !== inboxHash(inbox)) throw Refused.by("OriginMismatch");
    if (!isWellFormed(output)) throw Refused.by("MalformedHeader");
    const outputRoot = toyOutputRoot(output);
    this.requireLastLeaf(outputRoot, spine, 0, root);
    const at = rootPlace(0, origin, this.parameters.heights[0]);
    const id = this.idOf(at, root);
    const { assertState: cost } = this.costs;
    if (!this.addStaked(at, root, { origin, sender, cost, carrier: this.carrierFor(origin.above, sender) })) return;
    const number = output.header === "0x" ? 0 : Number(BigInt(output.stateRoot));
    const info = {
      id,
      parent: origin.above,
      index: this.assertions.size,
      game: ZERO_ADDRESS,
      root,
      outputRoot,
      origin,
    };
    const added = { ...info, l2BlockNumber: number, childInbox: this.inbox };
    this.assertions.set(id, added);
    append(this.children, origin.above, added);
  }

  /** The parent, if a stake of the sender's lies on it that can go on. */
  private carrierFor(parent: Hex, sender: Hex): ModelEdge | undefined {
    const edge = this.edges.get(parent);
    const isTheirs = edge !== undefined && (edge.staker === sender || !this.rules.onlyStakerMoves);
    return isTheirs && this.isMovable(edge, this.nowSeconds) ? edge : undefined;
  }

  private isMovable(edge: ModelEdge, timeSeconds: number): boolean {
    if (edge.status !== "open" && this.rules.movesWhileOpen) return false;
    if (edge.stakeMoved && this.rules.movesOnce) return false;
    return timeSeconds >= edge.created + Math.floor(this.parameters.challengePeriodSeconds / 1024);
  }

  private moveStake({ from, to }: Extract<Move, { kind: "moveStake" }>): void {
    const [upper, lower] = [this.edges.get(from), this.edges.get(to)];
    if (upper?.stakeMoved === true) return;
    const isSame = upper !== undefined && upper.maker === lower?.maker && this.isMovable(upper, lower.created);
    if (!isSame || from === to) throw Refused.by("StakeNotMovable");
    if (!this.assertions.has(to)) throw Refused.by("AssertionNotFound");
    let above = to;
    while (above !== from && this.rules.movesDownOnly) {
      above = this.assertions.get(above)!.parent;
      if (above === this.genesis.id) throw Refused.by("StakeNotMovable");
    }
    upper.stakeMoved = true;
    this.deposit(upper.staker, this.parameters.stakes[0]);
    this.version++;
  }

  private bisect({ at, left, right }: Extract<Move, { kind: "bisect" }>, sender: Hex): void {
    if (at.height === 0) throw Refused.by("NothingToBisect");
    this.required(this.idOf(at, hashNode(left, right)));
    if (this.rules.bisectNeedsRival) this.requireRivalled(at);
    if (!this.add(rightOf(at, left), right, { maker: sender, cost: this.costs.bisect })) return;
    this.add(leftOf(at), left, { maker: sender, cost: 0n });
    this.halves.set(this.placeOf(at) + hashNode(left, right), [left, right]);
  }

  private open(move: Extract<Move, { kind: "open" }>, sender: Hex): void {
    const { at, leaf, origin, before, inbox, root, last, spine } = move;
    if (at.level > 1) throw Refused.by("WrongLevel");
    const leafId = this.requireLeaf(at, leaf);
    if (this.rules.openNeedsRival) this.requireRivalled(at);
    this.requireAgreed(at, origin, before, inbox);
    const level = (at.level + 1) as Level;
    if (this.rules.lastLeafProof) this.requireLastLeaf(this.lastOf(at, leaf, last), spine, level, root);
    const below = this.originBelow(move);
    const place = rootPlace(level, below, this.parameters.heights[level], leafId);
    this.addStaked(place, root, { origin: below, sender, cost: this.costs.open });
  }

  /** Origin of the root edge that the move makes. */
  originBelow({ at, origin, before, inbox }: Extract<Move, { kind: "open" }>): Origin {
    const start = at.level === 0 ? this.judge.initialState(before.state, inbox) : before.state;
    return { above: this.placeOf(at), start, inbox: origin.inbox };
  }

  private lastOf(at: At, leaf: Hex, last: Hex): Hex {
    if (at.level === 1) {
      if (last !== "0x") throw Refused.by("WrongLength");
      return leaf;
    }
    const result = this.judge.result(last);
    if (result === null) throw Refused.by("BadWitness");
    if (result[1] !== leaf) throw Refused.by("ResultMismatch");
    return result[0];
  }

  private proveStep(move: Extract<Move, { kind: "proveStep" }>, sender: Hex): void {
    const { at, root, origin, before, inbox, witness } = move;
    if (at.level !== 2) throw Refused.by("WrongLevel");
    const edge = this.required(this.requireLeaf(at, root));
    if (edge.status === "proven") return;
    this.requireAgreed(at, origin, before, inbox);
    const actual = this.judge.step(before.state, inbox, witness);
    if (actual === null) throw Refused.by("BadWitness");
    if (actual !== root) throw Refused.by("StepMismatch");
    [edge.status, edge.timer] = ["proven", INFINITE_TIME];
    [edge.maker, edge.cost] = [sender, this.costs.proveStep];
    this.version++;
  }

  private update(steps: readonly Step[]): void {
    const before = new Map<Hex, number>();
    try {
      for (const step of steps) this.updateOne(step, before);
    } catch (error) {
      for (const [id, timer] of before) this.edges.get(id)!.timer = timer;
      throw error;
    }
  }

  private updateOne(step: Step, before: Map<Hex, number>): void {
    const isLeaf = step.place.height === 0;
    const id = this.idOf(step.place, isLeaf ? step.first : hashNode(step.first, step.second));
    const edge = this.required(id);
    const below = isLeaf ? this.timeOfClaim(step, id) : this.timeOfHalves(step);
    // The mutant adds up what several claims have earned, where the rule takes the best.
    const base = isLeaf && this.rules.claimTime === "sum" ? edge.timer : this.own(edge);
    const timer = addTime(base, below);
    if (timer <= edge.timer) return;
    if (!before.has(id)) before.set(id, edge.timer);
    edge.timer = timer;
  }

  private timeOfHalves(step: Step): number {
    const right = this.required(this.idOf(rightOf(step.place, step.first), step.second));
    const left = this.required(this.idOf(leftOf(step.place), step.first));
    return this.rules.childTime === "min"
      ? Math.min(this.live(left), this.live(right))
      : Math.max(this.live(left), this.live(right));
  }

  private timeOfClaim(step: Step, leafId: Hex): number {
    if (step.place.level > 1) throw Refused.by("WrongLevel");
    const level = (step.place.level + 1) as Level;
    const height = this.parameters.heights[level];
    const at: At = { level, origin: step.origin, height, index: 0, prefix: EMPTY_PREFIX, claim: leafId };
    return this.live(this.required(this.idOf(at, step.second)));
  }

  private confirm({ at, root }: Extract<Move, { kind: "confirm" }>): void {
    const id = this.idOf(at, root);
    const edge = this.required(id);
    if (edge.status === "confirmed") return;
    if (edge.staker === ZERO_ADDRESS) throw Refused.by("NotStaked");
    const mutual = this.mutuals.get(edge.place)!;
    if (mutual.decidedAt !== null) throw Refused.by("AlreadyDecided");
    if (this.live(edge) < this.parameters.challengePeriodSeconds) throw Refused.by("TimerTooLow");
    if (at.level === 0) this.requireParentConfirmed(id);
    edge.status = "confirmed";
    mutual.decidedAt = this.nowSeconds;
    if (!edge.stakeMoved || !this.rules.movedStakeStays) this.deposit(edge.staker, this.parameters.stakes[at.level]);
  }

  private requireParentConfirmed(id: Hex): void {
    const { parent } = this.assertions.get(id)!;
    if (parent === this.genesis.id || this.edges.get(parent)?.status === "confirmed") return;
    throw Refused.by("ParentNotConfirmed");
  }

  private slash({ loser, loserRoot, winner, winnerRoot }: Extract<Move, { kind: "slash" }>): void {
    if (this.placeOf(loser) !== this.placeOf(winner)) throw Refused.by("NotRivals");
    const won = this.required(this.idOf(winner, winnerRoot));
    const lost = this.required(this.idOf(loser, loserRoot));
    if (won.status !== "confirmed") throw Refused.by("WrongStatus");
    if (lost.status === "slashed") return;
    if (lost.status !== "open") throw Refused.by("WrongStatus");
    lost.status = "slashed";
    const stake = this.parameters.stakes[loser.level];
    this.burnt += stake - stake / 2n;
    const winnerId = this.idOf(winner, winnerRoot);
    if (this.rules.paysMovers) this.rewards.set(winnerId, this.rewardOf(winnerId) + stake / 2n);
    else this.deposit(won.staker, stake / 2n);
  }

  private reward({ at, root, way }: Extract<Move, { kind: "reward" }>): void {
    const winner = this.idOf(at, root);
    const paid: [edge: ModelEdge, cost: bigint][] = [];
    let left = this.rewardOf(winner);
    /** Nothing is written before the whole way has been walked: a refusal changes nothing. */
    const pay = (id: Hex): void => {
      const edge = this.edges.get(id);
      if (edge === undefined || edge.cost === 0n || edge.cost > left) return;
      if (this.rules.paysOnce && paid.some(([done]) => done === edge)) return;
      paid.push([edge, edge.cost]);
      left -= edge.cost;
    };
    this.requireConfirmed(winner);
    pay(winner);
    let here = { at, root };
    for (const link of way) here = this.follow(here, link, pay);
    for (const [edge, cost] of paid) {
      if (this.rules.paysOnce) edge.cost = 0n;
      this.deposit(edge.maker, cost);
    }
    this.rewards.set(winner, left);
  }

  private follow({ at, root }: { at: At; root: Hex }, link: Link, pay: (id: Hex) => void): { at: At; root: Hex } {
    if (at.height === 0) {
      if (at.level > 1) throw Refused.by("WrongLevel");
      const level = (at.level + 1) as Level;
      const claim = this.idOf(at, root);
      const height = this.parameters.heights[level];
      const below = { level, origin: link.left, height, index: 0, prefix: EMPTY_PREFIX, claim };
      const id = this.idOf(below, link.right);
      this.requireConfirmed(id);
      pay(id);
      return { at: below, root: link.right };
    }
    if (this.rules.paysBelowWinnerOnly && hashNode(link.left, link.right) !== root) throw Refused.by("RootMismatch");
    const [left, right] = [leftOf(at), rightOf(at, link.left)];
    this.required(this.idOf(right, link.right));
    pay(this.idOf(right, link.right));
    if (link.isRight) return { at: right, root: link.right };
    if (left.height === 0) pay(this.idOf(left, link.left));
    return { at: left, root: link.left };
  }

  private requireConfirmed(id: Hex): void {
    if (this.required(id).status !== "confirmed") throw Refused.by("WrongStatus");
  }

  private requireAgreed(at: At, origin: Origin, before: Before, inbox: InboxState): void {
    if (originHash(origin) !== at.origin) throw Refused.by("OriginMismatch");
    if (inboxHash(inbox) !== origin.inbox) throw Refused.by("InboxMismatch");
    if (at.index === 0) {
      if (before.path.length !== 0) throw Refused.by("WrongLength");
      if (before.prefix !== EMPTY_PREFIX || before.state !== origin.start) throw Refused.by("BeforeMismatch");
      return;
    }
    if (before.path.length !== trailingZeros(at.index)) throw Refused.by("WrongLength");
    const prefix = chainPrefix(before.prefix, rootByLastLeaf(before.state, before.path));
    if (this.rules.prefixBound && prefix !== at.prefix) throw Refused.by("BeforeMismatch");
  }

  private requireLastLeaf(leaf: Hex, spine: readonly Hex[], level: Level, root: Hex): void {
    if (spine.length !== this.parameters.heights[level]) throw Refused.by("WrongLength");
    if (rootByLastLeaf(leaf, spine) !== root) throw Refused.by("RootMismatch");
  }

  private requireLeaf(at: At, leaf: Hex): Hex {
    if (at.height !== 0) throw Refused.by("WrongHeight");
    const id = this.idOf(at, leaf);
    this.required(id);
    return id;
  }

  private requireRivalled(at: At): void {
    if (this.mutuals.get(this.placeOf(at))?.rivalledAt == null) throw Refused.by("NotRivalled");
  }

  private required(id: Hex): ModelEdge {
    const edge = this.edges.get(id);
    if (edge === undefined) throw Refused.by("EdgeNotFound");
    return edge;
  }

  private addStaked(
    at: At,
    root: Hex,
    { origin, sender, cost, carrier }: { origin: Origin; sender: Hex; cost: bigint; carrier?: ModelEdge },
  ): boolean {
    const id = this.idOf(at, root);
    if (this.edges.has(id)) return false;
    const [balance, stake] = [this.balances.get(sender) ?? 0n, this.parameters.stakes[at.level]];
    if (carrier === undefined && balance < stake) throw Refused.by("InsufficientBalance");
    if (this.mutuals.get(this.placeOf(at))?.decidedAt != null) throw Refused.by("AlreadyDecided");
    if (carrier === undefined) this.balances.set(sender, balance - stake);
    else carrier.stakeMoved = true;
    append(this.staked, this.placeOf(at), { id, at, root, origin });
    this.add(at, root, { staker: sender, maker: sender, cost });
    if (at.level > 0) append(this.roots, origin.above, this.edges.get(id)!);
    return true;
  }

  private add(at: At, root: Hex, by: { staker?: Hex; maker: Hex; cost: bigint }): boolean {
    const id = this.idOf(at, root);
    if (this.edges.has(id)) return false;
    const mutual = this.mutuals.get(this.placeOf(at));
    if (mutual === undefined) this.mutuals.set(this.placeOf(at), { rivalledAt: null, decidedAt: null });
    else mutual.rivalledAt ??= this.nowSeconds;
    const state = {
      created: this.nowSeconds,
      timer: 0,
      status: "open",
      stakeMoved: false,
      staker: ZERO_ADDRESS,
    } as const;
    this.edges.set(id, { ...state, ...by, at, root, place: this.placeOf(at) });
    this.version++;
    return true;
  }

  /** Of the mutant: one genesis child decided stops all play but payments. */
  private isFrozen({ kind }: Move): boolean {
    if (kind !== "bisect" && kind !== "open" && kind !== "proveStep") return false;
    return this.childrenOf(this.genesis.id).some(({ id }) => this.edges.get(id)!.status === "confirmed");
  }

  private own(edge: ModelEdge): number {
    const { rivalledAt } = this.mutuals.get(edge.place)!;
    const late = rivalledAt !== null && rivalledAt <= edge.created;
    if (late && this.rules.lateRivalsEarn) return this.nowSeconds - edge.created;
    return Math.max(0, (rivalledAt ?? this.nowSeconds) - edge.created);
  }

  private live(edge: ModelEdge): number {
    return Math.max(edge.timer, this.own(edge));
  }

  /** Id of an edge, by these rules. */
  idOf(at: At, root: Hex): Hex {
    const full = edgeId(at, root);
    return this.rules.claimBound ? full : this.alias(full, edgeId({ ...at, claim: NO_CLAIM }, root));
  }

  /** Mutual id of a place, by these rules. */
  placeOf(at: At): Hex {
    const full = mutualId(at);
    return this.rules.prefixBound ? full : this.alias(full, mutualId({ ...at, prefix: EMPTY_PREFIX }));
  }

  /** Mutants make fewer names; those who ask by the full one are answered, too. */
  private alias(full: Hex, name: Hex): Hex {
    this.aliases.set(full, name);
    return name;
  }
}

/** Of the toy chain's headers: a short list that ends where it says; or nothing at all, for the zero root. */
function isWellFormed({ header, stateRoot, messagePasserStorageRoot }: OutputPreimage): boolean {
  if (header === "0x") return stateRoot === ZERO_HASH && messagePasserStorageRoot === ZERO_HASH;
  return header.length / 2 - 2 === Number(header.slice(0, 4)) - 0xc0;
}

function trailingZeros(index: number): number {
  let count = 0;
  while (index % 2 === 0) [index, count] = [index / 2, count + 1];
  return count;
}

function append<T>(map: Map<Hex, T[]>, key: Hex, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
