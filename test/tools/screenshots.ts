import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Option } from "commander";
import { createCommand, runCommand } from "../../actor/command";
import { GAMES, type GameType } from "../../deployment";
import { LOOKS, goTo } from "../explorer/support/browser";
import { addressesOf, endDispute, startScene } from "../explorer/support/scene";
import { startBrowser } from "../support/browser";

/** `npm run screenshots -- OUT [--game NAME]`: every page of the explorer at every look, over a devnet on which a lie was told and answered. */
async function main(): Promise<void> {
  const command = createCommand("npm run screenshots --", "Takes a picture of each page of the explorer.");
  command
    .argument("<folder>", "where the pictures go")
    .addOption(new Option("--game <name>", "by which disputes are settled").choices([...GAMES]).default("edges"))
    .parse();
  const [out] = command.args;
  mkdirSync(out, { recursive: true });
  const scene = await startScene(command.opts<{ game: GameType }>().game);
  const browser = await startBrowser();
  try {
    const dispute = await endDispute(scene, browser);
    for (const [look, { query, viewport }] of Object.entries(LOOKS)) {
      const page = await browser.newPage({ viewport });
      await page.goto(`${scene.origin}/?${query}`);
      for (const [name, address] of Object.entries(addressesOf(scene, dispute))) {
        await goTo(page, `${address}${address.includes("?") ? "&" : "?"}${query}`);
        await page.screenshot({ path: join(out, `${name}.${look}.png`), fullPage: true });
      }
      await page.close();
    }
  } finally {
    await browser.close();
    await scene.devnet.stop();
  }
}

void runCommand("screenshots", main);
