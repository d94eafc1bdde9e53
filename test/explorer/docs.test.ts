import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { ExplorerServer } from "../../devnet/explorerServer";
import { openBrowser, watch } from "./support/browser";

const ROOT = join(__dirname, "..", "..");
const TYPEDOC = join(ROOT, "node_modules", "typedoc", "bin", "typedoc");
/** One library is enough to see that the API is there; all documents are built. */
const FLAGS = ["--entryPoints", "protocol/index.ts", "--logLevel", "Error"];
/** Nothing answers behind the page: the documentation needs no node. */
const nobody = { l1: null, rpc: "http://127.0.0.1:9", sequencer: null, accounts: [], roles: {} };

describe("explorer: the documentation in a real browser", function () {
  this.timeout(400_000);
  let folder: string;
  let server: ExplorerServer;
  let origin: string;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  before(async function () {
    browser = await openBrowser(this);
    folder = mkdtempSync(join(tmpdir(), "solvent-docs-"));
    await promisify(execFile)(process.execPath, [TYPEDOC, ...FLAGS, "--out", folder], { cwd: ROOT });
    server = new ExplorerServer(nobody, join(ROOT, "build", "explorer"), folder);
    origin = await server.start(0);
    page = await browser.newPage();
    faults = watch(page, origin);
  });

  after(async () => {
    await browser?.close();
    await server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  /** What the search finds for some words: titles with addresses. */
  async function search(words: string): Promise<{ text: string; href: string }[]> {
    // Its index is fetched when it is opened.
    await page.locator("#tsd-search-trigger").click();
    const field = page.locator("#tsd-search-input");
    await field.waitFor();
    await field.fill(words);
    const results = page.locator("#tsd-search-results a");
    await results.first().waitFor();
    const found = await results.evaluateAll((all) =>
      all.map((one) => {
        const { textContent, href } = one as unknown as { textContent: string; href: string };
        return { text: textContent, href };
      }),
    );
    await page.keyboard.press("Escape");
    return found;
  }

  it("is reached from the page's menu", async () => {
    const shell = await browser.newPage();
    await shell.goto(origin);
    await shell.getByRole("link", { name: "Docs" }).click();
    await shell.waitForURL(`${origin}/docs/`);
    await shell.getByText("Who owns what").first().waitFor();
    await shell.close();
  });

  it("says in the page's own look what to run where it is not built, and opens by itself once it is", async () => {
    const later = join(folder, "later");
    const unbuilt = new ExplorerServer(nobody, join(ROOT, "build", "explorer"), later);
    const shell = await browser.newPage();
    try {
      const at = await unbuilt.start(0);
      const own = watch(shell, at);
      await shell.goto(at);
      await shell.getByRole("link", { name: "Docs" }).click();
      await shell.getByRole("heading", { name: "Docs" }).waitFor();
      await shell.getByText("npm run docs", { exact: true }).waitFor();
      await shell.getByRole("link", { name: "Overview" }).waitFor();
      mkdirSync(join(later, "assets"), { recursive: true });
      writeFileSync(join(later, "index.html"), `<link rel="icon" href="data:," /><p>all of the documentation</p>`);
      writeFileSync(join(later, "assets", "search.js"), "");
      await shell.getByText("all of the documentation").waitFor();
      expect(own.filter((fault) => !fault.includes("WebSocket"))).to.deep.equal([]);
    } finally {
      await shell.close();
      await unbuilt.stop();
      rmSync(later, { recursive: true, force: true });
    }
  });

  it("finds a document, and a function of the API, by search, and goes there", async () => {
    await page.goto(`${origin}/docs/`);
    for (const [words, file] of [
      ["Glossary", /\/documents\/.*glossary/i],
      ["keccak256", /\/functions\/.*keccak256\.html/],
    ] as const) {
      const found = await search(words);
      const hit = found.find(({ href }) => file.test(href));
      expect(hit, `${words}: ${found.map(({ href }) => href).join(" ")}`).to.not.equal(undefined);
      const response = await page.goto(hit!.href);
      expect(response!.status(), hit!.href).to.equal(200);
      await page.goto(`${origin}/docs/`);
    }
  });

  it("has every exercise of the workshop, each chapter of the spec and each decision", async () => {
    await page.goto(`${origin}/docs/`);
    const built = readdirSync(join(folder, "documents"));
    const sources = ["docs/workshop", "docs/spec", "docs/adr"].flatMap((at) =>
      readdirSync(join(ROOT, at)).filter((name) => /^\d+.*\.md$/.test(name)),
    );
    expect(sources.length).to.be.above(40);
    for (const name of sources) {
      const stem = name.replace(/\.md$/, "").toLowerCase();
      expect(
        built.some((one) => one.toLowerCase().includes(stem)),
        name,
      ).to.equal(true);
    }
  });

  it("links to nothing that is not there: each link between its pages names a file", () => {
    const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
    const broken: string[] = [];
    for (const name of pages) {
      const text = readFileSync(join(folder, name), "utf8");
      for (const [, href] of text.matchAll(/<a [^>]*href="([^"]*)"/g)) {
        const [path] = href.split("#");
        if (path === "" || /^(https?:|mailto:)/.test(path)) continue;
        if (!existsSync(join(folder, dirname(name), decodeURI(path)))) broken.push(`${name}: ${href}`);
      }
    }
    expect(pages.length).to.be.above(100);
    expect([...new Set(broken)]).to.deep.equal([]);
  });

  it("has asked nobody else, and has put nothing in the console", () => {
    expect(faults).to.deep.equal([]);
  });
});
