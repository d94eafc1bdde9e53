/** Stable codes of the VM's errors; messages are free to change. */
export type VmErrorCode =
  | "vm.malformed"
  | "vm.refused"
  | "vm.not-found"
  | "vm.bad-argument"
  | "vm.preimage-missing"
  | "vm.inbox-missing"
  | "vm.program-mismatch"
  | "vm.malformed-history"
  | "vm.step-limit"
  | "vm.not-built";

/** What the VM throws on bad input or a host that cannot answer; never a guest's trap, which is a state of the machine. */
export class VmError extends Error {
  constructor(
    readonly code: VmErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "VmError";
  }
}

/** A module that is not valid WebAssembly. `offset` is where it was noticed, in bytes, or -1 if unknown. */
export class MalformedModule extends VmError {
  constructor(
    readonly reason: string,
    readonly offset: number,
  ) {
    super("vm.malformed", `malformed module at byte ${offset}: ${reason}`);
    this.name = "MalformedModule";
  }
}

/** A valid module that uses a construct outside the accepted subset. `offset` is the construct's place in the module, in bytes. */
export class RefusedModule extends VmError {
  constructor(
    readonly construct: string,
    readonly offset: number,
  ) {
    super("vm.refused", `refused module: ${construct} at byte ${offset}`);
    this.name = "RefusedModule";
  }
}

/** The host has no data behind a key; whoever runs the machine has to fetch it and may then go on. */
export class PreimageMissing extends VmError {
  constructor(
    readonly kind: number,
    readonly key: Uint8Array,
  ) {
    super("vm.preimage-missing", `no preimage of kind ${kind} for key 0x${Buffer.from(key).toString("hex")}`);
    this.name = "PreimageMissing";
  }
}

/** The host does not know a record below the machine's inbox limit. */
export class InboxMissing extends VmError {
  constructor(
    readonly kind: number,
    readonly index: bigint,
  ) {
    super("vm.inbox-missing", `no inbox record of kind ${kind} at index ${index}, although the limit is above it`);
    this.name = "InboxMissing";
  }
}

/** The machine was still running when it had done as many steps as it may. */
export class StepLimit extends VmError {
  constructor(
    readonly limit: bigint,
    readonly pc: number,
  ) {
    super(
      "vm.step-limit",
      `still running at pc ${pc} after ${limit} steps; raise the limit if the program is meant to end`,
    );
    this.name = "StepLimit";
  }
}
