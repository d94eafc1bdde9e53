import type { NodeCore } from "./core";
import type { Hex } from "../protocol/types";
import { EdgesGame, liveTime, type PlacedEdge } from "../games/edges";
import { openGame } from "../games/registry";
import type { L1Rpc } from "../node/l1/rpc";
import { ZERO_ADDRESS } from "../protocol";
import { SolventError } from "../protocol/errors";
import type { RollupInfo } from "../node/rpc";
import { Serial } from "../protocol/serial";

/** Edges that one answer holds at most; the newest are left out. */
const MOST_EDGES = 5_000;

/** What a node tells of its rollup beyond the chain: configuration, assertions and disputes, at the L1 block that it read last. */
export class SystemInfo implements RollupInfo {
  private game: EdgesGame | null = null;
  private readonly serial = new Serial();

  constructor(private readonly core: NodeCore) {}

  config(): unknown {
    const { genesis: _, ...system } = this.core.system;
    return toJson(system);
  }

  /** Newest first. `onChain`: the claimed end is a block of this node's chain (a lie may claim such a one for the wrong time). */
  async assertions(limit: number): Promise<unknown[]> {
    const { replica } = await this.follow();
    const { tables } = this.core.chain;
    return [...replica.assertions.values()]
      .slice(-limit)
      .reverse()
      .map((assertion) => {
        const block = tables.byOutputRoot(assertion.outputRoot);
        const onChain = block !== undefined && this.core.chain.isCanonical(block);
        return toJson({ ...assertion, ...this.describe(replica.edge(assertion.id)!, replica), onChain });
      });
  }

  /**
   * All edges of the game in order of creation, assertions included: enough to draw each dispute as a tree.
   * `sides`: who staked on the root edges that an edge is a part of.
   */
  async edges(): Promise<unknown[]> {
    const { replica } = await this.follow();
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

  /** Reads the game up to the tip of this node's view of L1, when somebody asks. */
  private follow(): Promise<EdgesGame> {
    return this.serial.run(async () => {
      const { l1, system, view } = this.core;
      this.game ??= await openEdges(l1, system.queue, system.startBlock);
      if (view.tip !== null) await this.game.follow(view.tip, view);
      return this.game;
    });
  }
}

/** @throws SolventError `game-unknown` where disputes are settled by another game: what is served here are edges. */
async function openEdges(l1: L1Rpc, queue: Hex, startBlock: number): Promise<EdgesGame> {
  const game = await openGame(l1, queue, startBlock);
  if (game instanceof EdgesGame) return game;
  throw new SolventError(
    "game-unknown",
    "disputes of this system are no game of edges: this method has nothing to show",
  );
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
  return JSON.parse(
    JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `0x${part.toString(16)}` : part)),
  );
}
