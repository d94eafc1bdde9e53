import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { expectSound } from "./support/sound";
import { LOOKS, openBrowser, watch } from "./support/browser";
import { jumpToEnd, startScene, type Scene } from "./support/scene";

describe("explorer: a dispute under the game of tournaments", function () {
  this.timeout(400_000);
  let scene: Scene;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let dispute: string;

  before(async function () {
    browser = await openBrowser(this);
    scene = await startScene("tournament");
    page = await browser.newPage({ viewport: LOOKS.desktop.viewport });
    faults = watch(page, scene.origin);
  });

  after(async () => {
    await browser?.close();
    await scene?.devnet.stop();
  });

  async function open(address: string, text: string): Promise<void> {
    await page.goto(scene.origin + address);
    await page.getByText(text).first().waitFor({ timeout: 60_000 });
  }

  it("is watched live to its end, with who won and why", async () => {
    await page.goto(`${scene.origin}/disputes`);
    // The liar has to start, and to be answered, first.
    const link = page.getByRole("link", { name: "Dispute of 2 assertions" }).last();
    await link.waitFor({ timeout: 200_000 });
    await link.click();
    await page.waitForURL(/\/dispute\/0x/);
    dispute = new URL(page.url()).pathname;
    await page.getByText("The disputed step").waitFor({ timeout: 200_000 });
    await jumpToEnd(scene, page);
    await page.getByText(/ won because L1 executed the one disputed instruction itself/).waitFor();
    const winner = (await page.locator(".verdict").innerText()).slice(0, 8);
    expect((await scene.told).join("\n")).to.contain(winner);
  });

  it("is drawn as a bracket of three levels, each with two sides of which one is out, and a clock", async () => {
    await open(dispute, "won by the step that L1 executed");
    for (const level of [0, 1, 2]) {
      const sides = page.getByRole("region", { name: `sides of level ${level}` });
      const standings = await sides.locator("td:nth-child(2)").allInnerTexts();
      expect(standings.sort(), `level ${level}`).to.deep.equal(["out", "won"]);
      // Who is out has no clock any more.
      expect(await sides.locator("meter").count(), `level ${level}`).to.equal(1);
    }
    const matches = await page.locator(".bracket ol.narrow li").allInnerTexts();
    expect(
      matches.map((text) => /(run|stretch|step) [\d,]+: won by .*$/.exec(text.replace(/\s+/g, " "))?.[1]),
    ).to.deep.equal(["run", "stretch", "step"]);
    // A level is narrower than the one above, and within it: what is kept is never wider than the whole.
    const widths = await page
      .locator(".bracket rect.kept")
      .evaluateAll((all) =>
        all.map((one) => Number((one as unknown as { getAttribute(name: string): string }).getAttribute("width"))),
      );
    expect(widths).to.have.length(3);
    for (const width of widths) expect(width).to.be.above(0).and.at.most(100);
  });

  it("is replayed move by move, each at an address of its own, with whose answer it is", async () => {
    await open(`${dispute}?move=1`, "move 1 of");
    expect(await page.locator(".bracket").count()).to.equal(0);
    await page.goto(`${scene.origin}${dispute}?move=9`);
    await page.getByText(/^Not decided yet: narrowed down to run/).waitFor();
    await page.getByText("waits for an answer").waitFor();
    await page.getByRole("button", { name: "Forward" }).click();
    await page.waitForURL(/move=10/);
    await page.reload();
    await page.getByText(/^move 10 of/).waitFor();
    const rows = page.getByRole("region", { name: "moves" }).locator("tbody tr");
    const answers = rows.filter({ hasText: "opens the half that differs" });
    const who = await answers.locator("td:nth-child(3)").allInnerTexts();
    // Two sides, in turns.
    expect(who.length).to.be.at.least(2);
    expect(new Set(who).size).to.equal(2);
    for (const [i, one] of who.slice(1).entries()) expect(one, `answer ${i + 1}`).to.not.equal(who[i]);
  });

  it("shows the disputed step, and what L1 got is what the winner had claimed", async () => {
    await open(dispute, "The disputed step");
    const place = page.getByText(/^stf\/.*\.ts:\d+$/).nth(1);
    await place.waitFor();
    const [file, line] = (await place.innerText()).split(":");
    const shown = await page.locator("pre.source .here").first().innerText();
    expect(shown).to.contain(readFileSync(file, "utf8").split("\n")[Number(line) - 1].trim());
    const claims = page.getByRole("region", { name: "claims" });
    const hashes = await claims
      .locator("td:nth-child(2) code")
      .evaluateAll((all) => (all as unknown as { title: string }[]).map((one) => one.title));
    const verdicts = await claims.locator("td:nth-child(3)").allInnerTexts();
    expect(verdicts.slice(0, 2).sort()).to.deep.equal(["false", "true"]);
    for (const [i, hash] of hashes.slice(0, 2).entries())
      expect(verdicts[i], hash).to.equal(hash === hashes[2] ? "true" : "false");
  });

  it("answers in short: who lied, about which block, who paid whom, to the last ether", async () => {
    await open(dispute, "In short");
    const answer = (question: string) => page.locator("dl.facts > div", { hasText: question }).locator("dd").first();
    const liar = (await answer("who lied").locator("code").first().getAttribute("title"))!;
    expect(await answer("about which block").innerText()).to.match(/^L2 block \d+$/);
    expect(await answer("when can I withdraw").innerText()).to.match(/^now what was withdrawn up to block \d+/);
    const row = page
      .getByRole("region", { name: "who paid whom" })
      .locator("tr", { has: page.locator(`[title="${liar}"]`) });
    const [, staked, back, lost, burnt] = (await row.locator("td").allInnerTexts()).map((text) =>
      parseFloat(text || "0"),
    );
    expect(back).to.equal(0);
    expect(lost).to.equal(staked).and.above(0);
    expect(burnt).to.be.above(0).and.below(lost);
  });

  it("says of what a liar built on its lie that it falls with it, and of nothing else", async () => {
    await open("/disputes", "Uncontested");
    const rows = page.getByRole("region", { name: "uncontested assertions" }).locator("tbody tr");
    const found = await rows.allInnerTexts();
    const winner = (
      await page.locator(".sides div", { hasText: "confirmed" }).locator("code").first().innerText()
    ).slice(0, 8);
    for (const text of found) if (text.includes("falls with")) expect(text).to.not.contain(winner);
    expect(found.some((text) => text.includes("confirmed"))).to.equal(true);
  });

  it("names the contract of its own game", async () => {
    await open(`/address/${scene.info.deployment.addresses.queue}`, "What TournamentQueue answers");
    expect(await page.getByText("reverted without a reason").count()).to.equal(0);
  });

  it("leaves no page without its contents, wider than the screen, or against WCAG AA", async () => {
    await expectSound(browser, scene, dispute, ["desktop", "phone"], /dispute|replay|overview|contract/);
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(faults).to.deep.equal([]);
  });
});
