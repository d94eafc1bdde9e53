import { toQuantity, type JsonRpcProvider } from "ethers";
import type { Deployment } from "../../../deployment";
import { GameReplica, parseGameLog, type GameEvent, type GameParameters, type PlacedEdge } from "../../../games/edges";

/** Where a step of the last level stands: block of the assertion, stretch of steps, step in it. */
export interface StepPlace {
  run: number;
  segment: number;
  step: number;
}

/** The whole game as its logs on L1 tell it now, read by a party of its own. */
export class GameRecord {
  readonly seen: { event: GameEvent; l1Block: number }[] = [];
  readonly replica: GameReplica;

  /** @param at - Number of the L1 block that it stands at. */
  private constructor(
    parameters: GameParameters,
    readonly at: number,
  ) {
    this.replica = new GameReplica(parameters);
  }

  static async read(provider: JsonRpcProvider, deployment: Deployment, game: GameParameters): Promise<GameRecord> {
    const toBlock = Number(await provider.send("eth_blockNumber", []));
    const record = new GameRecord(game, toBlock);
    const { queue: address } = deployment.addresses;
    const logs = await provider.getLogs({ address, fromBlock: deployment.l1Block, toBlock });
    const times = new Map<number, number>();
    for (const { blockNumber } of logs) {
      if (times.has(blockNumber)) continue;
      const block = (await provider.send("eth_getBlockByNumber", [toQuantity(blockNumber), false])) as {
        timestamp: string;
      };
      times.set(blockNumber, Number(block.timestamp));
    }
    for (const log of logs) {
      const event = parseGameLog(log);
      if (event === null) continue;
      record.replica.apply(event, times.get(log.blockNumber)!);
      record.seen.push({ event, l1Block: log.blockNumber });
    }
    return record;
  }

  /** Where an edge of level 2 and height 0 stands in the whole dispute. */
  placeOf(step: PlacedEdge): StepPlace {
    const segment = this.leafAbove(step);
    return { run: this.leafAbove(segment).at.index, segment: segment.at.index, step: step.at.index };
  }

  private leafAbove({ at }: PlacedEdge): PlacedEdge {
    for (const root of this.replica.edges.values())
      if (root.at.origin === at.origin && root.at.level === at.level && BigInt(root.at.claim) !== 0n)
        return this.replica.edge(root.at.claim)!;
    throw new Error("an edge without a leaf above");
  }
}
