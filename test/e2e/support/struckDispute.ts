import { expect } from "chai";
import type { Log } from "ethers";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { startReferee } from "../../../devnet/referee";
import { CLAIMS_ABI, ClaimsGame } from "../../../games/claims";
import { EdgesGame, QUEUE_ABI } from "../../../games/edges";
import type { AssertionStatus } from "../../../games/game";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import { TOURNAMENT_ABI, TournamentGame } from "../../../games/tournament";
import { L1Rpc } from "../../../node/l1/rpc";
import type { Hex } from "../../../protocol/types";
import { sentToQueue, type Sent } from "./ownMoves";
import { eventually, TestSystem } from "./system";

const ETHER = 10n ** 18n;
const RESPONSE_SECONDS = 60;
const L1_INTERVAL_MS = 100;
const ABIS = { claims: CLAIMS_ABI, tournament: TOURNAMENT_ABI, edges: QUEUE_ABI };
const GAMES = { claims: ClaimsGame, tournament: TournamentGame, edges: EdgesGame };
type Game = ClaimsGame | TournamentGame | EdgesGame;
/** A game in which nothing has moved for so long waits for L1's clock. */
const STILL_MS = 3_000;
/** A blow waits so long for what it is to hit. */
const SOON_MS = 2_000;
/** Events of the game between two blows. */
const MOVES_BETWEEN = 3;

/** What befalls a dispute: the honest process is killed, or L1 goes back by so many blocks. */
export type Blow = "kill" | number;

/** A lie of one process against another over the real program, during which blows fall on the honest one and on L1. */
export class StruckDispute {
  readonly honest = devAccount(ROLES.challenger).address;
  readonly liar = devAccount(ROLES.liar).address;
  private readonly system: TestSystem;
  private game!: Game;
  private rpc!: L1Rpc;
  /** Transactions of the honest party that reorgs took back. */
  takenBack = 0;
  /** What L1 last had of the game, and since when. */
  private standing = "";
  private since = Date.now();

  constructor(private readonly type: keyof typeof ABIS) {
    this.system = new TestSystem({
      game: type,
      responseTimeSeconds: RESPONSE_SECONDS,
      assertionIntervalSeconds: 1,
      l1IntervalMs: L1_INTERVAL_MS,
    });
  }

  async start(): Promise<void> {
    const { system } = this;
    await system.start();
    const { devnet, deployment } = system;
    this.rpc = new L1Rpc(devnet.info.l1.url);
    this.game = await GAMES[this.type].open(this.rpc, deployment.addresses.queue, deployment.l1Block);
    await this.startHonest();
  }

  async stop(): Promise<void> {
    await this.rpc?.close();
    await this.system.stop();
  }

  /**
   * Has a lie told and lets the blows fall in turn, each when the game has grown since the one before; then plays to the end.
   * @returns what went to the queue.
   */
  async play(seed: number, blows: readonly Blow[]): Promise<Sent[]> {
    const { system, honest, liar } = this;
    const { devnet, deployment, provider } = system;
    await devnet.startLiar("wrong-state:middle", seed);
    const transfer = { to: devAccount(5).address, value: ETHER };
    await system.postBatch([
      [await system.sign(0, transfer)],
      [await system.sign(1, transfer)],
      [await system.sign(2, transfer)],
    ]);
    await eventually("two assertions", async () => (await this.look()).assertions().length > 1, 120);
    for (const blow of blows) await this.strike(blow);
    await eventually("the lie has lost", () => this.isOver(), 400);
    const referee = await startReferee(devnet.info.l1.url, deployment);
    try {
      const verdict = await eventually("a verdict", async () => referee.verdict(liar, 0) ?? false, 60);
      expect([verdict.winner.account, verdict.by]).to.deep.equal([honest, "proof"]);
    } finally {
      referee.stop();
    }
    expect(devnet.processes.hasFailed, "a process ended by itself").to.equal(false);
    return sentToQueue(provider, deployment, ABIS[this.type]);
  }

  /** Whether a call may be the same twice: money comes and goes, and in a game of edges timers are told again. */
  mayRepeat(call: Hex): boolean {
    const { name } = ABIS[this.type].parseTransaction({ data: call })!;
    return ["deposit", "withdraw", "update"].includes(name);
  }

  /** The honest party has, in the queue and in stakes that stand, at least what it paid in and did not take out. */
  async expectNothingLost(): Promise<void> {
    const { honest } = this;
    const game = await this.look();
    const block = game.at!.number;
    const paid = (await this.logs(block))
      .map((log) => SETTLEMENT_ABI.parseLog(log))
      .filter(
        (log) => log !== null && /^(Deposited|Withdrawn)$/.test(log.name) && log.args.account.toLowerCase() === honest,
      )
      .reduce((sum, log) => sum + (log!.name === "Deposited" ? log!.args.amount : -log!.args.amount), 0n) as bigint;
    const held = (await game.balanceOf(honest, block)) + openStakes(game, honest);
    expect(held >= paid, `lost ${paid - held} wei of ${paid}`).to.equal(true);
  }

  /** When the game has gone on since the blow before. */
  private async strike(blow: Blow): Promise<void> {
    const before = (await this.logs()).length;
    const hasMoved = async (): Promise<boolean> => (await this.logs()).length >= before + MOVES_BETWEEN;
    await eventually("the game goes on", async () => (await hasMoved()) || this.isOver(), 120);
    if (blow === "kill") await this.kill();
    else await this.reorganise(blow);
  }

  private startHonest(): Promise<void> {
    const { devnet } = this.system;
    return devnet.startChallenger("challenger", devAccount(ROLES.challenger), { measuresSpeed: false });
  }

