import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { readArtifact } from "../../../deployment";
import { CLAIMS_ABI } from "../../../games/claims/abi";
import { QUEUE_ABI } from "../../../games/edges/abi";
import type { DisputeGame } from "../../../games/game";
import { openGame } from "../../../games/registry";
import { TOURNAMENT_ABI } from "../../../games/tournament/abi";
import { L1Rpc } from "../../../node/l1/rpc";
import { SolventError } from "../../../protocol/errors";
import type { Hex, L1Block } from "../../../protocol/types";
import { playTurn, toySeat, type Seat } from "../../../simulator/boards/l1/seat";
import { deployToy, TOY_L1_HEIGHTS, TOY_L1_RULES, type ToySystem } from "../../../simulator/boards/l1/toy";
import { GAMES } from "../../../simulator/lab/games/game";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { L1Proxy, type L1Call } from "../../e2e/support/l1Proxy";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";

const ABIS = { edges: QUEUE_ABI, claims: CLAIMS_ABI, tournament: TOURNAMENT_ABI };
const LIE = { run: 1, machine: 1, step: 0, salt: 7 };
/** Turns of both sides: in the middle of a dispute, and when all is done. */
const TURNS =
  process.env.SOLVENT_FULL === "1"
    ? { edges: [4, 60], claims: [4, 60], tournament: [4, 60] }
    : { edges: [4], claims: [60], tournament: [60] };
const FAR_BLOCKS = 40;
/** Without a say in what is to be done next: what an account can withdraw is asked of the contract. */
const ONLY_MONEY = new Set(["StakeFreed", "Refunded"]);

interface Log {
  address: string;
  blockHash: Hex;
  blockNumber: string;
  logIndex: string;
  topics: string[];
}

/** In each some of what a game holds is compared with its contract. */
const TURNS_TO_COMPARE = 8;

