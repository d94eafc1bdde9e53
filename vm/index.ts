export { commit } from "./commit/commit";
export { commitProgram } from "./commit/program";
export { describeInstruction } from "./describe";
export {
  InboxMissing,
  MalformedModule,
  PreimageMissing,
  RefusedModule,
  StepLimit,
  VmError,
  type VmErrorCode,
} from "./errors";
export { flatten } from "./flatten";
export { history } from "./history/history";
export { MachineTree } from "./history/machineTree";
export { emptyHost, HintKind, InboxKind, PreimageKind, type Host } from "./host";
export { ISA, Op } from "./isa";
export { createMachine } from "./machine";
export { prove } from "./prove/prove";
export { MAX_STEPS, runToEnd } from "./runToEnd";
export { locate, parseSourceMap, type SourceMap, type SourcePlace } from "./sourceMap";
export type { MachineStart } from "./start";
export { Status, type InboxLimit, type Machine, type Program, type Registers } from "./types";
