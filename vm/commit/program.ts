import { PAGE_BYTES, type Program } from "../types";
import { concatBytes, toHex, word } from "./bytes";
import { CodeTree } from "./codeTree";
import { keccak256, tag } from "./hasher";
import { MemoryTree } from "./memoryTree";

/** All that L1 knows of a program: the argument of the prover's constructor, and the hash over it. Hashes are 0x-hex. */
export type ProgramCommitment = {
  codeRoot: `0x${string}`;
  codeDepth: number;
  entryPc: number;
  memoryRoot: `0x${string}`;
  memoryDepth: number;
  linearSize: number;
  frameArea: number;
  /** `keccak(TAG("program"), codeRoot, entryPc, memoryRoot, linearSize, frameArea, codeDepth, memoryDepth)`. */
  programHash: `0x${string}`;
};

const codeTrees = new WeakMap<Program, CodeTree>();

/** The code tree of a program; made once. */
export function codeTreeOf(program: Program): CodeTree {
  let tree = codeTrees.get(program);
  if (tree === undefined) codeTrees.set(program, (tree = new CodeTree(program.code)));
  return tree;
}

/** Commits to a program. @see docs/spec/05-machine-proofs.md#program */
export function commitProgram(program: Program): ProgramCommitment {
  const { entryPc, memoryDepth, linearSize, frameArea } = program;
  const code = codeTreeOf(program);
  const memoryRoot = startMemoryRoot(program);
  const programHash = keccak256(
    concatBytes([
      tag("program"),
      code.root,
      word(entryPc),
      memoryRoot,
      word(linearSize),
      word(frameArea),
      word(code.depth),
      word(memoryDepth),
    ]),
  );
  return {
    codeRoot: toHex(code.root),
    codeDepth: code.depth,
    entryPc,
    memoryRoot: toHex(memoryRoot),
    memoryDepth,
    linearSize,
    frameArea,
    programHash: toHex(programHash),
  };
}

/** Root over the memory before the first step. */
function startMemoryRoot(program: Program): Uint8Array {
  const tree = new MemoryTree(program.memoryDepth, 1);
  const pages = new Map<number, Uint8Array>();
  for (const { address, bytes } of program.segments) {
    for (let done = 0; done < bytes.length;) {
      const page = Math.floor((address + done) / PAGE_BYTES);
      const offset = (address + done) % PAGE_BYTES;
      const part = bytes.subarray(done, done + PAGE_BYTES - offset);
      let content = pages.get(page);
      if (content === undefined) pages.set(page, (content = new Uint8Array(PAGE_BYTES)));
      content.set(part, offset);
      done += part.length;
    }
  }
  for (const [page, content] of pages) tree.update(page, content);
  return tree.root();
}
