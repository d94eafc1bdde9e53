import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { goTo, LOOKS } from "./browser";
import { addressesOf, type Scene } from "./scene";

const RULES = JSON.stringify({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });

/**
 * Opens every page with something on it and expects that its contents are there, that it is not wider than the screen, and, of those that
 * `checked` names, that axe finds nothing against WCAG AA.
 */
export async function expectSound(
  browser: Browser,
  scene: Scene,
  dispute: string,
  looks: readonly (keyof typeof LOOKS)[],
  checked: RegExp,
): Promise<void> {
  const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const look of looks) {
    const { query, viewport } = LOOKS[look];
    const context = await browser.newContext({ bypassCSP: true, viewport });
    const one = await context.newPage();
    await one.goto(`${scene.origin}/?${query}`);
    await one.evaluate(axe);
    for (const [name, address] of Object.entries(addressesOf(scene, dispute))) {
      await goTo(one, `${address}${address.includes("?") ? "&" : "?"}${query}`);
      expect(await one.locator("p.failure").allInnerTexts(), `${name} ${look}`).to.deep.equal([]);
      const overflow = await one.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
      expect(overflow, `${name} ${look}: wider than the screen`).to.be.at.most(0);
      if (!checked.test(name)) continue;
      const { violations } = await one.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        `axe.run(${RULES})`,
      );
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      expect(found, `${name} ${look}`).to.deep.equal([]);
    }
    await context.close();
  }
}
