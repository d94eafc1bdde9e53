import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTool, runProver, type Compiler, type Program } from "./tools";

/** The circuit. */
export const SOURCES = join(__dirname, "circuit");
/** No blinding: all that is proven about is public. */
export const TARGET = ["-t", "evm-no-zk"] as const;

/** A circuit of one size, compiled. */
export interface Circuit {
  /** Blocks of keccak-256 that the trie's nodes may take together. */
  size: number;
  folder: string;
  program: Program;
  gates: number;
}

/**
 * The circuit for so many blocks; compiled once for the same sources.
 * @param root - Folder for circuits, each in one of its own.
 */
export async function compileCircuit(size: number, root: string, sources = SOURCES): Promise<Circuit> {
  const folder = join(root, `${size}-${sourcesHash(sources)}`);
  const program = join(folder, "program.json");
  const gates = join(folder, "gates.json");
  if (!existsSync(gates)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, JSON.stringify(await compile(size, sources)));
    const { stdout } = await runProver(["gates", "-b", program], folder);
    const report = JSON.parse(stdout) as { functions: { circuit_size: number }[] };
    writeFileSync(`${gates}.part`, `${report.functions[0].circuit_size}`);
    renameSync(`${gates}.part`, gates);
  }
  return {
    size,
    folder,
    program: JSON.parse(readFileSync(program, "utf8")) as Program,
    gates: Number(readFileSync(gates, "utf8")),
  };
}

/** Points that the setup must have for a circuit. */
export function pointsFor({ gates }: Circuit): number {
  return 2 ** Math.ceil(Math.log2(gates)) + 1;
}

async function compile(size: number, sources: string): Promise<Program> {
  const { createFileManager, compile_program } = loadTool<Compiler>("noir_wasm");
  const copy = mkdtempSync(join(tmpdir(), "solvent-circuit-"));
  try {
    cpSync(sources, copy, { recursive: true });
    writeFileSync(join(copy, "src", "size.nr"), `pub global BLOCKS: u32 = ${size};\n`);
    const quiet = (): void => undefined;
    return (await withoutPath(() => compile_program(createFileManager(copy), undefined, quiet, quiet))).program;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** The compiler prints the path that it compiles at, whatever it is given to log with. */
async function withoutPath<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = (...words: unknown[]): void => {
    if (!String(words[0]).startsWith("Compiling at ")) log(...words);
  };
  try {
    return await work();
  } finally {
    console.log = log;
  }
}

/** Of the circuit and the tools' versions. */
function sourcesHash(sources: string): string {
  const hash = createHash("sha256").update(readFileSync(join(__dirname, "package.json")));
  const folder = join(sources, "src");
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}
