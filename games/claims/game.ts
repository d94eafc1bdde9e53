import type { Hex } from "../../protocol/types";
import { isTooLateFor } from "../assertions";
import { GameFollower } from "../follower";
import type { AssertionStatus, DisputeGame, Player, PlayerOptions } from "../game";
import type { L1Requests } from "../l1Requests";
import { assertionPlace } from "../names";
import { DEPOSIT_GAS, pagesOf } from "../money";
import type { Truth } from "../truth";
import { CLAIMS_ABI } from "./abi";
import { usedAgainst } from "./clock";
import { parseClaimsLog, type ClaimsEvent } from "./events";
import { expectedOfClaims } from "./expected";
import { encodeMove, moveGasBound, type ClaimsMove } from "./moves";
import { ClaimsPlayer, hasOpenBond } from "./player";
import { depthOf } from "./position";
import { ClaimsReplica } from "./replica";
import type { ClaimsParameters, ClaimTree } from "./types";

/** The game of claims on L1, as the challenger follows it. */
export class ClaimsGame extends GameFollower<ClaimsEvent, ClaimsReplica> implements DisputeGame {
  private constructor(
    rpc: L1Requests,
    queue: Hex,
    startBlock: number,
    readonly parameters: ClaimsParameters,
    readonly responseSeconds: number,
  ) {
    const createReplica = (): ClaimsReplica => new ClaimsReplica();
    super(rpc, queue, startBlock, {
      abi: CLAIMS_ABI,
      parse: parseClaimsLog,
      createReplica,
      expected: expectedOfClaims,
    });
  }

  /** Reads the game's constants from the contract. */
  static async open(rpc: L1Requests, queue: Hex, startBlock: number): Promise<ClaimsGame> {
    const read = async (name: string, args: unknown[] = []): Promise<bigint> => {
      const data = CLAIMS_ABI.encodeFunctionData(name, args);
      const result = await rpc.send<string>("eth_call", [{ to: queue, data }, "latest"]);
      return CLAIMS_ABI.decodeFunctionResult(name, result)[0] as bigint;
    };
    const [h0, h1, h2] = (await Promise.all([0, 1, 2].map((level) => read("heightOf", [level])))).map(Number);
    const depths = Array.from({ length: h0 + h1 + h2 + 2 }, (_, depth) => depth);
    return new ClaimsGame(
      rpc,
      queue,
      startBlock,
      {
        heights: [h0, h1, h2],
        bonds: await Promise.all(depths.map((depth) => read("bondOf", [depth]))),
        maxClockSeconds: Number(await read("challengePeriod")),
      },
      Number(await read("clockExtension")),
    );
  }

  get heights(): readonly [number, number, number] {
    return this.parameters.heights;
  }

  get assertionStake(): bigint {
    return this.parameters.bonds[0];
  }

  get challengePeriodSeconds(): number {
    return this.parameters.maxClockSeconds;
  }

  get nowSeconds(): number {
    return this.replica.nowSeconds;
  }

  get size(): number {
    return [...this.replica.trees.values()].reduce((sum, { claims }) => sum + claims.length, 0);
  }

  assertion(id: Hex): { created: number; l2BlockNumber: number } | undefined {
    const tree = this.replica.trees.get(id);
    return tree && { created: tree.claims[0].stamp, l2BlockNumber: tree.assertion.l2BlockNumber };
  }

  assertions(): AssertionStatus[] {
    return [...this.replica.trees.values()].map((tree) => this.statusOf(tree));
  }

  isConfirmed(assertion: Hex): boolean {
    return this.replica.trees.get(assertion)?.isConfirmed === true;
  }

  isTooLate(start: Hex, inbox: Hex): boolean {
    return isTooLateFor(this.assertions(), { start, inbox }, this.challengePeriodSeconds);
  }

  hasOpenStake(account: Hex): boolean {
    return hasOpenBond(this.replica, account);
  }

  player(truth: Truth, options: PlayerOptions): Player {
    const player = new ClaimsPlayer(this.parameters, truth, options);
    return { decide: () => player.decide(this.replica) };
  }

  stakeOf(move: ClaimsMove): bigint {
    const { bonds } = this.parameters;
    if (move.kind === "assertState") return bonds[0];
    return move.kind === "attack" || move.kind === "defend" ? bonds[depthOf(move.position)] : 0n;
  }

  /** Every assertion has a bond of its own until it is resolved. */
  capitalInFlight(intervalSeconds: number): bigint {
    if (intervalSeconds === 0) return 0n;
    return BigInt(Math.ceil(this.parameters.maxClockSeconds / intervalSeconds)) * this.parameters.bonds[0];
  }

  /** One side of the longest path: a bond and a call at every other depth, the step, and the resolution of all claims on it. */
  answerCost(stepGas: number): { stake: bigint; gas: bigint } {
    const { bonds } = this.parameters;
    const stake = [0, 1].map((odd) => bonds.reduce((sum, bond, depth) => (depth % 2 === odd ? sum + bond : sum), 0n));
    const gas = Math.ceil(bonds.length / 2) * 260_000 + bonds.length * 100_000 + 450_000 + stepGas;
    return { stake: stake[0] > stake[1] ? stake[0] : stake[1], gas: BigInt(gas) + 3n * DEPOSIT_GAS };
  }

  encode(moves: readonly ClaimsMove[]): Hex {
    if (moves.length === 1) return encodeMove(moves[0]);
    return CLAIMS_ABI.encodeFunctionData("multicall", [moves.map(encodeMove)]) as Hex;
  }

  page(moves: readonly ClaimsMove[], gasLimit: number, stepGas: number): ClaimsMove[][] {
    return pagesOf(moves, gasLimit, (move) => moveGasBound(move, stepGas));
  }

  gasBound(move: ClaimsMove, stepGas: number): number {
    return moveGasBound(move, stepGas);
  }

  explainRevert(data: Hex): string | null {
    const parsed = CLAIMS_ABI.parseError(data);
    if (parsed === null) return null;
    const operands = parsed.fragment.inputs.map(({ name }, i) => `${name} ${String(parsed.args[i])}`);
    return `${parsed.name}(${operands.join(", ")})`;
  }

  private statusOf(tree: ClaimTree): AssertionStatus {
    const { assertion: info, claims, isConfirmed } = tree;
    const [{ claimant: staker, stamp: created, payee }] = claims;
    const isLost = payee !== null && payee !== staker;
    return {
      ...{ info, staker, created, status: isConfirmed ? "confirmed" : isLost ? "slashed" : "open" },
      place: assertionPlace(info.origin, this.heights[0]),
      timerSeconds: Math.min(usedAgainst(tree, 0, this.nowSeconds), this.parameters.maxClockSeconds),
      isRivalled: claims.length > 1 || this.replica.childrenOf(info.parent).length > 1,
    };
  }
}
