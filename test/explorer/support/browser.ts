import type { Context } from "mocha";
import type { Browser, Page } from "playwright-core";
import { browserPath, startBrowser } from "../../support/browser";

/**
 * A real browser; the calling suite is skipped where there is none.
 * @throws Error where there is none although CI=true.
 */
export async function openBrowser(context: Context): Promise<Browser> {
  if (browserPath() === undefined) {
    const advice = "no Chromium found: apt-get install chromium, or any Chrome where its package puts it";
    if (process.env.CI === "true") throw new Error(advice);
    console.log(`      skipped: ${advice}`);
    context.skip();
  }
  return startBrowser();
}

/** What a page must not do, as it happens: errors in the console, uncaught ones, requests to anywhere else. */
export function watch(page: Page, origin: string): string[] {
  const faults: string[] = [];
  const isOwn = (url: string): boolean => url.startsWith(origin) || url.startsWith(origin.replace(/^http/, "ws"));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.message}`));
  page.on("request", (request) => {
    if (!isOwn(request.url())) faults.push(`request: ${request.url()}`);
  });
  page.on("websocket", (socket) => {
    if (!isOwn(socket.url())) faults.push(`socket: ${socket.url()}`);
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return faults;
}

const MOST_WAIT_MS = 60_000;
const LOOK_MS = 100;

/** How the page is looked at: its query and the size of the screen. */
export const LOOKS = {
  desktop: { query: "theme=light", viewport: { width: 1280, height: 800 } },
  dark: { query: "theme=dark", viewport: { width: 1280, height: 800 } },
  phone: { query: "theme=dark", viewport: { width: 360, height: 780 } },
  projector: { query: "theme=light&present=", viewport: { width: 1920, height: 1080 } },
} as const;

/** Goes to an address within the page that is open, as its own links do, and waits until nothing on it is on its way. */
export async function goTo(page: Page, address: string): Promise<void> {
  const go = `history.pushState(null, "", ${JSON.stringify(address)}); dispatchEvent(new PopStateEvent("popstate"))`;
  const isThere = `document.querySelector("h1") !== null &&
    ![...document.querySelectorAll("main .quiet")].some((one) => one.textContent === "loading …")`;
  await page.evaluate(go);
  // The page's policy forbids `eval`, which a wait of the browser's own would need; two looks, for what is drawn in between.
  for (let seen = 0, end = Date.now() + MOST_WAIT_MS; seen < 2;) {
    if (Date.now() > end) throw new Error(`${address} is not there after ${MOST_WAIT_MS} ms`);
    await page.waitForTimeout(LOOK_MS);
    seen = (await page.evaluate<boolean>(isThere)) ? seen + 1 : 0;
  }
}
