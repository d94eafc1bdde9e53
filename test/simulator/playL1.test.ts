import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { readArtifact } from "../../deployment";
import { devAccount } from "../../devnet/accounts";
import { CLAIMS_ABI } from "../../games/claims/abi";
import { QUEUE_ABI } from "../../games/edges/abi";
import type { Plan } from "../../games/game";
import { TOURNAMENT_ABI } from "../../games/tournament/abi";
import type { Hex } from "../../protocol/types";
import { MANNERS, toySeat } from "../../simulator/boards/l1/seat";
import { L1Table } from "../../simulator/boards/l1/table";
import { parseL1Record, type L1Record } from "../../simulator/boards/l1/terminal";
import { deployToy, openToy } from "../../simulator/boards/l1/toy";
import { movesOf } from "../../simulator/boards/l1/words";
import { GAMES, type GameName } from "../../simulator/lab/games/game";
import { SIDES } from "../../simulator/lab/hand/hand";
import { Random } from "../../simulator/random";
import { startL1, type L1 } from "../devnet/support/l1";

const SOLVENT = join(__dirname, "..", "..", "scripts", "solvent.ts");
const SOME = [
  { game: "edges", side: "truth" },
  { game: "tournament", side: "liar" },
] as const;
const LIE = { run: 1, machine: 1, step: 0, salt: 7 };
const readToy = (name: string) => readArtifact(`test/${name}`);

