import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MalformedModule, RefusedModule } from "../../../vm/errors";
import { flatten, flattenPartially } from "../../../vm/flatten";
import { FlatInstance } from "../../../vm/invoke";
import { Status, type ExportedFunction, type Program } from "../../../vm/types";
import { globSync } from "../../support/glob";

type Value = { type: string; value: string };
type Action = { type: string; module?: string; field: string; args: Value[] };
type Command = {
  type: string;
  line: number;
  filename?: string;
  name?: string;
  as?: string;
  text?: string;
  module_type?: string;
  action?: Action;
  expected?: Value[];
};

/** What happened to one command. */
export type CaseResult = { name: string; verdict: "passed" | "failed" | "skipped"; reason: string };

const TRAPS: Record<string, Status> = {
  unreachable: Status.unreachable,
  "integer divide by zero": Status.divisionByZero,
  "integer overflow": Status.integerOverflow,
  "out of bounds memory access": Status.outOfBounds,
  "call stack exhausted": Status.stackExhausted,
};
/** Enough for every legitimate recursion of the suites, soon exhausted by the others. */
const FRAME_AREA = 1 << 18;
/** No call of a suite is longer; one that is fails as "still running". */
const STEP_LIMIT = 100_000_000;

/** The scripts of wast2json (`{"commands": [...]}`) anywhere below a folder. */
export function scriptsOf(folder: string): string[] {
  const isScript = (path: string): boolean => {
    const parsed = JSON.parse(readFileSync(path, "utf8")) as { commands?: unknown } | null;
    return Array.isArray(parsed?.commands);
  };
  return globSync(folder, /\.json$/).filter((path) => !path.endsWith(".features.json") && isScript(path));
}

/**
 * Runs one script of wast2json: each module and each call in the fast interpreter, the reference and V8 alike.
 * @param watch - given the reference of each module before anything runs on it: for whoever wants to prove its steps.
 */
export function runScript(path: string, watch?: (reference: FlatInstance) => void): CaseResult[] {
  const { commands } = JSON.parse(readFileSync(path, "utf8")) as { commands: Command[] };
  return new ScriptRun(path, watch).run(commands);
}

type Loaded =
  | {
      program: Program;
      fast: FlatInstance;
      reference: FlatInstance;
      v8: WebAssembly.Instance;
      refused: Map<string, string>;
      skippedCall?: string;
    }
  | { skipped: string };

class ScriptRun {
  private current: Loaded = { skipped: "no module" };
  private readonly named = new Map<string, Loaded>();
  private readonly results: CaseResult[] = [];

  constructor(
    private readonly path: string,
    private readonly watch?: (reference: FlatInstance) => void,
  ) {}

