/** Compiler flags of the test builds of stf/: those of stf.wasm. */
export const ASC_FLAGS: readonly string[] = [
  "-O3",
  "--converge",
  "--disable",
  "bulk-memory",
  "--use",
  "abort=",
];
