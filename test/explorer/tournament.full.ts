import { expect } from "chai";
import { DisputePage } from "./support/disputePage";
import { expectSound } from "./support/sound";

describe("explorer: a dispute under the game of tournaments", function () {
  this.timeout(400_000);
  let shown: DisputePage;

  before(async function () {
    shown = await DisputePage.start(this, "tournament");
  });
  after(() => shown?.stop());

  it("is watched live to its end, with who won and why", () => shown.watchToEnd());

  it("is drawn as a bracket of three levels, each with two sides of which one is out, and a clock", async () => {
    const { page, dispute } = shown;
    await shown.open(dispute, "won by the step that L1 executed");
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
    const { page, scene, dispute } = shown;
    await shown.open(`${dispute}?move=1`, "move 1 of");
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
    const { hashes, verdicts } = await shown.disputedStep();
    expect(verdicts.slice(0, 2).sort()).to.deep.equal(["false", "true"]);
    for (const [i, hash] of hashes.slice(0, 2).entries())
      expect(verdicts[i], hash).to.equal(hash === hashes[2] ? "true" : "false");
  });

  it("answers in short: who lied, about which block, who paid whom, to the last ether", async () => {
    const { staked, back, lost, burnt } = (await shown.inShort()).purse;
    expect(back).to.equal(0);
    expect(lost).to.equal(staked).and.above(0);
    expect(burnt).to.be.above(0).and.below(lost);
  });

  it("says of what a liar built on its lie that it falls with it, and of nothing else", async () => {
    const { page } = shown;
    await shown.open("/disputes", "Uncontested");
    const rows = page.getByRole("region", { name: "uncontested assertions" }).locator("tbody tr");
    const found = await rows.allInnerTexts();
    const winner = (
      await page.locator(".sides div", { hasText: "confirmed" }).locator("code").first().innerText()
    ).slice(0, 8);
    for (const text of found) if (text.includes("falls with")) expect(text).to.not.contain(winner);
    expect(found.some((text) => text.includes("confirmed"))).to.equal(true);
  });

  it("names the contract of its own game", async () => {
    const { page, scene } = shown;
    await shown.open(`/address/${scene.info.deployment.addresses.queue}`, "What TournamentQueue answers");
    expect(await page.getByText("reverted without a reason").count()).to.equal(0);
  });

  it("leaves no page without its contents, wider than the screen, or against WCAG AA", async () => {
    await expectSound(
      shown.browser,
      shown.scene,
      shown.dispute,
      ["desktop", "phone"],
      /dispute|replay|overview|contract/,
    );
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(shown.faults).to.deep.equal([]);
  });
});
