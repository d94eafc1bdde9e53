import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Context } from "mocha";
import type { Browser, Locator, Page } from "playwright-core";
import type { GameType } from "../../../deployment";
import { LOOKS, openBrowser, watch } from "./browser";
import { jumpToEnd, startScene, type Scene } from "./scene";

/** What the table of who paid whom says of one party, in ether. */
interface Purse {
  staked: number;
  back: number;
  lost: number;
  burnt: number;
}

/** A dispute by one game on a devnet of its own, and the page that shows it. */
export class DisputePage {
  /** Address of the dispute on the page; empty before it was watched. */
  dispute = "";

  private constructor(
    readonly browser: Browser,
    readonly scene: Scene,
    readonly page: Page,
    /** What the page must not do, as it happened. */
    readonly faults: readonly string[],
  ) {}

  /** The calling suite is skipped where there is no browser. */
  static async start(context: Context, game: GameType): Promise<DisputePage> {
    const browser = await openBrowser(context);
    const scene = await startScene(game);
    const page = await browser.newPage({ viewport: LOOKS.desktop.viewport });
    return new DisputePage(browser, scene, page, watch(page, scene.origin));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.scene.devnet.stop();
  }

  /** Opens an address and waits until it shows that text. */
  async open(address: string, text: string): Promise<void> {
    await this.page.goto(this.scene.origin + address);
    await this.page.getByText(text).first().waitFor({ timeout: 60_000 });
  }

  /** Watches the dispute live to its end: the page and the fault's own report name the same winner. */
  async watchToEnd(): Promise<void> {
    const { page, scene } = this;
    await page.goto(`${scene.origin}/disputes`);
    // The liar has to start, and to be answered, first.
    const link = page.getByRole("link", { name: "Dispute of 2 assertions" }).last();
    await link.waitFor({ timeout: 200_000 });
    await link.click();
    await page.waitForURL(/\/dispute\/0x/);
    this.dispute = new URL(page.url()).pathname;
    await page.getByText("The disputed step").waitFor({ timeout: 200_000 });
    await jumpToEnd(scene, page);
    await page.getByText(/ won because L1 executed the one disputed instruction itself/).waitFor();
    expect((await scene.told).join("\n")).to.contain(await this.winner());
  }

  /** The winner's address as the verdict has it: its beginning. */
  async winner(): Promise<string> {
    return (await this.page.locator(".verdict").innerText()).slice(0, 8);
  }

  /** Opens the disputed step: its source line is the one in the file. @returns the states that the page compares, and what it says of each. */
  async disputedStep(): Promise<{ hashes: string[]; verdicts: string[] }> {
    await this.open(this.dispute, "The disputed step");
    const { page } = this;
    const place = page.getByText(/^stf\/.*\.ts:\d+$/).nth(1);
    await place.waitFor();
    const [file, line] = (await place.innerText()).split(":");
    const shown = await page.locator("pre.source .here").first().innerText();
    expect(shown).to.contain(readFileSync(file, "utf8").split("\n")[Number(line) - 1].trim());
    const claims = page.getByRole("region", { name: "claims" });
    const hashes = await claims
      .locator("td:nth-child(2) code")
      .evaluateAll((all) => (all as unknown as { title: string }[]).map((one) => one.title));
    return { hashes, verdicts: await claims.locator("td:nth-child(3)").allInnerTexts() };
  }

  /** Opens the answers in short. @returns who lied, and what it staked and lost. */
  async inShort(): Promise<{ liar: string; purse: Purse }> {
    await this.open(this.dispute, "In short");
    const answer = (question: string): Locator =>
      this.page.locator("dl.facts > div", { hasText: question }).locator("dd").first();
    const liar = (await answer("who lied").locator("code").first().getAttribute("title"))!;
    expect(liar.startsWith(await this.winner())).to.equal(false);
    expect(await answer("about which block").innerText()).to.match(/^L2 block \d+$/);
    expect(await answer("when can I withdraw").innerText()).to.match(/^now what was withdrawn up to block \d+/);
    const row = this.page
      .getByRole("region", { name: "who paid whom" })
      .locator("tr", { has: this.page.locator(`[title="${liar}"]`) });
    const cells = (await row.locator("td").allInnerTexts()).map((text) => parseFloat(text || "0"));
    const [, staked, back, lost, burnt] = cells;
    return { liar, purse: { staked, back, lost, burnt } };
  }
}