describe("logs of a game that L1's node leaves out of ranges, whoever asks and how often", function () {
  this.timeout(120_000);
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let proxy: L1Proxy;

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
    await anvil.rpc.send("evm_setAutomine", [true]);
    provider = new JsonRpcProvider(anvil.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 10 });
    proxy = new L1Proxy(anvil.url);
    await proxy.start();
  });
  after(async () => {
    provider?.destroy();
    await proxy?.stop();
    await anvil?.stop();
  });
  afterEach(() => (proxy.answer = () => undefined));

  async function head(): Promise<L1Block> {
    const block = await anvil.rpc.send<Record<string, Hex>>("eth_getBlockByNumber", ["latest", false]);
    const { number, hash, parentHash, timestamp } = block;
    return { number: Number(number), hash, parentHash, time: Number(timestamp) };
  }

  /** What all parties would do now, and what they see. */
  function sight(game: DisputeGame, { genesis }: ToySystem): string {
    const honest = new ToyTruth(TOY_L1_RULES, TOY_L1_HEIGHTS);
    const plans = [honest, new LyingTruth(honest, LIE)].map((truth, i) => {
      const account = new Wallet(KEYS[i]).address.toLowerCase() as Hex;
      return game.player(truth, { account, from: genesis }).decide();
    });
    const write = (_key: string, value: unknown): unknown =>
      typeof value === "bigint" ? String(value) : value instanceof Map ? [...value.values()] : value;
    return JSON.stringify([game.assertions(), game.size, plans], write);
  }

  /** A dispute that was played for some turns of both sides, and is far under the head. */
  async function play(game: (typeof GAMES)[number], turns: number): Promise<ToySystem> {
    const signers = [0, 1].map((i) => new Wallet(KEYS[i], provider));
    const system = await deployToy(game, signers[0], (name) => readArtifact(`test/${name}`));
    const seats: Seat[] = [await toySeat(system, signers[0]), await toySeat(system, signers[1], LIE)];
    for (let turn = 0; turn < turns; turn++) {
      const hasMoved = await playTurn(seats[turn % 2], signers[turn % 2]);
      if (!hasMoved) await anvil.rpc.send("evm_increaseTime", [60]);
    }
    await anvil.mine(FAR_BLOCKS);
    return system;
  }

  async function allLogs({ queue, startBlock }: ToySystem): Promise<Log[]> {
    const range = { fromBlock: `0x${startBlock.toString(16)}`, toBlock: "latest" };
    return anvil.rpc.send<Log[]>("eth_getLogs", [{ address: queue, ...range }]);
  }

  /** Answers questions for ranges without these logs, each time. */
  function leaveOut(logs: readonly Log[], isLeftOut: (log: Log) => boolean): void {
    proxy.answer = ({ method, params }: L1Call) => {
      const { fromBlock, toBlock, address, topics } = (params[0] ?? {}) as Record<string, unknown>;
      if (method !== "eth_getLogs" || fromBlock === undefined) return undefined;
      return logs.filter(
        (log) =>
          log.address.toLowerCase() === String(address).toLowerCase() &&
          (topics as string[][])[0].includes(log.topics[0]) &&
          Number(log.blockNumber) >= Number(fromBlock) &&
          Number(log.blockNumber) <= Number(toBlock) &&
          !isLeftOut(log),
      );
    };
  }

  /** Follows as an actor does, which asks again and again. @returns how often what it was told did not fit. */
  async function follow(game: DisputeGame, at: L1Block): Promise<number> {
    for (let failures = 0; failures < 10; failures++)
      try {
        for (let turn = 0; turn < TURNS_TO_COMPARE; turn++) await game.follow(at, { has: () => true, finalized: at });
        return failures;
      } catch (error) {
        if (!(error instanceof SolventError) || error.code !== "l1-inconsistent") throw error;
      }
    throw new Error("it never came right");
  }

  /** A first root edge below a leaf stands alone at its place, whose name no log tells; the answer to it stands there, too. */
  async function missAfterAnswer(game: DisputeGame, system: ToySystem, left: Log): Promise<void> {
    const snapshot = await anvil.rpc.send<string>("evm_snapshot", []);
    const signer = new Wallet(KEYS[0], provider);
    const seat = await toySeat(system, signer);
    expect(await playTurn(seat, signer)).to.equal(true);
    const isSame = ({ blockHash, logIndex }: Log): boolean =>
      blockHash === left.blockHash && logIndex === left.logIndex;
    leaveOut(await allLogs(system), isSame);
    expect(await follow(game, await head()), "found by the answer").to.be.above(0);
    await seat.look();
    expect(sight(game, system)).to.equal(sight(seat.game, system));
    await anvil.rpc.send("evm_revert", [snapshot]);
  }

  for (const name of GAMES)
    for (const turns of TURNS[name])
      it(`${name}, ${turns} turns: each log that is left out is missed, and read in the end`, async () => {
        const system = await play(name, turns);
        const at = await head();
        const logs = await allLogs(system);
        const { queue, startBlock } = system;
        const open = async (): Promise<DisputeGame> => {
          const rpc = new L1Rpc(proxy.url, { timeoutMs: 5_000, retries: 0 });
          return openGame(rpc, queue, startBlock);
        };
        const whole = await open();
        expect(await follow(whole, at)).to.equal(0);
        const right = sight(whole, system);
        const missed = new Set<string>();
        const nameOf = ({ topics }: Log): string => ABIS[name].getEvent(topics[0])!.name;
        for (const left of logs) {
          const kind = nameOf(left);
          leaveOut(logs, (log) => log === left);
          const game = await open();
          if ((await follow(game, at)) > 0) missed.add(kind);
          if (sight(game, system) === right) continue;
          expect(kind, "it alone stands where no log tells of").to.equal("Opened");
          await missAfterAnswer(game, system, left);
          missed.add(kind);
        }
        leaveOut(logs, () => true);
        const game = await open();
        expect(await follow(game, at), "all of them").to.be.above(0);
        expect(sight(game, system)).to.equal(right);
        const shaping = new Set(logs.map(nameOf).filter((kind) => !["Deposited", "Withdrawn"].includes(kind)));
        expect([...shaping].filter((kind) => !missed.has(kind) && !ONLY_MONEY.has(kind))).to.deep.equal([]);
      });
});
