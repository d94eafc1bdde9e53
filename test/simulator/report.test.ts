import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { niceTicks } from "../../simulator/lab/report/plot";
import { replayCommand } from "../../simulator/lab/report/page";
import { writeReport } from "../../simulator/lab/report/report";
import { parseCsv, readResults } from "../../simulator/lab/report/table";
import { runScenario } from "../../simulator/lab/run";
import { parseScenario, readScenario } from "../../simulator/lab/scenario/read";
import { browserPath, startBrowser } from "../support/browser";

const SCENARIO = parseScenario({
  name: "two liars & <a censor>",
  game: { kind: "edges", heights: [2, 2, 1], challengePeriodSeconds: 100_000, stakesEther: [4, 2, 1] },
  honest: [{ strategy: "honest", latencySeconds: 12 }],
  adversaries: [{ strategy: "stall", budgetEther: 100 }],
  censorship: { mode: "random" },
  sweep: { grid: { "adversaries.0.count": [1, 2, 4, 8], "censorship.seconds": [0, 86_400] } },
});

describe("the report of a sweep", function () {
  this.timeout(60_000);
  const scratch = mkdtempSync(join(tmpdir(), "solvent-report-"));
  const out = join(scratch, "out");
  let path: string;

  before(async () => {
    await runScenario(SCENARIO, { seed: 3, runs: 6, out });
    path = writeReport([out]);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("holds every plot, the distributions and the worst runs", () => {
    const html = readFileSync(path, "utf8");
    // Five measures against each of two swept paths, and five distributions.
    expect(html.match(/<svg /g)).to.have.length(15);
    expect(html).to.contain("number of adversaries").and.to.contain("C: 24 h");
    expect(html).to.contain("two liars &#38; &#60;a censor&#62;").and.not.to.contain("<a censor>");
    expect(html).to.not.match(/(?:src|href)=|@import|url\(|<script/);
  });

  it("draws what was played by a strategy that is not here", () => {
    const file = join(out, "scenario.json");
    const played = readFileSync(file, "utf8");
    try {
      writeFileSync(file, played.replace('"stall"', '"somebody\'s own"'));
      expect(readResults(out).scenario.adversaries[0].strategy).to.equal("somebody's own");
      expect(readFileSync(writeReport([out]), "utf8")).to.contain("<svg ");
      writeFileSync(file, played.replace('"stall"', "7"));
      expect(() => readResults(out)).to.throw(/adversaries.0.strategy/);
    } finally {
      writeFileSync(file, played);
    }
  });

  it("draws the medians that summary.csv has", () => {
    const { rows } = readResults(out);
    const of = (count: string): number[] =>
      rows
        .filter(({ parameters: p }) => p["adversaries.0.count"] === count && p["censorship.seconds"] === "0")
        .map(({ measures }) => Number(measures.transactions))
        .sort((a, b) => a - b);
    const html = readFileSync(path, "utf8");
    for (const count of ["1", "2", "4", "8"]) {
      const values = of(count);
      const shown = `<title>${count}: ${values[3]} (${values[0]} to ${values[5]})</title>`;
      expect(html, shown).to.contain(shown);
    }
  });

  it("names a command for each worst run that plays it again to the same events", async () => {
    const { rows, folder } = readResults(out);
    const { measures } = rows[29];
    const command = replayCommand(folder, measures);
    const [, point, seed] = / --point (\d+) --seed (\d+) /.exec(command)!;
    const again = await runScenario(readScenario(join(out, "scenario.json")), {
      ...{ point: Number(point), seed: Number(seed), runs: 1 },
      out: join(out, "replay"),
    });
    expect(again.eventsHash).to.equal(measures.events_sha256);
  });

  it("compares folders as lines of their own", () => {
    const html = readFileSync(writeReport([out, out]), "utf8");
    expect(html).to.contain("two liars &#38; &#60;a censor&#62; (out), C: 0");
    writeReport([out]);
  });

  it("refuses a folder without results, with a remedy", () => {
    expect(() => writeReport([scratch])).to.throw(/has no summary.csv; give the --out of a run that has finished/);
  });

  it("has round numbers at its axes, and reads quoted cells", () => {
    expect(niceTicks(7)).to.deep.equal([0, 2, 4, 6, 8]);
    expect(niceTicks(14 * 86_400, 86_400)[1]).to.equal(5 * 86_400);
    expect(parseCsv('a,"b ""c"", d"\n1,\n')).to.deep.equal([
      ["a", 'b "c", d'],
      ["1", ""],
    ]);
  });

  describe("in a browser", () => {
    let browser: Browser;

    before(async function () {
      if (browserPath() === undefined) {
        if (process.env.CI === "true") throw new Error("no chromium here; apt-get install chromium");
        console.log("      skipped: no chromium here");
        this.skip();
      }
      browser = await startBrowser();
    });
    after(() => browser?.close());

    for (const [name, width, colorScheme] of [
      ["a phone, dark", 360, "dark"],
      ["a desk, light", 1_280, "light"],
    ] as const)
      it(`is readable on ${name}: nothing is cut, no text is small or faint, and no request leaves`, async () => {
        const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
        const page = await context.newPage();
        const requests: string[] = [];
        const errors: string[] = [];
        page.on("request", (request) => requests.push(request.url()));
        page.on("console", (message) => errors.push(message.text()));
        const url = pathToFileURL(resolve(path)).href;
        await page.goto(url);
        expect(requests).to.deep.equal([url]);
        expect(errors).to.deep.equal([]);
        expect(await evaluate(page, "document.documentElement.scrollWidth")).to.equal(width);
        expect(await evaluate(page, SMALLEST_TEXT)).to.be.at.least(9.5);
        expect(await evaluate(page, OUTSIDE)).to.deep.equal([]);
        const ground = await evaluate<string>(page, "getComputedStyle(document.body).backgroundColor");
        expect(ground).to.equal(colorScheme === "dark" ? "rgb(20, 24, 29)" : "rgb(255, 255, 255)");
        await context.close();
      });
  });
});

/** Least height of a text in a plot, in pixels of the screen. */
const SMALLEST_TEXT = `Math.min(...[...document.querySelectorAll("svg text")].map((one) => 12 * one.getScreenCTM().a))`;
/** Texts and points that lie outside their plot. */
const OUTSIDE = `[...document.querySelectorAll("svg")].flatMap((svg) => {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll("text, circle, rect")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
  }).map((one) => one.outerHTML);
})`;

function evaluate<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate(expression);
}
