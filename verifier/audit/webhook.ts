import type { Logger } from "pino";

const TIMEOUT_MS = 10_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60_000;
/** Alerts that wait for a receiver that is down, at most; the oldest is left out. */
const MOST_WAITING = 1_000;

/** Posts alerts as JSON to one URL, in order, each again and again until it is taken (status 2xx). */
export class Webhook {
  private readonly waiting: object[] = [];
  private isBusy = false;

  constructor(
    private readonly url: string,
    private readonly log: Logger,
    private readonly firstDelayMs = FIRST_DELAY_MS,
  ) {}

  send(alert: object): void {
    this.waiting.push(alert);
    if (this.waiting.length > MOST_WAITING) this.waiting.shift();
    if (!this.isBusy) void this.work();
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    let delayMs = this.firstDelayMs;
    while (this.waiting.length > 0) {
      const alert = this.waiting[0];
      if (await this.post(alert)) {
        if (this.waiting[0] === alert) this.waiting.shift();
        delayMs = this.firstDelayMs;
      } else {
        // Does not keep a process alive that is about to end.
        await new Promise((resolve) => setTimeout(resolve, delayMs).unref());
        delayMs = Math.min(LONGEST_DELAY_MS, delayMs * 2);
      }
    }
    this.isBusy = false;
  }

  private async post(alert: object): Promise<boolean> {
    const body = JSON.stringify(alert, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const request = { method: "POST", headers: { "content-type": "application/json" }, body };
    try {
      const response = await fetch(this.url, { ...request, signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (response.ok) return true;
      this.log.warn({ status: response.status }, "the receiver of alerts refused one");
    } catch (error) {
      this.log.warn({ error: String(error) }, "the receiver of alerts cannot be reached");
    }
    return false;
  }
}
