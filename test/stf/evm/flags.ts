/** Compiler flags of the test builds of stf/: those of stf.wasm, with the memory of stf/memory.ts. */
export const ASC_FLAGS: readonly string[] = [
  ...["-O3", "--converge", "--disable", "bulk-memory", "--use", "abort="],
  ...["--initialMemory", "1536", "--maximumMemory", "1536"],
];