  run(commands: Command[]): CaseResult[] {
    for (const command of commands) {
      const name = `${basename(this.path)}:${command.line} ${command.type}`;
      try {
        const skipReason = this.command(command);
        if (skipReason === undefined) continue;
        this.results.push({ name, verdict: skipReason === "" ? "passed" : "skipped", reason: skipReason });
      } catch (error) {
        this.results.push({ name, verdict: "failed", reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return this.results;
  }

  /** @returns "" for a pass, a reason for a skip, undefined for what is no case. */
  private command(command: Command): string | undefined {
    switch (command.type) {
      case "module":
        this.current = { skipped: "it failed to load" };
        this.current = this.load(command.filename!);
        if ("skipped" in this.current) this.noteSkippedModule(command.filename!);
        if (command.name !== undefined) this.named.set(command.name, this.current);
        return "skipped" in this.current ? `module ${command.filename}: ${this.current.skipped}` : undefined;
      case "assert_return":
      case "assert_trap":
      case "assert_exhaustion":
      case "action":
        return this.act(command);
      case "assert_invalid":
      case "assert_malformed":
        return this.mustBeRefused(command);
      case "register":
        return undefined;
      default:
        if (command.filename !== undefined) this.noteSkippedModule(command.filename);
        return `${command.type}: linking is outside the subset`;
    }
  }

  private load(filename: string): Loaded {
    if (!filename.endsWith(".wasm")) return { skipped: "text format" };
    const bytes = readFileSync(join(dirname(this.path), filename));
    try {
      const { program, refused } = flattenPartially(bytes, { entry: null, frameArea: FRAME_AREA });
      const v8 = new WebAssembly.Instance(new WebAssembly.Module(bytes), { spectest });
      const reference = new FlatInstance(program, "reference");
      this.watch?.(reference);
      return { program, fast: new FlatInstance(program, "fast"), reference, v8, refused };
    } catch (error) {
      if (error instanceof RefusedModule) return { skipped: error.construct };
      // V8 accepts the whole of core WebAssembly 2.0: what it does not know is newer
      if (error instanceof MalformedModule) return { skipped: `not accepted by V8: ${error.reason}` };
      const isLinking = error instanceof WebAssembly.LinkError || /Import #\d+ module=/.test(String(error));
      if (isLinking) return { skipped: "imports from another module" };
      throw error;
    }
  }

  /** What a skipped module would have done to registered ones with which it links is missing there. */
  private noteSkippedModule(filename: string): void {
    for (const loaded of this.named.values())
      if (!("skipped" in loaded)) loaded.skippedCall ??= `module ${filename}, which may link with it`;
  }

  private act({ action, expected = [], type, text = "" }: Command): string | undefined {
    const { field, args, module } = action!;
    const loaded = module === undefined ? this.current : this.named.get(module);
    if (loaded === undefined || "skipped" in loaded) return `module refused: ${loaded?.skipped ?? "unknown"}`;
    if (action!.type !== "invoke") return "get of an exported global: not a function";
    const refusal = loaded.refused.get(field);
    if (refusal !== undefined) {
      loaded.skippedCall ??= `${field} (${refusal})`;
      return `function refused: ${refusal}`;
    }
    const target = loaded.program.exports.find((entry) => entry.name === field);
    if (target === undefined) throw new Error(`no export ${field}`);
    const words = args.map(({ value }) => BigInt(value));
    const native = invokeNative(loaded.v8, target, words);
    const fast = loaded.fast.invoke(target, words, STEP_LIMIT);
    const reference = loaded.reference.invoke(target, words, STEP_LIMIT);
    const seen = describe(native);
    requireEqual(describe(fast), seen, "fast interpreter and V8");
    requireEqual(describe(reference), seen, "reference and V8");
    requireEqual(String(reference.steps), String(fast.steps), "steps of reference and fast interpreter");
    if (Buffer.compare(loaded.fast.memory, loaded.reference.memory) !== 0) throw new Error("memories differ");
    if (type === "action") return undefined;
    const wanted = expectation(type, text, expected);
    if (seen !== wanted && loaded.skippedCall !== undefined)
      return `V8 and the machine agree, but the expectation rests on what was skipped: ${loaded.skippedCall}`;
    requireEqual(seen, wanted, "outcome and expectation");
    return "";
  }

  private mustBeRefused({ filename, module_type, text }: Command): string {
    if (module_type !== "binary") return "text format";
    try {
      flatten(readFileSync(join(dirname(this.path), filename!)), { entry: null });
    } catch (error) {
      if (error instanceof MalformedModule || error instanceof RefusedModule) return "";
      throw error;
    }
    throw new Error(`accepted although it is invalid: ${text}`);
  }
}

type Ending = { status: Status; value: bigint | undefined };

function invokeNative(instance: WebAssembly.Instance, target: ExportedFunction, args: bigint[]): Ending {
  const passed = args.map((arg, i) => (target.params[i] === "i32" ? Number(BigInt.asIntN(32, arg)) : arg));
  try {
    const value = (instance.exports[target.name] as (...args: unknown[]) => number | bigint | undefined)(...passed);
    if (value === undefined) return { status: Status.halted, value };
    const bits = target.results[0] === "i32" ? 32 : 64;
    return { status: Status.halted, value: BigInt.asUintN(bits, BigInt(value)) };
  } catch (error) {
    return { status: trapOf(error), value: undefined };
  }
}

function trapOf(error: unknown): Status {
  if (error instanceof RangeError) return Status.stackExhausted;
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  const { message } = error;
  if (/unreachable/.test(message)) return Status.unreachable;
  if (/by zero/.test(message)) return Status.divisionByZero;
  if (/divide result unrepresentable/.test(message)) return Status.integerOverflow;
  if (/memory access out of bounds/.test(message)) return Status.outOfBounds;
  throw error;
}

function describe({ status, value }: Ending): string {
  return value === undefined ? `status ${status}` : `status ${status}, value ${value}`;
}

function expectation(type: string, text: string, expected: Value[]): string {
  if (type === "assert_return") {
    const [only] = expected;
    const value = only === undefined ? undefined : BigInt.asUintN(only.type === "i32" ? 32 : 64, BigInt(only.value));
    return describe({ status: Status.halted, value });
  }
  const trap = TRAPS[text];
  if (trap === undefined) throw new Error(`unknown trap "${text}"`);
  return describe({ status: trap, value: undefined });
}

function requireEqual(actual: string, wanted: string, what: string): void {
  if (actual !== wanted) throw new Error(`${what} differ: ${actual}; ${wanted}`);
}

/** What official scripts may import; functions that call it are refused, but V8 must be able to link the module. */
const spectest = {
  ...Object.fromEntries(
    ["", "_i32", "_i64", "_f32", "_f64", "_i32_f32", "_f64_f64"].map((types) => [`print${types}`, () => {}]),
  ),
  global_i32: 666,
  global_i64: 666n,
  global_f32: 666.6,
  global_f64: 666.6,
  table: new WebAssembly.Table({ initial: 10, maximum: 20, element: "anyfunc" }),
  memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
};
