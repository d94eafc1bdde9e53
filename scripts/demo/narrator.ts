/** Tells the demo's story: lines for people, or one JSON object a line. */
export class Narrator {
  private readonly started = Date.now();

  constructor(private readonly isJson: boolean) {}

  /** What is about to be told; only for people. */
  intro(text: string): void {
    if (!this.isJson) console.log(text);
  }

  /** A new chapter. */
  chapter(title: string): void {
    if (this.isJson) this.event("chapter", { title });
    else console.log(`\n${title}`);
  }

  /** Something that happened. @param data - for the JSON form; bigints become decimal text. */
  tell(text: string, event: string, data: object = {}): void {
    if (this.isJson) this.event(event, { text, ...data });
    else console.log(`  ${this.seconds().padStart(6)}  ${text}`);
  }

  private event(event: string, data: object): void {
    const line = { event, atSeconds: Number(this.seconds()), ...data };
    console.log(JSON.stringify(line, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
  }

  private seconds(): string {
    return ((Date.now() - this.started) / 1_000).toFixed(1);
  }
}

/** Wei as ether, exactly. */
export function ether(wei: bigint): string {
  const whole = wei / 10n ** 18n;
  const rest = (wei % 10n ** 18n).toString().padStart(18, "0").replace(/0+$/, "");
  return rest === "" ? String(whole) : `${whole}.${rest}`;
}

/** Asks until there is an answer that is not false, null or undefined. @throws Error naming `what` after the time. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | false | null | undefined>,
  seconds = 60,
): Promise<T> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await probe();
    if (value !== false && value !== null && value !== undefined) return value;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
