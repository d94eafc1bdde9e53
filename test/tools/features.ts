import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FEATURES } from "./features/list";
import { toMarkdown, type Walked } from "./features/page";

const ROOT = join(__dirname, "..", "..");
const PAGE = join(ROOT, "docs", "devnet-features.md");
/** Printed behind each command's output. */
const MARK = "\u0001ended";
const READY_MS = 180_000;
/** What the lines of the list may use. */
const PREAMBLE = `solvent() { npx tsx scripts/solvent.ts "$@"; }; L1=http://127.0.0.1:8545; L2=http://127.0.0.1:9545; V=http://127.0.0.1:9546`;

/**
 * `npx tsx test/tools/features.ts [NUMBER...]`: walks the features of the devnet on real ones, by the commands as they are printed, and writes
 * docs/devnet-features.md where all were walked. Takes the devnet's own ports. Status 1 where one printed something else than it must.
 */
async function main(numbers: readonly string[]): Promise<void> {
  const walker = new Walker();
  const walked: Walked[] = [];
  try {
    for (const [i, feature] of FEATURES.entries()) {
      if (numbers.length > 0 && !numbers.includes(String(i + 1))) continue;
      // Some alone: on the devnet that the ones before them have left.
      if (!walker.isStarted && !isStart(feature.lines[0])) await walker.run(lastStartBefore(i));
      const transcript = [];
      for (const line of feature.lines) {
        const printed = await walker.run(line);
        transcript.push({ line, printed });
        console.log(`$ ${line}\n${printed}`);
      }
      const text = transcript.map(({ printed }) => printed).join("\n");
      const missing = feature.prints.filter((pattern) => !pattern.test(text));
      for (const pattern of missing)
        console.error(`feature ${i + 1}, ${feature.title}: nothing printed matches ${pattern}`);
      if (missing.length > 0) process.exitCode = 1;
      walked.push({ ...feature, transcript, isWell: missing.length === 0 });
    }
  } finally {
    await walker.close();
  }
  if (numbers.length === 0) writeFileSync(PAGE, toMarkdown(walked));
}

/** Whether a line starts a devnet that runs on. */
function isStart(line: string): boolean {
  return line.startsWith("npm start") && !line.includes("--exit-after-faults");
}

function lastStartBefore(at: number): string {
  return FEATURES.slice(0, at)
    .flatMap(({ lines }) => lines)
    .findLast(isStart)!;
}

/** A shell with a folder of its own as `$DIR`, and the devnet that was started last. */
class Walker {
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-features-"));
  private readonly shell = spawn("bash", [], {
    cwd: ROOT,
    stdio: ["pipe", "pipe", "inherit"],
    env: this.environment(),
  });
  private devnet: ChildProcess | null = null;

  constructor() {
    this.shell.stdin.write(`${PREAMBLE}\n`);
  }

  /** @returns what a line prints; one that starts a devnet takes the place of the one before, and goes on once it is ready. */
  async run(line: string): Promise<string> {
    if (isStart(line)) {
      await this.endDevnet();
      return this.startDevnet(line);
    }
    if (line.includes("--exit-after-faults")) await this.endDevnet();
    this.shell.stdin.write(`{ ${line}\n} </dev/null 2>&1; printf '%s\\n' '${MARK}'\n`);
    return this.untilMark();
  }

  get isStarted(): boolean {
    return this.devnet !== null;
  }

  async close(): Promise<void> {
    await this.endDevnet();
    this.shell.stdin.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, DIR: this.folder, NO_COLOR: "1", FORCE_COLOR: "0" };
  }

  /** What was printed, with the folder by its name. */
  private named(text: string): string {
    return text.replaceAll(this.folder, "$DIR").trimEnd();
  }

  private untilMark(): Promise<string> {
    let said = "";
    return new Promise((resolve) => {
      const hear = (chunk: Buffer): void => {
        said += chunk.toString();
        if (!said.includes(MARK)) return;
        this.shell.stdout.off("data", hear);
        resolve(this.named(said.slice(0, said.indexOf(MARK))));
      };
      this.shell.stdout.on("data", hear);
    });
  }

  private startDevnet(line: string): Promise<string> {
    const words = line.replace("npm start", "exec npm start --silent");
    const child = spawn("bash", ["-c", words], {
      cwd: ROOT,
      env: this.environment(),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.devnet = child;
    let said = "";
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not ready: ${said}`)), READY_MS);
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.once("exit", (code) => reject(new Error(`${line} ended with status ${code}: ${said}`)));
      child.stdout.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (!/^READY.*$/m.test(said)) return;
        clearTimeout(timer);
        resolve(this.named(said));
      });
    });
  }

  private async endDevnet(): Promise<void> {
    const child = this.devnet;
    this.devnet = null;
    if (child === null || child.exitCode !== null) return;
    child.removeAllListeners("exit");
    child.kill("SIGTERM");
    await once(child, "exit");
    // npm may end before what it has started, which has the ports.
    while (isGroupThere(child.pid!)) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isGroupThere(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

void main(process.argv.slice(2));
