import type { Signer } from "ethers";
import type { DisputeGame, GameMove, Plan, Player } from "../../../games/game";
import type { L1Requests } from "../../../games/l1Requests";
import { openGame } from "../../../games/registry";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import type { Truth } from "../../../games/truth";
import { quantity } from "../../../protocol/quantity";
import type { Hex } from "../../../protocol/types";
import { TOY_L1_HEIGHTS, TOY_L1_RULES, type ToySystem } from "./toy";
import { LyingTruth, type Lie } from "../../truths/lyingTruth";
import { ToyTruth } from "../../truths/toy/truth";

/** One party of a game on L1: what it holds for true, and what the book would have it do at L1's newest block. */
export interface Seat {
  /** Whose stakes they are, lower case. */
  readonly account: Hex;
  readonly queue: Hex;
  readonly game: DisputeGame;
  /** Reads L1 up to its newest block. @returns the plan; nothing of it is missing. @throws SolventError `l1-*`. */
  look(): Promise<Plan>;
}

/** Gas of any one move, and of what several moves take together: an L1 block's transaction has no more. */
const MOST_GAS = 16_777_216n;
/** Of the multicalls that a party without a person packs. */
const PAGE_GAS = 12_000_000;

/** L1 as a seat needs it. */
export function requestsOf({ provider }: Signer): L1Requests {
  const rpc = provider as unknown as { send(method: string, params: unknown[]): Promise<unknown> };
  return { send: async <T>(method: string, params: readonly unknown[]) => (await rpc.send(method, [...params])) as T };
}

/** A party over the toy program. @param lie - undefined sits for the truth. */
export async function toySeat(system: ToySystem, signer: Signer, lie?: Lie): Promise<Seat> {
  const { queue, startBlock, genesis } = system;
  const rpc = requestsOf(signer);
  const game = await openGame(rpc, queue, startBlock);
  const honest = new ToyTruth(TOY_L1_RULES, TOY_L1_HEIGHTS);
  const truth: Truth = lie === undefined ? honest : new LyingTruth(honest, lie);
  const account = (await signer.getAddress()).toLowerCase() as Hex;
  // One assertion is what is played about: behind it there is nothing but idle runs.
  const propose = ({ id }: { id: Hex }): boolean => id === genesis.id;
  const player: Player = game.player(truth, { account, from: genesis, propose });
  const look = async (): Promise<Plan> => {
    await followHead(game, rpc);
    return player.decide();
  };
  return { account, queue, game, look };
}

/** Brings a game to L1's newest block, of an L1 that takes nothing back. */
async function followHead(game: DisputeGame, rpc: L1Requests): Promise<void> {
  const head = await rpc.send<Record<string, string>>("eth_getBlockByNumber", ["latest", false]);
  const { number, hash, parentHash, timestamp } = head;
  const block = { number: Number(number), hash: hash as Hex, parentHash: parentHash as Hex, time: Number(timestamp) };
  await game.follow(block, { has: () => true, finalized: null });
}

/** What a move takes out of the balance. */
export function stakeOf({ game }: Seat, { stakes }: Plan, move: GameMove): bigint {
  return stakes.get(move) ?? game.stakeOf(move);
}

/** Puts what stakes need beyond the balance into the queue. @returns wei, 0 where the balance is enough. */
export async function deposit({ queue, game, account }: Seat, signer: Signer, needed: bigint): Promise<bigint> {
  const missing = needed - (await game.balanceOf(account, "latest"));
  if (missing <= 0n) return 0n;
  const data = SETTLEMENT_ABI.encodeFunctionData("deposit");
  await (await signer.sendTransaction({ to: queue, data, value: missing })).wait();
  return missing;
}

/** Whether L1 would take a move as it stands now: asked of L1 itself. */
export async function isLegal({ queue, game, account }: Seat, signer: Signer, move: GameMove): Promise<boolean> {
  const call = { from: account, to: queue, data: game.encode([move]), gas: quantity(MOST_GAS) };
  return requestsOf(signer)
    .send("eth_call", [call, "latest"])
    .then(
      () => true,
      () => false,
    );
}

/** Sends moves as one transaction. @returns its hash and gas; null where L1 refused it. */
export async function send(
  { queue, game }: Seat,
  signer: Signer,
  moves: readonly GameMove[],
): Promise<{ hash: Hex; gas: bigint } | null> {
  const sent = await signer.sendTransaction({ to: queue, data: game.encode(moves), gasLimit: MOST_GAS });
  const receipt = await sent.wait().catch(() => null);
  return receipt?.status === 1 ? { hash: receipt.hash as Hex, gas: receipt.gasUsed } : null;
}

/** How a party without a person plays its seat: all that the book says, or not at every turn. */
export interface Manner {
  about: string;
  /** Whether it moves in this turn of the person's. @param drawn - from 0 to 1, by the seed. */
  moves(turn: number, drawn: number): boolean;
  /** Moves that it never makes. */
  withholds?(move: GameMove, isLevelZero: boolean): boolean;
}

/** Of liars and of the honest party alike. */
export const MANNERS: Readonly<Record<string, Manner>> = {
  prompt: { about: "answers at once", moves: () => true },
  stall: { about: "answers in one turn of three, drawn by the seed", moves: (_turn, drawn) => drawn < 1 / 3 },
  silent: { about: "asserts, and never answers", moves: (turn) => turn === 0 },
};

/** Plays a turn of a party without a person, as its manner has it. @returns whether it sent anything. */
export async function playTurn(seat: Seat, signer: Signer): Promise<boolean> {
  const plan = await seat.look();
  if (plan.moves.length === 0) return false;
  await deposit(seat, signer, plan.stake);
  let hasSent = false;
  for (const page of seat.game.page(plan.moves, PAGE_GAS, PAGE_GAS))
    hasSent = (await send(seat, signer, page)) !== null || hasSent;
  return hasSent;
}
