import { expect } from "chai";
import type { Browser } from "playwright-core";
import { openBrowser } from "./support/browser";
import { startScene, type Scene } from "./support/scene";

const MINUTES = Number(process.env.SOLVENT_PAGE_MINUTES ?? 30);
/** What a page may hold on to over that time: a quarter more than at the start, and a little for what moves. */
const [MOST_GROWTH, SLACK_BYTES] = [1.25, 2_000_000];

describe("explorer: a page that stays open", function () {
  this.timeout((MINUTES + 10) * 60_000);
  let scene: Scene;
  let browser: Browser;

  before(async function () {
    browser = await openBrowser(this);
    scene = await startScene();
  });

  after(async () => {
    await browser?.close();
    await scene?.devnet.stop();
  });

  it(`holds no more memory after ${MINUTES} minutes of a live devnet than after the first`, async () => {
    const page = await browser.newPage();
    const tools = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      await tools.send("HeapProfiler.collectGarbage");
      return (await tools.send("Runtime.getHeapUsage")).usedSize;
    };
    await page.goto(scene.origin);
    await page.getByText("finalized head").first().waitFor({ timeout: 60_000 });
    const bytes: number[] = [];
    for (let minute = 0; minute <= MINUTES; minute++) {
      await page.waitForTimeout(60_000);
      bytes.push(await heap());
    }
    console.log(`      heap by minute, kB: ${bytes.map((one) => Math.round(one / 1_000)).join(" ")}`);
    expect(bytes.at(-1)).to.be.below(MOST_GROWTH * bytes[0] + SLACK_BYTES);
  });
});
