import { gzipSync } from "node:zlib";
import { Contract, JsonRpcProvider, Wallet, hexlify, randomBytes } from "ethers";
import type { Browser, Page } from "playwright-core";
import { devAccount } from "../../devnet/accounts";
import { QUEUE_ABI } from "../../games/edges/abi";
import { parseGameLog } from "../../games/edges/events";
import { mutualId, rootPlace } from "../../games/edges/place";
import { hashNode } from "../../games/history/history";
import type { Hex } from "../../protocol/types";
import { goTo } from "../explorer/support/browser";
import { startScene, type Scene } from "../explorer/support/scene";
import { startBrowser } from "../support/browser";
import { PostedChain } from "./page/postedChain";

const RIVALS = 50;
const BLOCKS = 100_000;
/** How long the chain may take to be made and derived; a busy machine is measured with what it has by then, while it derives the rest. */
const MOST_MAKING_MS = 45 * 60_000;
/** Openings of which the best counts: a machine that does something else once is not what is measured. */
const OPENINGS = 8;
/** How long the page is watched while it follows. */
const WATCH_MS = 10_000;

/** The explorer in a real browser: how soon it shows something, how much it loads, and how it bears a long chain and a crowd of rivals. */
export async function bench(): Promise<string> {
  const scene = await startScene();
  const browser = await startBrowser();
  try {
    const first = await firstPicture(browser, scene.origin);
    const bytes = await scriptBytes(browser, scene.origin);
    const dispute = await addRivals(scene);
    const crowd = await timesOf(browser, scene.origin, { "all disputes": "/disputes", "the dispute": dispute });
    const { long, making } = await timesOfLongChain(browser, scene);
    return [
      "The page on a devnet with all its processes, in headless Chromium on the same machine.",
      "",
      "| what | measured | bar |",
      "|---|---|---|",
      `| first picture after opening, best of ${OPENINGS} | ${first} ms | 1,000 ms |`,
      `| script of the first page, compressed | ${(bytes / 1_000).toFixed(1)} kB | 250 kB |`,
      "",
      `A place with ${RIVALS} rival assertions, all on L1:`,
      "",
      ...table(crowd),
      "",
      making,
      "",
      ...table(long),
      "",
      "Longest stall: the longest task of the page's thread in ten seconds of following the live chain.",
    ].join("\n");
  } finally {
    await browser.close();
    await scene.devnet.stop();
  }
}

/** The pages over a long chain that goes on. @returns how it was made, too. */
async function timesOfLongChain(browser: Browser, scene: Scene): Promise<{ long: Times[]; making: string }> {
  // They would follow it, too, and take half of the machine for it.
  for (const name of ["challenger", "liar"]) await scene.devnet.processes.stopOne(name);
  const chain = await PostedChain.takeOver(scene);
  try {
    const started = Date.now();
    const blocks = await chain.reach(BLOCKS, MOST_MAKING_MS);
    const seconds = Math.round((Date.now() - started) / 1_000);
    const rest = blocks < BLOCKS ? ", which goes on with the rest meanwhile" : "";
    const making =
      `A chain of ${blocks.toLocaleString("en")} blocks (${BLOCKS.toLocaleString("en")} at most, or ${MOST_MAKING_MS / 60_000} minutes), with a transfer in ` +
      `every hundredth: batches of a thousand on L1, derived from there by the verifier in ${seconds} s${rest}. Batches of one block follow, one a second:`;
    chain.goOn();
    const middle = Math.floor(blocks / 2);
    const long = await timesOf(browser, scene.origin, {
      ...{ overview: "/", "newest blocks": "/blocks", "blocks in the middle": `/blocks?before=${middle}` },
      ...{ "one block": `/block/${middle}`, batches: "/batches", tokens: "/tokens", messages: "/messages" },
      ...{ money: "/money", "an address": `/address/${devAccount(3).address}`, "all disputes": "/disputes" },
    });
    return { long, making };
  } finally {
    await chain.close();
  }
}

interface Times {
  name: string;
  shownMs: number;
  stallMs: number;
}

function table(times: readonly Times[]): string[] {
  const rows = times.map(({ name, shownMs, stallMs }) => `| ${name} | ${shownMs} | ${stallMs} |`);
  return ["| page | shown after, ms | longest stall, ms |", "|---|---|---|", ...rows];
}

