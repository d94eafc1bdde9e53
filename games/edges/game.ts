import type { Hex } from "../../protocol/types";
import type { AssertionStatus, DisputeGame, Player, PlayerOptions } from "../game";
import { isTooLateFor } from "../assertions";
import { GameFollower } from "../follower";
import type { L1Requests } from "../l1Requests";
import type { Truth } from "../truth";
import { QUEUE_ABI } from "./abi";
import { answerGas, capitalInFlight } from "./capital";
import { parseGameLog, type GameEvent } from "./events";
import { expectedOfEdges } from "./expected";
import { encodeMoves, moveGasBound, pageMoves, type Move } from "./moves";
import { HonestPlayer } from "./player";
import { GameReplica } from "./replica";
import { liveTime } from "./timers";
import type { GameParameters } from "./types";

/** The game of edges on L1, as the challenger follows it. */
export class EdgesGame extends GameFollower<GameEvent, GameReplica> implements DisputeGame {
  private constructor(
    rpc: L1Requests,
    queue: Hex,
    startBlock: number,
    readonly parameters: GameParameters,
    readonly responseSeconds: number,
  ) {
    const createReplica = (): GameReplica => new GameReplica(parameters);
    super(rpc, queue, startBlock, { abi: QUEUE_ABI, parse: parseGameLog, createReplica, expected: expectedOfEdges });
  }

  /** Reads the game's constants from the contract. */
  static async open(rpc: L1Requests, queue: Hex, startBlock: number): Promise<EdgesGame> {
    const read = async (name: string, args: unknown[] = []): Promise<bigint> => {
      const data = QUEUE_ABI.encodeFunctionData(name, args);
      const result = await rpc.send<string>("eth_call", [{ to: queue, data }, "latest"]);
      return QUEUE_ABI.decodeFunctionResult(name, result)[0] as bigint;
    };
    const levels = [0, 1, 2];
    const heights = (await Promise.all(levels.map((level) => read("heightOf", [level])))).map(Number);
    const stakes = await Promise.all(levels.map((level) => read("stakeOf", [level])));
    return new EdgesGame(
      rpc,
      queue,
      startBlock,
      {
        heights: heights as [number, number, number],
        stakes: stakes as [bigint, bigint, bigint],
        challengePeriodSeconds: Number(await read("challengePeriod")),
      },
      Number(await read("responseTime")),
    );
  }

  get heights(): readonly [number, number, number] {
    return this.parameters.heights;
  }

  get assertionStake(): bigint {
    return this.parameters.stakes[0];
  }

  get challengePeriodSeconds(): number {
    return this.parameters.challengePeriodSeconds;
  }

  get nowSeconds(): number {
    return this.replica.nowSeconds;
  }

  get size(): number {
    return this.replica.edges.size;
  }

  assertion(id: Hex): { created: number; l2BlockNumber: number } | undefined {
    const found = this.replica.assertions.get(id);
    return found && { created: this.replica.edge(id)!.created, l2BlockNumber: found.l2BlockNumber };
  }

  assertions(): AssertionStatus[] {
    const { replica } = this;
    return [...replica.assertions.values()].map((info) => {
      const edge = replica.edge(info.id)!;
      const { mutualId: place, staker, status, created } = edge;
      const mutual = replica.mutual(place)!;
      const timerSeconds = liveTime(edge, mutual, replica.nowSeconds);
      return { info, place, staker, status, created, timerSeconds, isRivalled: mutual.rivalledAt !== null };
    });
  }

  isConfirmed(assertion: Hex): boolean {
    return this.replica.edge(assertion)?.status === "confirmed";
  }

  isTooLate(start: Hex, inbox: Hex): boolean {
    return isTooLateFor(this.assertions(), { start, inbox }, this.challengePeriodSeconds);
  }

  hasOpenStake(account: Hex): boolean {
    return [...this.replica.edges.values()].some(({ staker, status }) => staker === account && status === "open");
  }

  player(truth: Truth, options: PlayerOptions): Player {
    const player = new HonestPlayer(truth, options);
    return { decide: () => player.decide(this.replica) };
  }

  stakeOf(move: Move): bigint {
    const { stakes } = this.parameters;
    if (move.kind === "assertState") return stakes[0];
    return move.kind === "open" ? stakes[move.at.level + 1] : 0n;
  }

  capitalInFlight(intervalSeconds: number): bigint {
    return capitalInFlight(this.parameters, intervalSeconds);
  }

  answerCost(stepGas: number): { stake: bigint; gas: bigint } {
    const [, s1, s2] = this.parameters.stakes;
    return { stake: s1 + s2, gas: answerGas(this.parameters, stepGas) };
  }

  encode(moves: readonly Move[]): Hex {
    return encodeMoves(moves);
  }

  page(moves: readonly Move[], gasLimit: number, stepGas: number): Move[][] {
    return pageMoves(moves, gasLimit, stepGas);
  }

  gasBound(move: Move, stepGas: number): number {
    return moveGasBound(move, stepGas);
  }

  explainRevert(data: Hex): string | null {
    const parsed = QUEUE_ABI.parseError(data);
    if (parsed === null) return null;
    const operands = parsed.fragment.inputs.map(({ name }, i) => `${name} ${String(parsed.args[i])}`);
    return `${parsed.name}(${operands.join(", ")})`;
  }
}
