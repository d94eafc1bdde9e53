import { AbiCoder, ContractFactory, JsonRpcProvider, Wallet } from "ethers";
import { devAccount } from "../../../devnet/accounts";
import { Devnet, type DevnetInfo } from "../../../devnet/devnet";
import type { GameType } from "../../../deployment";
import type { Browser, Page } from "playwright-core";
import { startFault } from "../../../devnet/scenes";
import { jump } from "../../support/jump";

/** Names that a token gives itself, reasons of reverts: whoever shows them as HTML runs them. */
const ATTACK = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'>`;

/** A devnet with everything on it that the page shows: a lie that is answered, and contracts that attack whoever reads their words. */
export interface Scene {
  devnet: Devnet;
  info: DevnetInfo;
  origin: string;
  /** An L2 transaction that reverts with the attack. */
  reverted: string;
  /** Lines that the fault's own report ends with. */
  told: Promise<string[]>;
}

/** Starts it on free ports; the dispute goes on by itself. Whoever asked stops `devnet`. */
export async function startScene(game: GameType = "edges"): Promise<Scene> {
  const devnet = new Devnet({
    game,
    ...{ l1Port: 0, sequencerPort: 0, verifierPort: 0, explorerPort: 0, l1IntervalMs: 200, batchAgeMs: 800 },
    // Enough time for an answer while a browser runs beside it; what then remains of the clocks is jumped over.
    ...{ heights: [4, 17, 17], responseTimeSeconds: 4 },
    assertionIntervalSeconds: 5,
    logLevel: "warn",
  });
  try {
    const info = await devnet.start();
    const told = startFault(devnet, "wrong-state", 1, () => {});
    told.catch(() => {});
    return { devnet, info, origin: info.explorer!, reverted: await plantAttacks(info), told };
  } catch (error) {
    await devnet.stop();
    throw error;
  }
}

/** Every page of the explorer with something on it. @param dispute - Its address. */
export function addressesOf({ info, reverted }: Scene, dispute: string): Record<string, string> {
  return {
    ...{ overview: "/", blocks: "/blocks", block: "/block/1", transaction: `/tx/${reverted}`, batches: "/batches" },
    ...{ batch: "/batch/0", messages: "/messages", tokens: "/tokens", account: `/address/${devAccount(3).address}` },
    ...{ contract: `/address/${info.deployment.addresses.queue}`, disputes: "/disputes", dispute },
    ...{
      replay: `${dispute}?move=9`,
      money: "/money",
      journey: "/journey",
      play: "/play?game=edges&moves=assert 0,bisect 0",
      nothing: "/block/999999999",
    },
  };
}

/** Part of a challenge period that is jumped at once, and how long L1 is then left to those who have to move. */
const PART_OF_PERIOD = 1 / 8;
const PART_MS = 1_500;

/**
 * Jumps over what remains of the clocks until the dispute is won, in parts: who won a match of a tournament has to carry it up while its own
 * clock runs, and a jump over all of that would leave nobody.
 */
export async function jumpToEnd({ info }: Scene, page: Page): Promise<void> {
  const won = page.getByText(/ won because /);
  for (let part = 0; part < 3 / PART_OF_PERIOD && (await won.count()) === 0; part++) {
    await jump(info, PART_OF_PERIOD);
    await page.waitForTimeout(PART_MS);
  }
  await won.waitFor({ timeout: 60_000 });
}

/** Waits until the dispute is won. @returns the address of its page. */
export async function endDispute(scene: Scene, browser: Browser): Promise<string> {
  const { origin, told } = scene;
  const page = await browser.newPage();
  await page.goto(`${origin}/disputes`);
  await page
    .getByRole("link", { name: /^Dispute of/ })
    .last()
    .click({ timeout: 120_000 });
  await page.getByText("The disputed step").waitFor({ timeout: 200_000 });
  await jumpToEnd(scene, page);
  await told;
  const { pathname } = new URL(page.url());
  await page.close();
  return pathname;
}

/** A token whose name is an attack and that has moved, and a call that reverts with one. @returns the reverted transaction. */
async function plantAttacks({ l2 }: DevnetInfo): Promise<string> {
  const provider = new JsonRpcProvider(l2.sequencer!, undefined, {
    batchMaxCount: 1,
    cacheTimeout: -1,
    pollingInterval: 100,
  });
  try {
    const signer = new Wallet(devAccount(3).privateKey, provider);
    const text = AbiCoder.defaultAbiCoder().encode(["string"], [ATTACK]).slice(2);
    const size = text.length / 2;
    // Calls without data are transfers; decimals revert with the attack; everything else answers it.
    const transfer = "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    const code = [
      "3615", // calldatasize, iszero
      "60",
      "@transfer",
      "57", // jumpi
      `61${hex2(size)}61@data5f39`, // copy the text to memory
      "5f3560e01c63313ce56714", // selector == decimals()
      "60",
      "@revert",
      "57",
      `61${hex2(size)}5ff3`, // return it
      "5b",
      "6308c379a060e01b5f52",
      `61${hex2(size)}61@data600439`,
      `61${hex2(size + 4)}5ffd`, // revert with Error(it)
      "5b",
      `60015f52`,
      `60aa60bb7f${transfer}60205fa3`,
      "00", // log3: Transfer(0xbb, 0xaa, 1)
    ];
    const runtime = assemble(code, text);
    const init = `61${hex2(runtime.length / 2)}80600a5f395ff3${runtime}`;
    const token = await new ContractFactory([], `0x${init}`, signer).deploy();
    await token.waitForDeployment();
    const to = await token.getAddress();
    await (await signer.sendTransaction({ to, gasLimit: 100_000n })).wait();
    const sent = await signer.sendTransaction({ to, data: "0x313ce567", gasLimit: 200_000n });
    await sent.wait().catch(() => undefined);
    return sent.hash;
  } finally {
    provider.destroy();
  }
}

/** Two bytes of hex. */
function hex2(value: number): string {
  return value.toString(16).padStart(4, "0");
}

/** Fills in where the jumps go and where the text behind the code stands. */
function assemble(parts: readonly string[], text: string): string {
  const targets: string[] = [];
  let at = 0;
  for (const part of parts) {
    if (part === "5b") targets.push(at.toString(16).padStart(2, "0"));
    at += part.startsWith("@") ? 1 : part.replaceAll("@data", "0000").length / 2;
  }
  const [revert, transfer] = targets;
  const code = parts.map((part) => {
    if (part === "@revert") return revert;
    return part === "@transfer" ? transfer : part.replaceAll("@data", hex2(at));
  });
  return code.join("") + text;
}
