import type { Hex } from "../../protocol/types";
import type { AssertionInfo, EdgeState, GameParameters, GameView, MutualState, StakedEdge } from "../../games/edges";
import { INFINITE_TIME } from "../../games/edges/timers";
import { ZERO_ADDRESS } from "../../protocol";
import { PLAYERS } from "../boards/paper/board";
import { FOREVER, STATUS, type Position, type PositionRules } from "./position";

const NAMES = ["none", "open", "proven", "confirmed", "slashed"] as const;

/** A position as players see a game; each tick has `tickSeconds`. */
export class PositionView implements GameView {
  constructor(
    private readonly rules: PositionRules,
    private readonly position: Position,
    private readonly tickSeconds: number,
  ) {}

  get parameters(): GameParameters {
    return this.rules.chart.closed.parameters;
  }

  get nowSeconds(): number {
    return this.rules.tick(this.position) * this.tickSeconds;
  }

  edge(id: Hex): EdgeState | undefined {
    const { rules, position } = this;
    const edge = rules.chart.edgeOf(id);
    if (edge === undefined || rules.status(position, edge) === STATUS.none) return undefined;
    const status = NAMES[rules.status(position, edge)] as EdgeState["status"];
    const timer = rules.timer(position, edge);
    const staker = rules.isHonest(position, edge)
      ? PLAYERS[0]
      : rules.chart.edges[edge].isStaked
        ? PLAYERS[1]
        : ZERO_ADDRESS;
    return {
      created: rules.created(position, edge) * this.tickSeconds,
      timer: timer === FOREVER ? INFINITE_TIME : timer * this.tickSeconds,
      status,
      staker,
      // Who has what does not decide who wins: stakes that move and rewards are played apart (stakes.ts).
      ...{ maker: staker, stakeMoved: false, cost: 0n },
    };
  }

  mutual(id: Hex): MutualState | undefined {
    const { rules, position } = this;
    const place = rules.chart.placeOf(id);
    if (place === undefined || !rules.stands(position, place)) return undefined;
    const rivalledAt = rules.rivalledAt(position, place);
    return {
      rivalledAt: rivalledAt === null ? null : rivalledAt * this.tickSeconds,
      // When, no player asks.
      decidedAt: rules.isDecided(position, place) ? this.nowSeconds : null,
    };
  }

  stakedAt(id: Hex): StakedEdge[] {
    return this.rules.chart.closed.stakedAt(id).filter((edge) => this.edge(edge.id) !== undefined);
  }

  rewardOf(): bigint {
    return 0n;
  }

  childrenOf(assertion: Hex): AssertionInfo[] {
    return this.rules.chart.closed.childrenOf(assertion).filter(({ id }) => this.edge(id) !== undefined);
  }
}
