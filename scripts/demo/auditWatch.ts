import { eventually } from "./narrator";

/** What the story tells of an audit. */
export interface SeenAudit {
  l1Block: number;
  alerts: string[];
  warnings: { name: string; text: string }[];
  oldest: { assertion: number | null; payableAt: number | null } | null;
}

interface AuditJson {
  l1Block: { number: number };
  alerts: { text: string }[];
  warnings: SeenAudit["warnings"];
  forecast: { oldest: SeenAudit["oldest"] };
}

const POLL_MS = 20;

/** Reads a verifier's audit again and again, and keeps each. */
export class AuditWatch {
  private readonly seen: SeenAudit[] = [];
  private isStopped = false;

  /** @param url - JSON-RPC of a verifier. */
  constructor(private readonly url: string) {
    void this.look();
  }

  stop(): void {
    this.isStopped = true;
  }

  /** Waits for an audit. @throws Error with the last one where none comes. */
  async until(what: string, isSo: (audit: SeenAudit) => boolean): Promise<SeenAudit> {
    const last = (): SeenAudit | undefined => this.seen.at(-1);
    return eventually(what, async () => {
      const audit = last();
      return audit !== undefined && isSo(audit) && audit;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; the last one is ${JSON.stringify(last())}`);
    });
  }

  /** The first audit of an L1 block from `from` on. @throws Error where it does not have the warning. */
  async firstSince(from: number, name: string): Promise<{ l1Block: number; text: string }> {
    const first = await eventually("an audit", async () => this.seen.find(({ l1Block }) => l1Block >= from));
    const warning = first.warnings.find((one) => one.name === name);
    if (warning === undefined) throw new Error(`the audit of L1 block ${first.l1Block} has no ${name}`);
    return { l1Block: first.l1Block, text: warning.text };
  }

  private async look(): Promise<void> {
    while (!this.isStopped) {
      const audit = await this.read().catch(() => null);
      if (audit !== null && audit.l1Block !== this.seen.at(-1)?.l1Block) this.seen.push(audit);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  private async read(): Promise<SeenAudit | null> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rollup_getAudit", params: [] });
    const { result } = (await (await fetch(this.url, { method: "POST", body })).json()) as { result?: AuditJson };
    if (result === undefined) return null;
    const { l1Block, alerts, warnings, forecast } = result;
    return { l1Block: l1Block.number, alerts: alerts.map(({ text }) => text), warnings, oldest: forecast.oldest };
  }
}