  /** While a transaction of its own waits in L1's pool, if it sends one soon; L1 makes no block until the next process has looked. */
  private async kill(): Promise<void> {
    const { devnet, provider } = this.system;
    await provider.send("evm_setIntervalMining", [0]);
    const isWaiting = async (): Promise<boolean> => (await this.nonce("pending")) > (await this.nonce("latest"));
    for (const end = Date.now() + SOON_MS; !(await isWaiting()) && Date.now() < end;) {
      await this.askL1("evm_mine", []);
      await sleep(L1_INTERVAL_MS);
    }
    await devnet.processes.stopOne("challenger", "SIGKILL");
    await this.startHonest();
    await sleep(SOON_MS);
    await provider.send("evm_setIntervalMining", [L1_INTERVAL_MS]);
  }

  /**
   * The next so many blocks of L1 come and are gone, with a transaction of the honest party's if it sends one soon; then L1 is longer. The
   * liar sees it later than the honest party: what was an answer to the liar's moves may come before them.
   */
  private async reorganise(depth: number): Promise<void> {
    const { devnet, provider } = this.system;
    const [before, nonce] = [await provider.getBlockNumber(), await this.nonce("latest")];
    const snapshot = await this.askL1<string>("evm_snapshot", []);
    const end = Date.now() + SOON_MS;
    while ((await this.nonce("latest")) === nonce && Date.now() < end) await sleep(10);
    while ((await provider.getBlockNumber()) < before + depth) await sleep(10);
    const gone = await provider.getBlockNumber();
    this.takenBack += (await this.nonce("latest")) - nonce;
    const liar = devnet.processes.pid("liar")!;
    process.kill(liar, "SIGSTOP");
    await this.askL1("evm_revert", [snapshot]);
    for (let i = before; i <= gone; i++) await this.askL1("evm_mine", []);
    await sleep(SOON_MS);
    process.kill(liar, "SIGCONT");
  }

  /** L1 alone: by their usual names these calls mean the whole devnet, what its actors remember included. */
  private askL1<T>(method: string, params: unknown[]): Promise<T> {
    return this.system.provider.send("devnet_raw", [method, params]) as Promise<T>;
  }

  private async nonce(tag: "latest" | "pending"): Promise<number> {
    return Number(await this.system.provider.send("eth_getTransactionCount", [this.honest, tag]));
  }

  /** The game as L1 has it now. */
  private async look(): Promise<Game> {
    const block = (await this.system.provider.send("eth_getBlockByNumber", ["latest", false])) as {
      number: string;
      hash: string;
      parentHash: string;
      timestamp: string;
    };
    const [hash, parentHash] = [block.hash, block.parentHash] as `0x${string}`[];
    const head = { number: Number(block.number), time: Number(block.timestamp), hash, parentHash };
    await this.game.follow(head, { has: () => false, finalized: null });
    return this.game;
  }

  /** Puts L1's clock forward where nothing moves any more. */
  private async isOver(): Promise<boolean> {
    const game = await this.look();
    const all = game.assertions();
    const isLost = ({ info, status, staker }: AssertionStatus): boolean =>
      staker === this.liar &&
      status === "slashed" &&
      all.some((other) => other.info.parent === info.parent && other.status === "confirmed");
    const isOver = all.some(isLost) && !this.hasOpenStakes(game);
    if (isOver) return true;
    const logs = await this.logs();
    const standing = `${logs.length} ${logs.at(-1)?.blockHash}`;
    if (standing !== this.standing) [this.standing, this.since] = [standing, Date.now()];
    if (Date.now() - this.since > STILL_MS) {
      await this.system.jump(Math.ceil(game.challengePeriodSeconds / 8));
      this.since = Date.now();
    }
    return false;
  }

  /** All that the queue has said. @param toBlock - where L1 is at, if absent. */
  private logs(toBlock?: number): Promise<Log[]> {
    const { provider, deployment } = this.system;
    return provider.getLogs({ address: deployment.addresses.queue, fromBlock: deployment.l1Block, toBlock });
  }

  /** Whether anything of the lie still binds stakes of the honest party. */
  private hasOpenStakes(game: Game): boolean {
    if (!(game instanceof ClaimsGame)) return false;
    const trees = [...game.replica.trees.values()].filter(({ claims: [{ payee }] }) => payee === this.honest);
    return trees.some(({ claims }) => claims.some(({ isResolved }) => !isResolved));
  }
}

/** Stakes of an account that stand. */
function openStakes(game: Game, account: Hex): bigint {
  const sum = (stakes: readonly bigint[]): bigint => stakes.reduce((total, stake) => total + stake, 0n);
  if (game instanceof ClaimsGame) {
    const claims = [...game.replica.trees.values()].flatMap((tree) => tree.claims);
    const open = claims.filter(({ claimant, isResolved }) => claimant === account && !isResolved);
    return sum(open.map(({ position }) => game.parameters.bonds[Math.floor(Math.log2(position))]));
  }
  if (game instanceof TournamentGame)
    return sum(
      [...game.replica.tournaments.values()].flatMap(({ level, commitments, isSettled }) => {
        const own = [...commitments.values()].filter(({ claimer }) => claimer === account);
        return own.map(({ standing }) => (isSettled || standing === "out" ? 0n : game.parameters.bonds[level]));
      }),
    );
  const own = [...game.replica.edges.values()].filter(({ staker }) => staker === account);
  // One stake for an assertion and the child that it moves to.
  return sum(
    own.map(({ status, stakeMoved, at }) => {
      const stands = Number(status === "open") - Number(stakeMoved && status !== "confirmed");
      return BigInt(stands) * game.parameters.stakes[at.level];
    }),
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
