import { fork, spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { randomInt } from "node:crypto";
import { createWriteStream, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Answer, Question } from "../actor/cli";
import { loaderArguments, moduleFile, useBundles } from "../node/modules";
import { SolventError } from "../protocol/errors";
import { freshBundles } from "./bundles";

/** What a child says of itself when it is up. */
export type Ready = Record<string, unknown>;

const STOP_MS = 8_000;
const ANSWER_MS = 60_000;

/**
 * The child processes of a devnet. All of them end with it, always: they end when their IPC channel closes, they get SIGTERM on
 * `stop`, and SIGKILL where that does not help.
 */
export class Processes {
  private readonly children = new Map<string, ChildProcess>();
  private readonly logDir: string;
  private readonly asked = new Map<number, { name: string; settle(answer: Omit<Answer, "answer">): void }>();
  private questions = 0;
  private isStopping = false;
  /** Told when a child ends by itself. */
  onExit: (name: string, code: number | null) => void = () => {};
  /** Whether a child ended by itself that was to run on: its log is worth a look. */
  hasFailed = false;
  /** Told what a child says once it is up. */
  onMessage: (name: string, message: Ready) => void = () => {};

  constructor(logDir: string) {
    this.logDir = logDir;
    mkdirSync(logDir, { recursive: true });
    process.once("exit", this.killAll);
  }

  /**
   * Starts a module as a process with an IPC channel and waits until it says that it is ready.
   * @param module - path without its ending. @param mayEnd - nobody else ends when this one does.
   * @throws SolventError `process-failed` with the end of its log.
   */
  async startNode(name: string, module: string, args: readonly string[], mayEnd = false): Promise<Ready> {
    // Sources may have changed since the last one was started.
    useBundles(await freshBundles());
    const file = moduleFile(module);
    const child = fork(file, [...args], {
      execArgv: loaderArguments(file),
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    return this.track(name, child, mayEnd, (ready) => {
      child.once("message", (message) => {
        ready(typeof message === "object" && message !== null ? (message as Ready) : {});
        child.on("message", (later) => this.hear(name, later as Ready));
      });
    });
  }

  /**
   * Asks a child over its channel, as an actor of ours answers (`DevnetAnswers`).
   * @throws SolventError `process-failed` with what it answers, or where it does not.
   */
  ask(name: string, ask: string, ...params: unknown[]): Promise<unknown> {
    const number = this.questions++;
    return new Promise((resolve, reject) => {
      const refuse = (error: string): void => reject(new SolventError("process-failed", `${name} ${error}`));
      const timer = setTimeout(() => settle({ error: "does not answer" }), ANSWER_MS);
      const settle = ({ result, error }: Omit<Answer, "answer">): void => {
        clearTimeout(timer);
        this.asked.delete(number);
        if (error === undefined) resolve(result);
        else refuse(error);
      };
      this.asked.set(number, { name, settle });
      const child = this.children.get(name);
      if (child?.connected !== true) settle({ error: "does not run" });
      else child.send({ ask, number, params } satisfies Question);
    });
  }

  private hear(name: string, message: Ready): void {
    if (typeof message.answer !== "number") return this.onMessage(name, message);
    this.asked.get(message.answer)?.settle(message as unknown as Answer);
  }

  /** Names of the children that run, in the order of their starts. */
  names(): string[] {
    return [...this.children.keys()];
  }

  /** Starts a program that is no TypeScript of ours, under a guard that ends it with this process; returns at once. */
  startProgram(name: string, command: string, args: readonly string[]): void {
    const stdio: StdioOptions = ["ignore", "pipe", "pipe", "ipc"];
    const child = spawn(process.execPath, [join(__dirname, "guard.cjs"), command, ...args], { stdio });
    void this.track(name, child, false, (ready) => child.once("spawn", () => ready({}))).catch(() => {});
  }

  pid(name: string): number | undefined {
    return this.children.get(name)?.pid;
  }

  /** Ends one child. */
  async stopOne(name: string, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.children.get(name);
    if (child === undefined) return;
    this.children.delete(name);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  /** Ends all of them, the last started first. */
  async stop(): Promise<void> {
    this.isStopping = true;
    const names = [...this.children.keys()].reverse();
    await Promise.all(names.map((name) => this.stopOne(name)));
    process.off("exit", this.killAll);
  }

  private async track(
    name: string,
    child: ChildProcess,
    mayEnd: boolean,
    onReady: (ready: (value: Ready) => void) => void,
  ): Promise<Ready> {
    this.children.set(name, child);
    const log = createWriteStream(join(this.logDir, `${name}.log`), { flags: "a" });
    let tail = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.pipe(log, { end: false });
      stream?.on("data", (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-2_000)));
    }
    return new Promise((resolve, reject) => {
      onReady(resolve);
      child.once("error", (cause) => reject(new SolventError("process-failed", `${name} did not start`, { cause })));
      child.once("exit", (code) => {
        log.end();
        for (const question of [...this.asked.values()])
          if (question.name === name) question.settle({ error: "ended" });
        const isOurs = this.children.get(name) === child;
        if (isOurs) this.children.delete(name);
        reject(new SolventError("process-failed", `${name} ended with status ${code}: ${tail.trim()}`));
        if (!isOurs || this.isStopping || mayEnd) return;
        this.hasFailed = true;
        this.onExit(name, code);
      });
    });
  }

  private readonly killAll = (): void => {
    for (const child of this.children.values()) child.kill("SIGKILL");
  };
}

/** @param flag - that chooses it. @throws SolventError `port-taken` where somebody listens on the port already. */
export function requireFreePort(port: number, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (cause) => {
      const text = `port ${port} is taken: end what listens there (another devnet?) or choose another by ${flag} (0 takes any)`;
      reject(new SolventError("port-taken", text, { cause }));
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}

/**
 * A port that nobody listens on right now, given to this process once. Below those that systems take for outgoing connections: one of
 * these could be gone again before its actor listens.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + randomInt(EPHEMERAL_PORT - FIRST_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

/** The first that Linux takes for outgoing connections; other systems begin higher. */
const EPHEMERAL_PORT = 32_768;
const FIRST_PORT = 12_000;
const given = new Set<number>();

async function isFree(port: number): Promise<boolean> {
  return requireFreePort(port, "").then(
    () => true,
    () => false,
  );
}