describe("a game by hand on a devnet's L1, with real transactions", function () {
  this.timeout(120_000);
  let l1: L1;
  let folder: string;
  let provider: JsonRpcProvider;

  before(async () => {
    l1 = await startL1(50);
    folder = mkdtempSync(join(tmpdir(), "solvent-play-test-"));
    provider = new JsonRpcProvider(l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
  });
  after(async () => {
    provider?.destroy();
    await l1?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** `solvent play` with lines on standard input. */
  async function play(args: readonly string[], lines: string): Promise<{ status: number | null; said: string }> {
    const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), SOLVENT, "play", ...args]);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => (said += bytes.toString()));
    child.stdin.end(lines);
    const status = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    return { status, said };
  }

  // All six with SOLVENT_FULL=1: each is a process of its own. From both sides every game is played below, too.
  const typed =
    process.env.SOLVENT_FULL === "1" ? GAMES.flatMap((game) => SIDES.map((side) => ({ game, side }))) : SOME;
  for (const { game, side } of typed)
    it(`${game} as ${side}: comes to its end by typed lines, and the truth stands`, async () => {
      const out = join(folder, `${game}-${side}.json`);
      const { status, said } = await play(
        ["--devnet", "--url", l1.url, "--game", game, "--side", side, "--lie", "1.2", "--out", out],
        "?\n99\n1\na\nw\nf\n",
      );
      expect(status, said).to.equal(0);
      expect(said).to.contain('"99" is none of them').and.contain("Locks ");
      expect(said).to.contain(side === "truth" ? "You won: the truth stands." : "You lost: the truth stands.");
      const record = parseL1Record(readFileSync(out, "utf8"))!;
      expect(record.result).to.equal(side === "truth" ? "won" : "lost");
      // Both sides moved, and each transaction is L1's.
      expect(new Set(record.events.map(({ by }) => by)).size).to.equal(2);
      for (const { transaction, gas } of record.events.slice(0, 5)) {
        const receipt = (await provider.getTransactionReceipt(transaction))!;
        expect(receipt.status).to.equal(1);
        expect(Number(receipt.gasUsed)).to.equal(gas);
        expect([null, record.queue.toLowerCase()]).to.contain(receipt.to?.toLowerCase() ?? null);
      }
    });

  it("prints a game that was written, with its transactions, without L1", async () => {
    const file = join(folder, "edges-truth.json");
    const record = parseL1Record(readFileSync(file, "utf8"))!;
    const again = await play(["--replay", file], "");
    expect(again.status).to.equal(0);
    expect(again.said).to.contain(record.events.at(-1)!.transaction);
    expect(again.said).to.contain(`You ${record.result}: the truth stands.`);
  });

  /** Two people at one queue, each with the book's first move at every turn. */
  async function twoPeople(game: GameName): Promise<[string | null, string | null]> {
    const [one, two] = [0, 1].map((index) => new Wallet(devAccount(index).privateKey, provider));
    const system = await deployToy(game, one, readToy);
    const joined = await openToy(system.queue, two);
    const tables = [
      new L1Table(await toySeat(system, one), one, "truth", [], new Random(1)),
      new L1Table(await toySeat(joined, two, LIE), two, "liar", [], new Random(1)),
    ];
    for (let turn = 0; turn < 200; turn++) {
      const choices = [await tables[0].legal(), await tables[1].legal()];
      if (choices.every((one) => one.length === 0)) break;
      const moves = choices.map((one) => one.find(({ move }) => move !== undefined));
      for (const [i, move] of moves.entries()) if (move !== undefined) await tables[i].choose(move);
      // Neither has anything to do: time passes for both.
      if (moves.every((move) => move === undefined)) {
        await l1.send("evm_increaseTime", 60);
        await l1.send("evm_mine");
      }
    }
    // Who sits down now has not won what was decided before.
    const late = new L1Table(await toySeat(joined, two), two, "truth", [], new Random(1));
    expect(await late.end()).to.equal(null);
    return [await tables[0].end(), await tables[1].end()];
  }

  for (const game of GAMES)
    it(`${game}: two people play one queue from both sides to the end`, async () => {
      expect(await twoPeople(game)).to.deep.equal(["won", "lost"]);
    });

  it("claims: who answers a lie wins, though nobody has asserted the truth beside it", async () => {
    const [you, they] = [0, 2].map((index) => new Wallet(devAccount(index).privateKey, provider));
    const system = await deployToy("claims", you, readToy);
    const robots = [{ seat: await toySeat(system, they, LIE), signer: they, manner: "prompt" }];
    const seat = await toySeat(system, you);
    const look = async (): Promise<Plan> => {
      const plan = await seat.look();
      return { ...plan, moves: plan.moves.filter(({ kind }) => kind !== "assertState") };
    };
    const table = new L1Table({ ...seat, look }, you, "truth", robots, new Random(1));
    for (let turn = 0; turn < 200; turn++) {
      const choices = await table.legal();
      if (choices.length === 0) break;
      await table.choose(choices.find(({ move }) => move !== undefined) ?? choices.at(-1)!);
    }
    expect(seat.game.assertions().map(({ status }) => status)).to.include("slashed");
    expect(await table.end()).to.equal("won");
  });

  for (const manner of Object.keys(MANNERS))
    it(`beats a liar that is ${manner}`, async () => {
      const [you, they] = [0, 2].map((index) => new Wallet(devAccount(index).privateKey, provider));
      const system = await deployToy("edges", you, readToy);
      const robots = [{ seat: await toySeat(system, they, LIE), signer: they, manner }];
      const table = new L1Table(await toySeat(system, you), you, "truth", robots, new Random(3));
      for (let turn = 0; turn < 200; turn++) {
        const choices = await table.legal();
        if (choices.length === 0) break;
        await table.choose(choices.find(({ move }) => move !== undefined) ?? choices.at(-1)!);
      }
      expect(await table.end()).to.equal("won");
    });

  it("offers only what L1 takes: each choice that was offered goes through", async () => {
    const signer = new Wallet(devAccount(0).privateKey, provider);
    const they = new Wallet(devAccount(2).privateKey, provider);
    const system = await deployToy("edges", signer, readToy);
    const robots = [{ seat: await toySeat(system, they, LIE), signer: they, manner: "prompt" }];
    const table = new L1Table(await toySeat(system, signer), signer, "truth", robots, new Random(1));
    let sent = 0;
    for (let turn = 0; turn < 12; turn++) {
      const choices = await table.legal();
      const move = choices.find((choice) => choice.move !== undefined);
      if (choices.length === 0) break;
      const events = await table.choose(move ?? choices.at(-1)!);
      if (move === undefined) continue;
      sent++;
      expect(
        events.some(({ by, data }) => by === signer.address.toLowerCase() && data === move.key),
        move.key,
      ).to.equal(true);
    }
    expect(sent).to.be.above(3);
  });

  it("has words for every move of every game", () => {
    const abis = { edges: QUEUE_ABI, claims: CLAIMS_ABI, tournament: TOURNAMENT_ABI };
    for (const game of GAMES) {
      const changing: string[] = [];
      abis[game].forEachFunction(({ name, constant }) => void (constant || changing.push(name)));
      const moves = changing.filter((name) => !["deposit", "withdraw", "multicall"].includes(name));
      expect(movesOf(game).sort()).to.deep.equal(moves.sort());
    }
  });

  it("refuses an opponent of the other side, a devnet that is not there, and a record that is none", async () => {
    const wrong = await play(["--devnet", "--url", l1.url, "--side", "liar", "--against", "stall"], "");
    expect(wrong.status).to.equal(2);
    expect(wrong.said).to.match(/a liar plays against honest, person, not "stall"/);
    const file = join(folder, "bad.json");
    writeFileSync(file, JSON.stringify({ format: "solvent-play-l1", version: 1 }));
    const bad = await play(["--replay", file], "");
    expect(bad.status).to.equal(2);
    expect(bad.said).to.match(/no game that was played on L1/);
    const record: Partial<L1Record> = { format: "solvent-play-l1", queue: "<script>" as Hex };
    expect(() => parseL1Record(JSON.stringify(record))).to.throw(/no game that was played on L1/);
    expect(parseL1Record('{"format":"solvent-play"}')).to.equal(null);
  });
});
