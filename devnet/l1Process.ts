import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

process.env.HARDHAT_CONFIG = join(__dirname, "hardhat.l1.config.cjs");

interface Eip1193 {
  request(call: { method: string; params?: unknown[] }): Promise<unknown>;
}

/** One line of the journal: `count` blocks of that time in seconds, the last of them with these raw transactions. */
type JournalLine = { date?: string; time?: number; count?: number; transactions?: string[] };

/**
 * Hardhat's network served over HTTP as the devnet's L1, a block every `interval` milliseconds on the wall clock.
 * Usage: l1Process PORT INTERVAL_MS [JOURNAL]. With a journal every raw transaction and block time is written down, and
 * replayed at the next start, so that the chain goes on with the same hashes.
 * Says `ready` to its parent when it serves; ends with it.
 */
async function main([port, interval, journal]: string[]): Promise<void> {
  process.on("disconnect", () => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(0));
  const lines = journal !== undefined && existsSync(journal) ? readJournal(journal) : [];
  const date = lines[0]?.date ?? new Date().toISOString();
  process.env.SOLVENT_L1_INITIAL_DATE = date;
  const { network } = (await import("hardhat")).default;
  const provider = network.provider as unknown as Eip1193;
  warmUp(provider);
  for (const line of lines.slice(1)) await replay(provider, line);
  if (journal !== undefined && lines.length === 0) appendFileSync(journal, JSON.stringify({ date }) + "\n");
  const recorder = new Recorder(journal ?? null);
  serve(provider, Number(port), recorder);
  mineForever(provider, Number(interval), recorder);
}

/**
 * The first point evaluation makes Hardhat load its trusted setup, for seconds: let it begin before somebody waits for it (the prover's
 * constructor calls the precompile).
 */
function warmUp(provider: Eip1193): void {
  const infinity = "c0" + "00".repeat(47);
  // The zero polynomial, at 5, is zero; the hash is that of its commitment.
  const hash = "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";
  const data = `0x${hash}${"5".padStart(64, "0")}${"00".repeat(32)}${infinity}${infinity}`;
  const to = `0x${"a".padStart(40, "0")}`;
  provider.request({ method: "eth_call", params: [{ to, data }, "latest"] }).catch(() => undefined);
}

/** Keeps what a block was made of; empty blocks of the same second are counted. */
class Recorder {
  readonly #file: string | null;
  readonly #raw = new Map<string, string>();
  #line: Required<Omit<JournalLine, "date">> | null = null;

  constructor(file: string | null) {
    this.#file = file;
  }

  sent(hash: string, raw: string): void {
    if (this.#file !== null) this.#raw.set(hash, raw);
  }

  mined(time: number, hashes: string[]): void {
    if (this.#file === null) return;
    const transactions = hashes.map((hash) => this.#raw.get(hash)).filter((raw) => raw !== undefined);
    for (const hash of hashes) this.#raw.delete(hash);
    if (this.#line !== null && this.#line.time === time && this.#line.transactions.length === 0) {
      this.#line.count++;
      this.#line.transactions = transactions;
    } else {
      this.flush();
      this.#line = { time, count: 1, transactions };
    }
    if (transactions.length > 0) this.flush();
  }

  flush(): void {
    if (this.#line !== null && this.#file !== null) appendFileSync(this.#file, JSON.stringify(this.#line) + "\n");
    this.#line = null;
  }
}

function readJournal(file: string): JournalLine[] {
  const text = readFileSync(file, "utf8");
  // A line that was cut off by a kill never became a block that anybody can rely on.
  return text
    .slice(0, text.lastIndexOf("\n") + 1)
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as JournalLine);
}

async function replay(provider: Eip1193, { time, count, transactions }: JournalLine): Promise<void> {
  for (let i = 1; i <= count!; i++) {
    if (i === count)
      for (const raw of transactions!) await provider.request({ method: "eth_sendRawTransaction", params: [raw] });
    await provider.request({ method: "evm_mine", params: [time] });
  }
}

/**
 * Mines on the wall clock; never two blocks at once, never a block before the one ahead of it. Where somebody else mined a block of
 * the future (`evm_mine` with a time), the clock has been put forward and goes on from there.
 */
function mineForever(provider: Eip1193, interval: number, recorder: Recorder): void {
  let last = 0;
  let aheadSeconds = 0;
  const latest = (): Promise<{ timestamp: string; transactions: string[] }> =>
    provider.request({ method: "eth_getBlockByNumber", params: ["latest", false] }) as ReturnType<typeof latest>;
  const tick = async (): Promise<void> => {
    const started = Date.now();
    try {
      const newest = Number((await latest()).timestamp);
      if (newest > last && last !== 0) aheadSeconds = newest - Math.floor(started / 1000);
      const time = Math.max(last, newest, Math.floor(started / 1000) + aheadSeconds);
      await provider.request({ method: "evm_mine", params: [time] });
      const block = await latest();
      last = Number(block.timestamp);
      recorder.mined(last, block.transactions);
    } catch (error) {
      console.error("L1 could not mine:", error instanceof Error ? error.message : error);
    }
    setTimeout(() => void tick(), Math.max(0, interval - (Date.now() - started)));
  };
  void tick();
}

function serve(provider: Eip1193, port: number, recorder: Recorder): void {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void answer(Buffer.concat(chunks).toString()));
    const answer = async (text: string): Promise<void> => {
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("access-control-allow-headers", "content-type");
      if (request.method !== "POST") return void response.writeHead(204).end();
      let body: string;
      try {
        const parsed: unknown = JSON.parse(text);
        body = JSON.stringify(Array.isArray(parsed) ? await Promise.all(parsed.map(call)) : await call(parsed));
      } catch {
        body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32700, message: "parse error" } });
      }
      response.setHeader("content-type", "application/json");
      response.end(body);
    };
    const call = async (value: unknown): Promise<unknown> => {
      const { id, method, params } = value as { id: unknown; method: string; params?: unknown[] };
      try {
        const result = await provider.request({ method, params });
        if (method === "eth_sendRawTransaction") recorder.sent(result as string, params![0] as string);
        return { jsonrpc: "2.0", id, result };
      } catch (error) {
        const { code, message, data } = error as { code?: number; message: string; data?: unknown };
        // In this process a revert has no code; clients know it by 3 and its data, as of any L1 node.
        const otherwise = typeof data === "string" ? 3 : -32000;
        return { jsonrpc: "2.0", id, error: { code: typeof code === "number" ? code : otherwise, message, data } };
      }
    };
  });
  server.keepAliveTimeout = 60_000;
  server.listen(port, "127.0.0.1", () => process.send?.("ready"));
  process.on("exit", () => recorder.flush());
}

void main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
