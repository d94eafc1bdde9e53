/** Base of the errors of vm/commit, vm/prove and vm/history; `code` is stable, the message is not. */
export class MachineProofError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = new.target.name;
  }
}

/** A wasm file of vm/ that the build makes is missing. */
export class VmBuildError extends MachineProofError {
  constructor(path: string) {
    super("VM_NOT_BUILT", `${path} is missing: run \`npm run build vm\``);
  }
}

/** A tree, height, index or stride outside of what the format allows. */
export class RangeProofError extends MachineProofError {
  constructor(message: string) {
    super("OUT_OF_RANGE", message);
  }
}

/** Bytes that are no saved history. */
export class MalformedHistoryError extends MachineProofError {
  constructor(message: string) {
    super("MALFORMED_HISTORY", message);
  }
}
