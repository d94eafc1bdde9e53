import { appendFileSync, existsSync, readFileSync, truncateSync } from "node:fs";
import { SolventError } from "../../protocol/errors";

const VERSION = 2;

/** First line: version, and the time of block 0 (ISO 8601). */
interface JournalHead {
  journal: number;
  date: string;
}

/**
 * What a line tells, in the order in which it happened: a call that changed the chain, `count` blocks of one time in seconds, or by how
 * many seconds L1's clock is ahead of the wall clock from here on.
 */
export type JournalLine =
  { call: [method: string, params: unknown[]] } | { time: number; count: number } | { ahead: number };

/**
 * What happened to the devnet's L1, so that its next process has the same chain: one JSON object a line. After a kill -9 the last second of
 * blocks may be missing. Without a file it keeps nothing.
 */
export class Journal {
  private readonly file: string | null;
  /** Blocks of the same second that are not written yet: idle blocks take a line a second. */
  private blocks: { time: number; count: number } | null = null;
  private bytes: number;

  private constructor(file: string | null, bytes: number) {
    this.file = file;
    this.bytes = bytes;
  }

  /**
   * @param date - of block 0 where the journal is new.
   * @returns what it held, and the date of block 0. @throws SolventError `l1-journal` where it is no journal of this version.
   */
  static open(file: string | null, date: string): { journal: Journal; lines: JournalLine[]; date: string } {
    if (file === null || !existsSync(file)) {
      const journal = new Journal(file, 0);
      journal.append({ journal: VERSION, date } satisfies JournalHead);
      return { journal, lines: [], date };
    }
    const text = readFileSync(file, "utf8");
    // A line that was cut off by a kill never became a block that anybody can rely on.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    const [head, ...rest] = whole.split("\n").filter((line) => line !== "");
    const first = dateOf(head);
    if (first === null)
      throw new SolventError("l1-journal", `${file} is no journal of this version: take another --datadir`);
    const lines = rest.map((line) => JSON.parse(line) as unknown);
    const bytes = Buffer.byteLength(whole);
    truncateSync(file, bytes);
    return { journal: new Journal(file, bytes), lines: lines as JournalLine[], date: first };
  }

  /** A call that changed the chain, or what waits for its next block. */
  called(method: string, params: unknown[]): void {
    this.flush();
    this.append({ call: [method, params] });
  }

  mined(time: number): void {
    if (this.blocks?.time === time) this.blocks.count++;
    else {
      this.flush();
      this.blocks = { time, count: 1 };
    }
  }

  clockSet(ahead: number): void {
    this.flush();
    this.append({ ahead });
  }

  /** @returns where the journal stands, for `backTo`. */
  mark(): number {
    this.flush();
    return this.bytes;
  }

  /** Forgets what was written behind a mark. */
  backTo(mark: number): void {
    this.blocks = null;
    this.bytes = mark;
    if (this.file !== null) truncateSync(this.file, mark);
  }

  flush(): void {
    if (this.blocks !== null) this.append(this.blocks);
    this.blocks = null;
  }

  private append(line: object): void {
    const text = JSON.stringify(line) + "\n";
    this.bytes += Buffer.byteLength(text);
    if (this.file !== null) appendFileSync(this.file, text);
  }
}

/** Of block 0, from a journal's first line; null where that is something else, whose file is left as it is. */
function dateOf(line: string | undefined): string | null {
  try {
    const { journal, date } = JSON.parse(line ?? "{}") as Partial<JournalHead>;
    return journal === VERSION && date !== undefined ? date : null;
  } catch {
    return null;
  }
}