async function firstPicture(browser: Browser, origin: string): Promise<number> {
  const page = await browser.newPage();
  let best = Infinity;
  for (let i = 0; i < OPENINGS; i++) {
    const started = Date.now();
    await page.goto(origin);
    await page.getByText("finalized head").first().waitFor();
    best = Math.min(best, Date.now() - started);
  }
  await page.close();
  return best;
}

async function scriptBytes(browser: Browser, origin: string): Promise<number> {
  const page = await browser.newPage();
  const loaded: Promise<Buffer>[] = [];
  page.on("response", (response) => {
    if (response.url().endsWith(".js")) loaded.push(response.body());
  });
  await page.goto(origin, { waitUntil: "networkidle" });
  const bodies = await Promise.all(loaded);
  await page.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
}

/** Opens each address within the page, and watches it for a while. */
async function timesOf(browser: Browser, origin: string, addresses: Record<string, string>): Promise<Times[]> {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.evaluate(
    `self.stalls = []; new PerformanceObserver((list) => self.stalls.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" })`,
  );
  const times: Times[] = [];
  for (const [name, address] of Object.entries(addresses)) {
    const started = Date.now();
    await goTo(page, address);
    const shownMs = Date.now() - started;
    times.push({ name, shownMs, stallMs: await longestStall(page) });
    console.error(`  ${name}: ${shownMs} ms`);
  }
  await page.close();
  return times;
}

async function longestStall(page: Page): Promise<number> {
  await page.evaluate("self.stalls.length = 0");
  await page.waitForTimeout(WATCH_MS);
  return Math.round(await page.evaluate<number>("Math.max(0, ...self.stalls)"));
}

/** Puts rivals beside the newest assertion: the same end, another way there. @returns the address of their dispute. */
async function addRivals({ info: { l1, deployment } }: Scene): Promise<string> {
  const provider = new JsonRpcProvider(l1.url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  try {
    const signer = new Wallet(devAccount(8).privateKey, provider);
    const address = deployment.addresses.queue;
    const queue = new Contract(address, QUEUE_ABI, signer);
    const stake = (await queue.stakeOf(0)) as bigint;
    await (await queue.deposit({ value: BigInt(RIVALS) * stake })).wait();
    const honest = await newestAssertion(provider, address, Number(await queue.heightOf(0)));
    let nonce = await signer.getNonce();
    const sent = [];
    for (let i = 1; i < RIVALS; i++) {
      // Another left sibling at the top: another root, and nothing else that L1 could hold against it yet.
      const spine = [...honest.spine.slice(0, -1), hexlify(randomBytes(32)) as Hex];
      const root = spine.reduce((right, left) => hashNode(left, right), honest.outputRoot);
      // Encoded here: what ethers has decoded it does not take as arguments again.
      const data = QUEUE_ABI.encodeFunctionData("assertState", [honest.origin, root, honest.output, spine]);
      sent.push(await signer.sendTransaction({ to: address, data, nonce: nonce++, gasLimit: 1_000_000 }));
    }
    await Promise.all(sent.map((one) => one.wait()));
    return `/dispute/${honest.mutualId}`;
  } finally {
    provider.destroy();
  }
}

/** The last assertion on L1, as its transaction made it. */
async function newestAssertion(provider: JsonRpcProvider, queue: string, height: number) {
  const topics = [QUEUE_ABI.getEvent("AssertionAdded")!.topicHash];
  const log = (await provider.getLogs({ address: queue, topics, fromBlock: 0 })).at(-1)!;
  const event = parseGameLog(log);
  if (event?.kind !== "AssertionAdded") throw new Error("no assertion");
  const { input } = (await provider.send("eth_getTransactionByHash", [log.transactionHash])) as { input: string };
  const call = assertIn(input);
  if (call === null) throw new Error("the assertion's transaction is no plain call");
  const { origin, outputRoot } = event.assertion;
  return { ...call, outputRoot, mutualId: mutualId(rootPlace(0, origin, height)) };
}

interface AssertCall {
  origin: unknown;
  output: unknown;
  spine: Hex[];
}

/** The assertion in a call of the queue or in its multicall; null where there is none. */
function assertIn(input: string): AssertCall | null {
  const call = QUEUE_ABI.parseTransaction({ data: input });
  if (call?.name === "multicall") {
    const inner = (call.args.data as string[]).map(assertIn);
    return inner.find((one) => one !== null) ?? null;
  }
  return call?.name === "assertState" ? (call.args.toObject() as unknown as AssertCall) : null;
}
