import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import type { Browser, Page } from "playwright-core";
import { devAccount } from "../../devnet/accounts";
import type { Devnet, DevnetInfo } from "../../devnet/devnet";
import { jump } from "../support/jump";
import { LOOKS, goTo, openBrowser, watch } from "./support/browser";
import { addressesOf, startScene, type Scene } from "./support/scene";

const BYTES_LIMIT = 250_000;

describe("explorer: the page in a real browser", function () {
  this.timeout(300_000);
  let scene: Scene;
  let devnet: Devnet;
  let info: DevnetInfo;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  let origin: string;
  let dispute: string;
  let reverted: string;

  before(async function () {
    browser = await openBrowser(this);
    scene = await startScene();
    ({ devnet, info, origin, reverted } = scene);
    page = await browser.newPage();
    faults = watch(page, origin);
  });

  after(async () => {
    await browser?.close();
    await devnet?.stop();
  });

  // What the page said when a wait on it ran out.
  afterEach(async function () {
    if (this.currentTest?.state === "failed") console.log(page.url(), await page.locator("main").innerText());
  });

  /** Opens an address and waits until it shows that text. */
  async function open(address: string, text: string): Promise<void> {
    await page.goto(origin + address);
    await page.getByText(text).first().waitFor({ timeout: 60_000 });
  }

  /** How many moves the dispute has that is open on the page. */
  async function movesOf(): Promise<number> {
    const text = page.getByText(/^move \d+ of \d+, live$/);
    await text.waitFor();
    return Number(/of (\d+)/.exec(await text.innerText())![1]);
  }

  it("shows the three heads, and follows them without a reload", async () => {
    await open("/", "finalized head");
    const head = async (): Promise<number> =>
      Number((await page.locator(".tiles strong").first().innerText()).replaceAll(",", ""));
    const before = await head();
    for (const end = Date.now() + 30_000; (await head()) <= before;) expect(Date.now()).to.be.below(end);
  });

  it("loads less than 250 kB of script, compressed, on its first page", async () => {
    const loaded: Promise<Buffer>[] = [];
    const fresh = await browser.newPage();
    fresh.on("response", (response) => {
      if (response.url().endsWith(".js")) loaded.push(response.body());
    });
    await fresh.goto(origin, { waitUntil: "networkidle" });
    const bytes = (await Promise.all(loaded)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    await fresh.close();
    expect(bytes).to.be.within(1_000, BYTES_LIMIT);
    console.log(`      first page: ${bytes} bytes of script, compressed`);
  });

  const addresses: [address: string, text: string][] = [
    ["/blocks", "base fee (gwei)"],
    ["/blocks?before=3", "newer"],
    ["/block/1", "state root"],
    ["/batches", "messages so far"],
    ["/batch/0", "in 1 segment"],
    ["/messages", "in a batch"],
    ["/tokens", "onerror"],
    ["/address/0x4200000000000000000000000000000000000016", "messagePasser on L2"],
    ["/disputes", "Dispute of 2 assertions"],
    ["/money", "What a user can count on"],
    ["/journey", "Who acts"],
    ["/play", "Play a dispute by hand"],
    ["/block/999999999", "no such block"],
    ["/tx/0x01", "Neither L2 nor L1"],
  ];
  for (const [address, text] of addresses)
    it(`shows ${address} where it is opened, and again where it is reloaded`, async () => {
      await open(address, text);
      await page.reload();
      await page.getByText(text).first().waitFor({ timeout: 30_000 });
    });

  it("shows what contracts call themselves, and why they revert, as text", async () => {
    await open("/tokens", "onerror");
    await open(`/tx/${reverted}`, "onerror");
    expect(await page.locator("main img, main script").count()).to.equal(0);
  });

  it("shows what a transaction changed, slot by slot, and what it called", async () => {
    await open(`/tx/${reverted}`, "State difference");
    // A transaction that reverts still pays: its sender's balance and nonce are others.
    const rows = page.getByRole("region", { name: "state difference" }).locator("tbody tr");
    await rows.first().waitFor();
    const what = await rows.locator("td:nth-child(2)").allInnerTexts();
    expect(what).to.include.members(["balance", "nonce"]);
  });

  it("takes a batch apart to transactions, each linked to where it went", async () => {
    const batch = await batchWithTransaction(info);
    await open(`/batch/${batch}`, "Segment at byte 0");
    await page.locator("ul.tree ul a").first().click();
    await page.getByText("Transaction on L2").waitFor();
    await page.getByText("succeeded").first().waitFor();
  });

  it("has units and links in what a contract on L1 answers", async () => {
    const { portal, inbox } = info.deployment.addresses;
    await open(`/address/${portal}`, "What Portal answers");
    const answer = (name: string) =>
      page
        .locator("dl.facts > div")
        .filter({ has: page.locator("dt").getByText(name, { exact: true }) })
        .locator("dd");
    expect(await answer("genesisBalance").innerText()).to.match(/^1,000 ether$/);
    expect(await answer("proofMaturityDelaySeconds").innerText()).to.match(/ (s|min|h)( |$)/);
    await answer("inbox").getByRole("link").click();
    await page.getByText("inbox on L1").waitFor();
    expect(new URL(page.url()).pathname.toLowerCase()).to.equal(`/address/${inbox.toLowerCase()}`);
    expect(await answer("sequencer").innerText()).to.match(/^0x[0-9a-f]{6}…[0-9a-f]{4} sequencer$/i);
  });

  it("finds blocks, batches, addresses and hashes", async () => {
    const find = async (text: string, path: RegExp): Promise<void> => {
      await page.getByLabel("block, batch, transaction, address or assertion").fill(text);
      await page.keyboard.press("Enter");
      await page.waitForURL(path);
    };
    await open("/", "finalized head");
    await find("2", /\/block\/2$/);
    await find("batch 1", /\/batch\/1$/);
    await find(devAccount(1).address, /\/address\/0x/);
    await find(reverted, /\/tx\/0x/);
    await page.getByLabel("block, batch, transaction, address or assertion").fill("<b>no</b>");
    await page.keyboard.press("Enter");
    await page.getByText('nothing found for "<b>no</b>"').waitFor();
  });

  it("goes anywhere by the keyboard", async () => {
    await open("/", "finalized head");
    await page.keyboard.press("d");
    await page.waitForURL(/\/disputes$/);
    await page.keyboard.press("/");
    expect(await page.evaluate("document.activeElement.id")).to.equal("search");
    await page.keyboard.press("Escape");
    await page.locator("h1").click();
    await page.keyboard.press("p");
    await page.waitForURL(/present/);
    await page.keyboard.press("b");
    await page.waitForURL(/\/blocks\?present/);
  });

  it("watches a dispute live to its end, and says who won and why", async () => {
    await open("/disputes", "Dispute of 2 assertions");
    await page.getByRole("link", { name: "Dispute of 2 assertions" }).last().click();
    await page.waitForURL(/\/dispute\/0x/);
    dispute = new URL(page.url()).pathname;
    await page.getByText("The disputed step").waitFor({ timeout: 200_000 });
    await jump(info);
    await page.getByText(/ won because L1 executed the one disputed instruction itself/).waitFor({ timeout: 200_000 });
    const report = (await scene.told).join("\n");
    // The devnet's own referee names the same winner.
    const winner = (await page.locator(".verdict").innerText()).slice(0, 8);
    expect(report).to.contain(winner);
    // Its part on the devnet, as the server names it.
    await page.getByText(/^0x\S+ \(challenger\) won because .* \(liar\) had not\.$/).waitFor();
    const lied = page.locator("dl.facts > div", { hasText: "who lied" }).locator("dd");
    expect(await lied.innerText()).to.match(/^0x\S+ liar; 0x\S+ challenger told the truth$/);
  });

  it("replays it move by move, backwards too, each move at an address of its own", async () => {
    await open(`${dispute}?move=1`, "move 1 of");
    await page.getByText("Nobody contests this assertion.").waitFor();
    await page.getByRole("button", { name: "Forward" }).click();
    await page.waitForURL(/move=2/);
    await page.reload();
    await page.getByText(/^move 2 of/).waitFor();
    await page.getByText(/Not decided yet: narrowed down to runs 0 to/).waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.waitForURL(/move=1/);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByText(/^move 4 of/).waitFor();
    await page.getByRole("button", { name: "Live" }).click();
    await page.getByText(/, live$/).waitFor();
  });

  it("shows the disputed step: source line, instruction, registers, claims and L1's verdict", async () => {
    await open(dispute, "The disputed step");
    // The same place stands in the answers above.
    const places = page.getByText(/^stf\/.*\.ts:\d+$/);
    await places.nth(1).waitFor();
    const place = await places.nth(1).innerText();
    expect(await places.first().innerText()).to.equal(place);
    const [file, line] = place.split(":");
    const shown = await page.locator("pre.source .here").first().innerText();
    expect(shown).to.contain(readFileSync(file, "utf8").split("\n")[Number(line) - 1].trim());
    // What L1 got by the witness is what the winner had claimed, and nobody else.
    const claims = page.getByRole("region", { name: "claims" });
    const hashes = await claims
      .locator("td:nth-child(2) code")
      .evaluateAll((all) => (all as unknown as { title: string }[]).map((one) => one.title));
    const verdicts = await claims.locator("td:nth-child(3)").allInnerTexts();
    expect(hashes[verdicts.indexOf("true")]).to.equal(hashes.at(-1));
    expect(hashes[verdicts.indexOf("false")]).to.not.equal(hashes.at(-1));
    await page.getByText("bytes").first().waitFor();
  });

  it("has no fault that axe finds against WCAG AA, light and dark, and is never wider than the screen", async () => {
    const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
    const rules = JSON.stringify({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    for (const [look, { query, viewport }] of Object.entries(LOOKS)) {
      const context = await browser.newContext({ bypassCSP: true, viewport });
      const one = await context.newPage();
      await one.goto(`${origin}/?${query}`);
      await one.evaluate(axe);
      for (const [name, address] of Object.entries(addressesOf(scene, dispute))) {
        await goTo(one, `${address}${address.includes("?") ? "&" : "?"}${query}`);
        const overflow = await one.evaluate<number>("document.documentElement.scrollWidth - innerWidth");
        expect(overflow, `${name} ${look}: wider than the screen`).to.be.at.most(0);
        // Each theme once: sizes do not change what axe looks at.
        if (look !== "desktop" && look !== "phone") continue;
        const { violations } = await one.evaluate<{ violations: Violation[] }>(`axe.run(${rules})`);
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        expect(found, `${name} ${look}`).to.deep.equal([]);
      }
      await context.close();
    }
  });

  it("answers in short: who lied, about which block, at which step, what it should have given, who paid whom, when money is out", async () => {
    await open(dispute, "In short");
    const answer = (question: string) => page.locator("dl.facts > div", { hasText: question }).locator("dd").first();
    const liar = (await answer("who lied").locator("code").first().getAttribute("title"))!;
    const winner = (await page.locator(".verdict").innerText()).slice(0, 8);
    expect(liar.startsWith(winner)).to.equal(false);
    expect(await answer("about which block").innerText()).to.match(/^L2 block \d+$/);
    expect(await answer("at which step").innerText()).to.match(
      /^instruction [\d,]+ of the run that makes L2 block \d+$/,
    );
    await answer("what the step should have given").getByText(/→/).first().waitFor();
    expect(await answer("when can I withdraw").innerText()).to.match(/^now what was withdrawn up to block \d+/);
    const row = page
      .getByRole("region", { name: "who paid whom" })
      .locator("tr", { has: page.locator(`[title="${liar}"]`) });
    const [, staked, back, lost, burnt] = (await row.locator("td").allInnerTexts()).map((text) =>
      parseFloat(text || "0"),
    );
    expect(lost).to.equal(staked).and.be.above(0);
    expect([back, 2 * burnt]).to.deep.equal([0, lost]);
  });

  it("says before L1 has decided against whom its step went, and names no block that no side speaks of", async () => {
    await open(dispute, "In short");
    const liar = (await page
      .locator("dl.facts > div", { hasText: "who lied" })
      .locator("dd code")
      .first()
      .getAttribute("title"))!;
    const claimed = await page.locator(".sides div").first().innerText();
    const last = Number(/claims block ([\d,]+)/.exec(claimed)![1].replaceAll(",", ""));
    // Two moves in, all sixteen runs of the assertions are in question; they make fewer blocks.
    await open(`${dispute}?move=2`, "Not decided yet");
    const block = await page.locator("dl.facts > div", { hasText: "about which block" }).locator("dd").innerText();
    expect(Number(/(\d+)$/.exec(block)![1])).to.equal(last);
    const rows = page.getByRole("region", { name: "moves" }).locator("tbody tr");
    await open(dispute, "Move by move");
    const executed = rows.filter({ hasText: "has L1 execute" });
    // Nine moves are shown at once, around the one that is named.
    for (let move = (await movesOf()) - 4; (await executed.count()) === 0; move -= 9) {
      expect(move).to.be.above(1);
      await goTo(page, `${dispute}?move=${move}`);
    }
    const step = await executed.getByRole("button").innerText();
    await open(`${dispute}?move=${step}`, `move ${step} of`);
    await page.getByText("Not decided yet: L1 has executed").waitFor();
    const answer = page.locator("dl.facts > div", { hasText: "who lied" }).locator("dd");
    await answer.getByText("the step that L1 executed went against").waitFor();
    expect(
      await answer
        .locator("code")
        .evaluateAll((all) => (all as unknown as { title: string }[]).map((one) => one.title)),
    ).to.deep.equal([liar]);
  });

  it("says on its first page who lied, and counts ages by L1's clock", async () => {
    await open("/", "finalized head");
    const row = page
      .getByRole("region", { name: "latest disputes" })
      .locator("tbody tr", { has: page.locator(`a[href^="${dispute}"]`) });
    await row.getByText("decided").waitFor();
    await open(dispute, "In short");
    const liar = await page
      .locator("dl.facts > div", { hasText: "who lied" })
      .locator("dd code")
      .first()
      .getAttribute("title");
    await open("/", "finalized head");
    expect(await row.locator("td:nth-child(3) code").first().getAttribute("title")).to.equal(liar);
    const assertions = page.getByRole("region", { name: "latest assertions" });
    await assertions.getByRole("link", { name: "challenger" }).first().waitFor();
    const hidden = "document.querySelector('[aria-label=\"latest assertions\"]')";
    expect(await page.evaluate<number>(`${hidden}.scrollWidth - ${hidden}.clientWidth`), "cut off").to.be.at.most(0);
    // L1's clock was put far forward: by this computer's, no block would have an age.
    const oldest = page.getByRole("region", { name: "latest blocks" }).locator("td:nth-child(2)").last();
    await page.reload();
    await oldest.waitFor();
    for (const end = Date.now() + 30_000; (await oldest.innerText()) === "…";) expect(Date.now()).to.be.below(end);
    expect(await oldest.innerText()).to.not.equal("0 s ago");
  });

  it("plays a game by hand to its end, by buttons alone, each move at an address of its own", async () => {
    await open("/play?game=edges&side=truth", "Your move");
    for (let turn = 0; (await page.getByRole("heading", { name: "The end", exact: true }).count()) === 0; turn++) {
      expect(turn).to.be.below(40);
      await page.getByRole("button", { name: "Hint" }).click();
      const hint = await page.getByText(/^The book would: /).innerText();
      const does = hint.slice("The book would: ".length).split(". ")[0];
      const before = page.url();
      await page.locator(".moves").getByRole("button", { name: does, exact: true }).click();
      await page.waitForURL((url) => url.href !== before);
    }
    await page.getByText(/^You won after .* the truth stands/).waitFor();
    await page.reload();
    await page.getByText(/^You won after .* the truth stands/).waitFor();
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export", exact: true }).click();
    const file = await (await saved).path();
    await open("/play?game=claims&side=liar", "Your move");
    await page
      .getByLabel("Show a game that was exported")
      .setInputFiles({ name: "a.json", mimeType: "application/json", buffer: readFileSync(file) });
    await page.getByText(/^You won after .* the truth stands/).waitFor();
    await page
      .getByLabel("Show a game that was exported")
      .setInputFiles({ name: "b.json", mimeType: "application/json", buffer: Buffer.from("<b>") });
    await page.getByText("b.json: this is no game that was played by hand").waitFor();
  });

  it("shows the books, and checks in the browser that a balance is counted", async () => {
    await open("/money", "Books");
    await page.getByText("confirmed up to block").waitFor();
    await page.getByRole("img", { name: /^escrow on L1 over time: / }).waitFor();
    await page.getByLabel("address", { exact: true }).fill(devAccount(2).address);
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("the proof holds, checked in this browser").waitFor();
    await page.getByText("no sum of a confirmed state is settled there yet").waitFor();
    await page.getByLabel("address", { exact: true }).fill("0x00000000000000000000000000000000000000ee");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("L2’s state has no such account").waitFor();
  });

  it("takes money to L2 and back to L1 by buttons alone, with an account of the devnet", async () => {
    await open("/journey", "Who acts");
    await page.getByLabel("an account of the devnet").selectOption(devAccount(4).address);
    await page.getByRole("button", { name: "Deposit to L2" }).click();
    await page.getByText(/Deposited 0.1 ether .* on L2 in/).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Send on L2 in spite of the sequencer" }).click();
    // Its own line: the one of the deposit below it is on L2 already.
    const forced = page.getByRole("listitem").filter({ hasText: /^Sent 0.1 ether on L2 .* on L2 in/ });
    await forced.waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Withdraw to L1" }).click();
    await page.getByText(/^waits for an assertion that covers it, usually there (in \d+ |any moment)/).waitFor();
    await page.getByRole("button", { name: "Prove" }).click({ timeout: 90_000 });
    await page
      .getByText(/challenge period runs/)
      .first()
      .waitFor({ timeout: 60_000 });
    await jump(info);
    await page.getByRole("button", { name: "Finalise" }).click({ timeout: 200_000 });
    await page.getByText("0.1 ether paid on L1").waitFor({ timeout: 60_000 });
    await open("/money", "paid");
  });

  it("signs with an injected wallet, and says in its words that the user refused", async () => {
    const context = await browser.newContext();
    const one = await context.newPage();
    const own = watch(one, origin);
    await injectWallet(one, info, 5);
    await one.goto(`${origin}/journey`);
    await one.getByRole("button", { name: "Use this browser’s wallet" }).click();
    await one.getByText("of this browser’s wallet").waitFor();
    await one.locator("p code.long", { hasText: devAccount(5).address }).waitFor();
    await one.getByRole("button", { name: "Deposit to L2" }).click();
    await one.getByText(/Deposited 0.1 ether .* on L2 in/).waitFor({ timeout: 60_000 });
    await one.getByLabel("ether", { exact: true }).fill("0.666");
    await one.getByRole("button", { name: "Deposit to L2" }).click();
    await one.getByText(/Deposit: .*(rejected|refused)/).waitFor({ timeout: 30_000 });
    expect(own).to.deep.equal([]);
    await context.close();
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(faults).to.deep.equal([]);
  });

  it("says at once that the devnet is gone, and goes on by itself when it is back", async () => {
    await open("/", "finalized head");
    await devnet.processes.stopOne("verifier");
    await page.getByText("Not connected: the node does not answer.").waitFor({ timeout: 5_000 });
    await devnet.startVerifier("verifier", Number(new URL(info.l2.verifier!).port));
    await page.getByText("Not connected").waitFor({ state: "hidden", timeout: 30_000 });
    await page.getByText("finalized head").first().waitFor();
  });

  it("shows a page that was asked for while nobody served its script, once somebody does again", async () => {
    const fresh = await browser.newPage();
    await fresh.goto(origin);
    await fresh.getByText("finalized head").first().waitFor({ timeout: 30_000 });
    await devnet.processes.stopOne("verifier");
    await fresh.getByText("Not connected: the node does not answer.").waitFor({ timeout: 5_000 });
    await fresh.route("**/assets/**", (route) => route.abort());
    await fresh.getByRole("link", { name: "Money", exact: true }).click();
    await fresh.locator("main .failure").waitFor();
    await fresh.unroute("**/assets/**");
    await devnet.startVerifier("verifier", Number(new URL(info.l2.verifier!).port));
    await fresh.getByRole("heading", { name: "Books", exact: true }).waitFor({ timeout: 30_000 });
    await fresh.close();
  });
});

interface Violation {
  id: string;
  nodes: { html: string }[];
}

/** Puts a wallet into the page as an extension does; it refuses to send 0.666 ether. */
async function injectWallet(page: Page, { l1, l2 }: DevnetInfo, account: number): Promise<void> {
  const connect = (url: string): JsonRpcProvider =>
    new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 });
  const layers = [connect(l1.url), connect(l2.sequencer!)];
  page.on("close", () => layers.forEach((provider) => provider.destroy()));
  const chains = await Promise.all(layers.map(async (provider) => (await provider.getNetwork()).chainId));
  let at = 0;
  await page.exposeFunction("walletRequest", async (method: string, params: unknown[]): Promise<unknown> => {
    const provider = layers[at];
    const wallet = new Wallet(devAccount(account).privateKey, provider);
    if (method === "eth_requestAccounts" || method === "eth_accounts") return [wallet.address];
    if (method === "wallet_switchEthereumChain") {
      at = chains.indexOf(BigInt((params[0] as { chainId: string }).chainId));
      return null;
    }
    if (method !== "eth_sendTransaction") return (await provider.send(method, params)) as unknown;
    const { to, data, value, gas } = params[0] as Record<"to" | "data" | "value" | "gas", string | undefined>;
    if (BigInt(value ?? 0) === 666n * 10n ** 15n) return { refused: "user rejected the request" };
    return (await wallet.sendTransaction({ to, data, value, gasLimit: gas })).hash;
  });
  await page.addInitScript(`window.ethereum = { request: async ({ method, params = [] }) => {
    const answer = await walletRequest(method, params);
    if (answer?.refused !== undefined) throw Object.assign(new Error(answer.refused), { code: 4001 });
    return answer;
  } }`);
}

/** A batch that holds a transaction of an account. */
async function batchWithTransaction({ l2 }: DevnetInfo): Promise<number> {
  const ask = async <T>(method: string, ...params: unknown[]): Promise<T> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(l2.verifier!, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    return ((await response.json()) as { result: T }).result;
  };
  for (let index = 0; ; index++) {
    const batch = await ask<{ firstBlock: number; lastBlock: number } | null>(
      "rollup_getBatch",
      `0x${index.toString(16)}`,
    );
    if (batch === null) throw new Error("no batch holds a transaction");
    for (let number = batch.firstBlock; number <= batch.lastBlock; number++) {
      const block = await ask<{ transactions: { type: string }[] }>(
        "eth_getBlockByNumber",
        `0x${number.toString(16)}`,
        true,
      );
      if (block.transactions.some(({ type }) => type !== "0x7e")) return index;
    }
  }
}
