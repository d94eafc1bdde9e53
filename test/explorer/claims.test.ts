import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { LOOKS, openBrowser, watch } from "./support/browser";
import { jump } from "../support/jump";
import { startScene, type Scene } from "./support/scene";
import { expectSound } from "./support/sound";

describe("explorer: a dispute under the game of claims", function () {
  this.timeout(300_000);
  let scene: Scene;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let dispute: string;

  before(async function () {
    browser = await openBrowser(this);
    scene = await startScene("claims");
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
    await page.getByText("Dispute of 2 assertions").first().waitFor({ timeout: 200_000 });
    await page.getByRole("link", { name: "Dispute of 2 assertions" }).last().click();
    await page.waitForURL(/\/dispute\/0x/);
    dispute = new URL(page.url()).pathname;
    await page.getByText("The disputed step").waitFor({ timeout: 200_000 });
    await jump(scene.info);
    await page.getByText(/ won because L1 executed the one disputed instruction itself/).waitFor({ timeout: 200_000 });
    const winner = (await page.locator(".verdict").innerText()).slice(0, 8);
    expect((await scene.told).join("\n")).to.contain(winner);
  });

  it("is drawn as a tree in which each claim answers another until one is disproved", async () => {
    await open(dispute, "disproved by L1’s step");
    const rows = await page.locator("ol.claims li").allInnerTexts();
    const [first, second] = rows;
    expect(first).to.match(/asserts/);
    expect(second).to.match(/(attacks|defends) 0/);
    expect(rows.filter((row) => row.includes("disproved by L1’s step"))).to.have.length(1);
    // Bonds grow on the way down.
    const bonds = rows.map((row) => Number(/([\d.]+) ether/.exec(row)![1]));
    expect(bonds.at(-1)).to.be.above(bonds[0]);
    expect(rows.some((row) => row.includes("fell"))).to.equal(true);
    expect(rows.some((row) => row.includes("stands"))).to.equal(true);
  });

  it("is replayed move by move, each at an address of its own", async () => {
    await open(`${dispute}?move=1`, "move 1 of");
    await page.getByText("Nobody contests this assertion.").waitFor();
    expect(await page.locator("ol.claims li").count()).to.equal(0);
    await page.goto(`${scene.origin}${dispute}?move=6`);
    await page.getByText(/^Not decided yet: in question is the (state|machine) /).waitFor();
    const before = await page.locator("ol.claims li").count();
    await page.getByRole("button", { name: "Forward" }).click();
    await page.waitForURL(/move=7/);
    await page.reload();
    await page.getByText(/^move 7 of/).waitFor();
    expect(await page.locator("ol.claims li").count()).to.be.at.least(before);
    await page
      .getByText(/ to answer$/)
      .first()
      .waitFor();
  });

  it("shows the disputed step, and what L1 got is what the winner had claimed", async () => {
    await open(dispute, "The disputed step");
    const places = page.getByText(/^stf\/.*\.ts:\d+$/);
    await places.nth(1).waitFor();
    const [file, line] = (await places.nth(1).innerText()).split(":");
    const shown = await page.locator("pre.source .here").first().innerText();
    expect(shown).to.contain(readFileSync(file, "utf8").split("\n")[Number(line) - 1].trim());
    const claims = page.getByRole("region", { name: "claims" });
    const hashes = await claims
      .locator("td:nth-child(2) code")
      .evaluateAll((all) => (all as unknown as { title: string }[]).map((one) => one.title));
    const verdicts = await claims.locator("td:nth-child(3)").allInnerTexts();
    for (const [i, hash] of hashes.slice(0, -1).entries())
      if (!verdicts[i].startsWith("denied"))
        expect(verdicts[i], hash).to.equal(hash === hashes.at(-1) ? "true" : "false");
    // Somebody lost: who claimed another state, or denied this one.
    expect(verdicts.slice(0, -1).some((verdict) => verdict !== "true")).to.equal(true);
    expect(verdicts.at(-1)).to.match(/^disproves claim \d+$/);
  });

  it("answers in short: who lied, about which block, at which step, who paid whom", async () => {
    await open(dispute, "In short");
    const answer = (question: string) => page.locator("dl.facts > div", { hasText: question }).locator("dd").first();
    const liar = (await answer("who lied").locator("code").first().getAttribute("title"))!;
    const winner = (await page.locator(".verdict").innerText()).slice(0, 8);
    expect(liar.startsWith(winner)).to.equal(false);
    expect(await answer("about which block").innerText()).to.match(/^L2 block \d+$/);
    expect(await answer("when can I withdraw").innerText()).to.match(/^now what was withdrawn up to block \d+/);
    const row = page
      .getByRole("region", { name: "who paid whom" })
      .locator("tr", { has: page.locator(`[title="${liar}"]`) });
    const [, staked, back, lost, burnt] = (await row.locator("td").allInnerTexts()).map((text) =>
      parseFloat(text || "0"),
    );
    expect(lost).to.be.above(0).and.at.most(staked);
    expect(back + lost).to.be.at.most(staked + 1e-9);
    expect(burnt).to.equal(0);
  });

  it("leaves no page without its contents, wider than the screen, or against WCAG AA", async () => {
    await expectSound(browser, scene, dispute, ["desktop", "phone"], /dispute|replay|overview|money/);
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(faults).to.deep.equal([]);
  });
});
