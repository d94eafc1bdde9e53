import type { Hex } from "../../protocol/types";
import { GameFollower } from "../follower";
import type { AssertionStatus, DisputeGame, Player, PlayerOptions } from "../game";
import type { L1Requests } from "../l1Requests";
import { DEPOSIT_GAS, pagesOf } from "../money";
import type { Truth } from "../truth";
import type { AssertionInfo } from "../types";
import { TOURNAMENT_ABI } from "./abi";
import { parseTournamentLog, type TournamentEvent } from "./events";
import { expectedOfTournaments } from "./expected";
import { encodeMove, moveGasBound, type TournamentMove } from "./moves";
import { hasOpenBond, TournamentPlayer } from "./player";
import { TournamentReplica } from "./replica";
import type { TournamentParameters } from "./types";

/** The game of tournaments on L1, as the challenger follows it. */
export class TournamentGame extends GameFollower<TournamentEvent, TournamentReplica> implements DisputeGame {
  private constructor(
    rpc: L1Requests,
    queue: Hex,
    startBlock: number,
    readonly parameters: TournamentParameters,
    readonly responseSeconds: number,
  ) {
    const createReplica = (): TournamentReplica => new TournamentReplica(parameters);
    const logs = { abi: TOURNAMENT_ABI, parse: parseTournamentLog, createReplica, expected: expectedOfTournaments };
    super(rpc, queue, startBlock, logs);
  }

  /** Reads the game's constants from the contract. */
  static async open(rpc: L1Requests, queue: Hex, startBlock: number): Promise<TournamentGame> {
    const read = async (name: string, args: unknown[] = []): Promise<bigint> => {
      const data = TOURNAMENT_ABI.encodeFunctionData(name, args);
      const result = await rpc.send<string>("eth_call", [{ to: queue, data }, "latest"]);
      return TOURNAMENT_ABI.decodeFunctionResult(name, result)[0] as bigint;
    };
    const levels = [0, 1, 2];
    const heights = (await Promise.all(levels.map((level) => read("heightOf", [level])))).map(Number);
    const bonds = await Promise.all(levels.map((level) => read("bondOf", [level])));
    return new TournamentGame(
      rpc,
      queue,
      startBlock,
      {
        heights: heights as [number, number, number],
        bonds: bonds as [bigint, bigint, bigint],
        allowanceSeconds: Number(await read("challengePeriod")),
      },
      Number(await read("responseTime")),
    );
  }

  get heights(): readonly [number, number, number] {
    return this.parameters.heights;
  }

  get assertionStake(): bigint {
    return this.parameters.bonds[0];
  }

  get challengePeriodSeconds(): number {
    return this.parameters.allowanceSeconds;
  }

  get nowSeconds(): number {
    return this.replica.nowSeconds;
  }

  get size(): number {
    return [...this.replica.tournaments.values()].reduce((sum, { commitments }) => sum + commitments.size, 0);
  }

  assertion(id: Hex): { created: number; l2BlockNumber: number } | undefined {
    const found = this.replica.assertions.get(id);
    if (found === undefined) return undefined;
    const { stamp } = this.replica.tournamentAround(found).commitments.get(found.root)!;
    return { created: stamp, l2BlockNumber: found.l2BlockNumber };
  }

  assertions(): AssertionStatus[] {
    return [...this.replica.assertions.values()].map((info) => this.statusOf(info));
  }

  isConfirmed(assertion: Hex): boolean {
    return this.replica.isConfirmed(assertion);
  }

  /** A newcomer's clock is less by what it is late: half of it is thought enough. */
  isTooLate(start: Hex, inbox: Hex): boolean {
    const theirs = [...this.replica.assertions.values()].filter(
      ({ origin }) => origin.start === start && origin.inbox === inbox,
    );
    return theirs.some((info) => {
      const { start: opened, allowance } = this.replica.tournamentAround(info);
      return this.nowSeconds >= opened + allowance / 2;
    });
  }

  hasOpenStake(account: Hex): boolean {
    return hasOpenBond(this.replica, account);
  }

  player(truth: Truth, options: PlayerOptions): Player {
    const player = new TournamentPlayer(this.parameters, truth, options);
    return { decide: () => player.decide(this.replica) };
  }

  stakeOf(move: TournamentMove): bigint {
    const { bonds } = this.parameters;
    if (move.kind === "assertState") return bonds[0];
    return move.kind === "join" ? bonds[move.level] : 0n;
  }

  /** Every assertion has a bond of its own until its tournament is settled. */
  capitalInFlight(intervalSeconds: number): bigint {
    if (intervalSeconds === 0) return 0n;
    return BigInt(Math.ceil(this.parameters.allowanceSeconds / intervalSeconds)) * this.parameters.bonds[0];
  }

  /** One side of a match at each level: every other answer, the step, and the ends of all three. Refunds are not counted on. */
  answerCost(stepGas: number): { stake: bigint; gas: bigint } {
    const { bonds, heights } = this.parameters;
    const gasOf = (kind: TournamentMove["kind"]): number => moveGasBound({ kind } as TournamentMove, stepGas);
    const answers = heights.reduce((sum, height) => sum + Math.ceil(height / 2) * gasOf("advance"), 0);
    const ends = 3 * gasOf("sealMatch") + 2 * gasOf("winByInner") + gasOf("confirm");
    const gas = gasOf("assertState") + 2 * gasOf("join") + answers + ends + stepGas;
    return { stake: bonds[1] + bonds[2], gas: BigInt(gas) + 3n * DEPOSIT_GAS };
  }

  encode(moves: readonly TournamentMove[]): Hex {
    if (moves.length === 1) return encodeMove(moves[0]);
    return TOURNAMENT_ABI.encodeFunctionData("multicall", [moves.map(encodeMove)]) as Hex;
  }

  page(moves: readonly TournamentMove[], gasLimit: number, stepGas: number): TournamentMove[][] {
    return pagesOf(moves, gasLimit, (move) => moveGasBound(move, stepGas));
  }

  gasBound(move: TournamentMove, stepGas: number): number {
    return moveGasBound(move, stepGas);
  }

  explainRevert(data: Hex): string | null {
    const parsed = TOURNAMENT_ABI.parseError(data);
    if (parsed === null) return null;
    const operands = parsed.fragment.inputs.map(({ name }, i) => `${name} ${String(parsed.args[i])}`);
    return `${parsed.name}(${operands.join(", ")})`;
  }

  private statusOf(info: AssertionInfo): AssertionStatus {
    const tournament = this.replica.tournamentAround(info);
    const { claimer: staker, stamp: created, standing } = tournament.commitments.get(info.root)!;
    const isLost = standing === "out";
    return {
      ...{ info, staker, created, place: tournament.id, isRivalled: tournament.commitments.size > 1 },
      status: this.isConfirmed(info.id) ? "confirmed" : isLost ? "slashed" : "open",
      timerSeconds: Math.min(this.nowSeconds - tournament.start, tournament.allowance),
    };
  }
}
