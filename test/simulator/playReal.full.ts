import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { devAccount } from "../../devnet/accounts";
import { startDevnet } from "../../devnet";
import type { L1Record } from "../../simulator/boards/l1/terminal";
import { GAMES } from "../../simulator/lab/games/game";
import { SIDES } from "../../simulator/lab/hand/hand";

const SOLVENT = join(__dirname, "..", "..", "scripts", "solvent.ts");
/** What `solvent play` prints last before it waits for a line. */
const QUESTION = "wait until something happens\n";
/** A busy machine must not lose a game by its clock: nobody is at the keyboard while histories are computed. */
const RESPONSE_SECONDS = 60;
/** Each game over the chain's own program, from both sides, at the keyboard: the numbers of moves, as they are offered. */
describe("a game by hand over the real program", function () {
  this.timeout(1_200_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-play-real-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const game of GAMES)
    for (const side of SIDES)
      it(`${game}: ${side === "truth" ? "the truth wins" : "a lie loses"}, down to one instruction on L1`, async () => {
        const devnet = await startDevnet({
          ...{ game, l1IntervalMs: 200, batchAgeMs: 800 },
          ...{ heights: [3, 17, 17], responseTimeSeconds: RESPONSE_SECONDS, assertionIntervalSeconds: 5 },
          logLevel: "fatal",
        });
        const file = join(folder, `${game}.${side}.json`);
        try {
          const { l1 } = devnet.info;
          const own = ["--devnet", "--url", l1.url, "--program", "real", "--game", game, "--side", side, "--out", file];
          const { status, said } = await atKeyboard(own);
          expect(said).to.match(side === "truth" ? /You won: the truth stands/ : /You lost: the truth stands/);
          expect(status, said.slice(-2_000)).to.equal(0);
          const record = JSON.parse(readFileSync(file, "utf8")) as L1Record;
          expect(record.account).to.equal(devAccount(side === "truth" ? 0 : 1).address.toLowerCase());
          expect(record.events.filter(({ by }) => by === record.account)).to.have.length.above(10);
          expect(record.events.flatMap(({ does }) => does).some((text) => text.includes("L1 executes"))).to.equal(true);
        } finally {
          await devnet[Symbol.asyncDispose]();
        }
      });
});

/** A person without a move looks again so often, this many times, before it lets the clocks run. */
const LOOK_MS = 1_000;
const LOOKS = 30;

/** Plays by the number of the first move that is offered; where there is none it is the other's turn, who may need a while. */
function atKeyboard(args: readonly string[]): Promise<{ status: number | null; said: string }> {
  const child = spawn(process.execPath, ["--require", require.resolve("tsx/cjs"), SOLVENT, "play", ...args]);
  let [said, unread, idle] = ["", "", 0];
  const take = (bytes: Buffer): void => {
    said += bytes.toString();
    unread += bytes.toString();
    if (!unread.endsWith(QUESTION)) return;
    const [, first] = / {2}1 {2}(.*)\n/.exec(unread.slice(unread.lastIndexOf("You may"))) ?? [];
    const isTurn = first !== "wait for L1's next block";
    idle = isTurn ? 0 : idle + 1;
    unread = "";
    if (isTurn) child.stdin.write("1\n");
    else setTimeout(() => child.stdin.write(idle < LOOKS ? "w\n" : "u\n"), LOOK_MS);
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((resolve) => child.once("exit", (status) => resolve({ status, said })));
}
