import { expect } from "chai";
import { DisputePage } from "./support/disputePage";
import { expectSound } from "./support/sound";

describe("explorer: a dispute under the game of claims", function () {
  this.timeout(300_000);
  let shown: DisputePage;

  before(async function () {
    shown = await DisputePage.start(this, "claims");
  });
  after(() => shown?.stop());

  it("is watched live to its end, with who won and why", () => shown.watchToEnd());

  it("is drawn as a tree in which each claim answers another until one is disproved", async () => {
    const { page, dispute } = shown;
    await shown.open(dispute, "disproved by L1’s step");
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
    const { page, scene, dispute } = shown;
    await shown.open(`${dispute}?move=1`, "move 1 of");
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
    const { hashes, verdicts } = await shown.disputedStep();
    // Of claims about the state before the step it is said what was wrong with them.
    const isBefore = (verdict: string): boolean => /^(denied |claim \d+ does not follow from it$)/.test(verdict);
    for (const [i, hash] of hashes.slice(0, -1).entries())
      if (!isBefore(verdicts[i])) expect(verdicts[i], hash).to.equal(hash === hashes.at(-1) ? "true" : "false");
    // Somebody lost: who claimed another state, or denied this one.
    expect(verdicts.slice(0, -1).some((verdict) => verdict !== "true")).to.equal(true);
    expect(verdicts.at(-1)).to.match(/^disproves claim \d+$/);
  });

  it("answers in short: who lied, about which block, at which step, who paid whom", async () => {
    const { staked, back, lost, burnt } = (await shown.inShort()).purse;
    expect(lost).to.be.above(0).and.at.most(staked);
    expect(back + lost).to.be.at.most(staked + 1e-9);
    expect(burnt).to.equal(0);
  });

  it("is the game that play by hand begins with", async () => {
    await shown.open("/play", "Play a dispute by hand");
    expect(
      await shown.page
        .locator("label", { hasText: /^game / })
        .locator("select")
        .inputValue(),
    ).to.equal("claims");
  });

  it("leaves no page without its contents, wider than the screen, or against WCAG AA", async () => {
    await expectSound(shown.browser, shown.scene, shown.dispute, ["desktop", "phone"], /dispute|replay|overview|money/);
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(shown.faults).to.deep.equal([]);
  });
});
