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
