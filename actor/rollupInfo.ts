import type { NodeCore } from "./core";
import type { Hex } from "../protocol/types";
import { EdgesGame, liveTime, type PlacedEdge } from "../games/edges";
import type { DisputeGame } from "../games/game";
import { openGame } from "../games/registry";
import { ZERO_ADDRESS } from "../protocol";
import { quantity } from "../protocol/quantity";
import { SolventError } from "../protocol/errors";
import type { RollupInfo } from "../node/rpc";
import type { RollupSystem } from "./system";
import { Serial } from "../protocol/serial";

/** Edges that one answer holds at most; the newest are left out. */
const MOST_EDGES = 5_000;

/** What a node tells of its rollup beyond the chain: configuration, assertions and disputes, at the L1 block that it read last. */
export class SystemInfo implements RollupInfo {
  private game: DisputeGame | null = null;
  private readonly serial = new Serial();

  constructor(private readonly core: NodeCore) {}

  config(): unknown {
    const { genesis: _, ...system } = this.core.system;
    return toJson(system);
  }

  system(): RollupSystem {
    return this.core.system;
  }

  /** Newest first. `onChain`: the claimed end is a block of this node's chain (a lie may claim such a one for the wrong time). */
  async assertions(limit: number): Promise<unknown[]> {
    const game = await this.follow();
    const { tables } = this.core.chain;
    return game
      .assertions()
      .slice(-limit)
      .reverse()
      .map(({ info, place: mutualId, timerSeconds: timer, ...standing }) => {
        const block = tables.byOutputRoot(info.outputRoot);
        const onChain = block !== undefined && this.core.chain.isCanonical(block);
        const { challengePeriodSeconds: challengePeriod } = game;
        return toJson({ ...info, mutualId, timer, ...standing, challengePeriod, onChain });
      });
  }

  /**
   * All edges of the game in order of creation, assertions included: enough to draw each dispute as a tree.
   * `sides`: who staked on the root edges that an edge is a part of.
   * @throws SolventError `game-unknown` where disputes are settled by another game.
   */
  async edges(): Promise<unknown[]> {
    const game = await this.follow();
    if (!(game instanceof EdgesGame))
      throw new SolventError("game-unknown", "disputes of this system are no game of edges: there are none to show");
    const { replica } = game;
    const known = new Map<Hex, Hex[]>();
    return [...replica.edges].slice(0, MOST_EDGES).map(([id, edge]) => {
      const { level, origin, height, index, claim } = edge.at;
      const place = { id, level, origin, height, index, claim, root: edge.root };
      return toJson({ ...place, ...this.describe(edge, replica), sides: sidesOf(replica, id, known) });
    });
  }

  private describe(edge: PlacedEdge, replica: EdgesGame["replica"]): object {
    const mutual = replica.mutual(edge.mutualId)!;
    return {
      mutualId: edge.mutualId,
      staker: edge.staker,
      status: edge.status,
      created: edge.created,
      timer: liveTime(edge, mutual, replica.nowSeconds),
      isRivalled: mutual.rivalledAt !== null,
      challengePeriod: replica.parameters.challengePeriodSeconds,
    };
  }

  /** Reads the game up to the tip of this node's view of L1, when somebody asks. @throws SolventError `l1-*`. */
  follow(): Promise<DisputeGame> {
    return this.serial.run(async () => {
      const { l1, system, view } = this.core;
      this.game ??= await openGame(l1, system.queue, system.startBlock);
      if (view.tip !== null) await this.game.follow(view.tip, view);
      return this.game;
    });
  }
}

function sidesOf(replica: EdgesGame["replica"], id: Hex, known: Map<Hex, Hex[]>): Hex[] {
  const found = known.get(id);
  if (found !== undefined) return found;
  const { staker } = replica.edge(id)!;
  const above = (replica.parents.get(id) ?? []).flatMap((parent) => sidesOf(replica, parent, known));
  const sides = [...new Set(staker === ZERO_ADDRESS ? above : [staker])];
  known.set(id, sides);
  return sides;
}

/** JSON values: bigints as hex quantities. */
export function toJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? quantity(part) : part)));
}
