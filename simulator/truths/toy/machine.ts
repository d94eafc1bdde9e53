import type { Hex } from "../../../protocol/types";
import type { InboxState, OutputPreimage } from "../../../games/edges/types";
import {
  ZERO_HASH,
  concatBytes,
  encodeRlp,
  fromHex,
  keccak256,
  outputRoot,
  rlpInteger,
  toHex,
  word,
} from "../../../protocol";

const TAG_MACHINE = keccak256(new TextEncoder().encode("toy.machine"));
const NEVER = 2 ** 40;

export interface ToyRules {
  /** Steps of a run that ends. */
  runSteps: number;
  /** The run from this block traps in its second step. */
  trapAt?: number;
  /** The run from this block never ends. */
  spinAt?: number;
}

/** Arguments of ToyProver's constructor. */
export function toyArguments(inbox: string, rules: ToyRules): [string, number, number, number] {
  return [inbox, rules.runSteps, rules.trapAt ?? NEVER, rules.spinAt ?? NEVER];
}

const STATUS = { running: 0, halted: 1, trapped: 2 } as const;

export interface ToyRegisters {
  status: keyof typeof STATUS;
  steps: number;
  number: number;
  input: Hex;
  output: Hex;
  batchCount: number;
  delayedCount: number;
  loaded: boolean;
}

/** Preimage of the output root after block `number`. */
export function toyOutput(number: number): OutputPreimage {
  const empty = new Uint8Array(0);
  const header = toHex(encodeRlp([...Array.from({ length: 8 }, () => empty), rlpInteger(number)]));
  return { stateRoot: toHex(word(number)), messagePasserStorageRoot: ZERO_HASH, header };
}

/** The output root itself; of the empty preimage, zero. */
export function toyOutputRoot(output: OutputPreimage): Hex {
  if (output.header === "0x") return ZERO_HASH;
  return outputRoot(output.stateRoot, output.messagePasserStorageRoot, toHex(keccak256(fromHex(output.header))));
}

/** Another preimage with the same number: a lie that can be asserted. */
export function falseOutput(number: number, salt: number): OutputPreimage {
  return { ...toyOutput(number), messagePasserStorageRoot: toHex(word(BigInt(salt) + 1n)) };
}

export function startRegisters(input: Hex, inbox: InboxState): ToyRegisters {
  const { batchCount, delayedCount } = inbox;
  const status = input === ZERO_HASH ? "trapped" : "running";
  return { status, steps: 0, number: 0, input, output: ZERO_HASH, batchCount, delayedCount, loaded: false };
}

/** The registers after so many steps of the run that starts after block `number`. */
export function registersAfter(
  rules: ToyRules,
  number: number | null,
  inbox: InboxState,
  input: Hex,
  steps: number,
): ToyRegisters {
  const start = startRegisters(input, inbox);
  if (steps === 0 || number === null) return start;
  const loaded = { ...start, loaded: true, number };
  if (number === rules.trapAt && rules.runSteps > 1) {
    return steps === 1 ? { ...loaded, steps: 1 } : { ...loaded, steps: 2, status: "trapped" };
  }
  if (number === rules.spinAt && rules.runSteps > 1) return { ...loaded, steps: 1 };
  if (steps < rules.runSteps) return { ...loaded, steps };
  const output = number < inbox.batchCount ? toyOutputRoot(toyOutput(number + 1)) : input;
  return { ...loaded, steps: rules.runSteps, status: "halted", output };
}

/** Steps after which the run's machine does not change any more. */
export function settledAfter(rules: ToyRules, number: number | null): number {
  if (number === null) return 0;
  if (rules.runSteps > 1 && number === rules.trapAt) return 2;
  if (rules.runSteps > 1 && number === rules.spinAt) return 1;
  return rules.runSteps;
}

export function registerBytes(r: ToyRegisters): Hex {
  return toHex(
    concatBytes(
      word(STATUS[r.status]),
      word(r.steps),
      word(r.number),
      fromHex(r.input),
      fromHex(r.output),
      word(r.batchCount),
      word(r.delayedCount),
      word(r.loaded ? 1 : 0),
    ),
  );
}

export function hashOf(r: ToyRegisters): Hex {
  return toHex(keccak256(concatBytes(TAG_MACHINE, fromHex(registerBytes(r)))));
}

/** Witness of the step from these registers. */
export function toyWitness(r: ToyRegisters, number: number | null): Hex {
  const asks = r.status === "running" && !r.loaded;
  return asks ? toHex(concatBytes(fromHex(registerBytes(r)), word(number ?? 0))) : registerBytes(r);
}

/** Twin of ToyProver. `null` stands for its revert. */
export class ToyJudge {
  constructor(readonly rules: ToyRules) {}

  initialState(input: Hex, inbox: InboxState): Hex {
    return hashOf(startRegisters(input, inbox));
  }

  result(machine: Hex): [machineHash: Hex, outputRoot: Hex] | null {
    const r = decodeRegisters(machine);
    if (r === null || (machine.length - 2) / 2 !== 8 * 32) return null;
    return [hashOf(r), r.status === "halted" ? r.output : ZERO_HASH];
  }

  step(before: Hex, inbox: InboxState, witness: Hex): Hex | null {
    const r = decodeRegisters(witness);
    if (r === null || hashOf(r) !== before) return null;
    if (r.batchCount !== inbox.batchCount || r.delayedCount !== inbox.delayedCount) return null;
    const asks = r.status === "running" && !r.loaded;
    if ((witness.length - 2) / 2 !== 8 * 32 + (asks ? 32 : 0)) return null;
    if (r.status !== "running") return before;
    if (!asks) return hashOf(registersAfter(this.rules, r.number, inbox, r.input, r.steps + 1));
    const number = Number(BigInt("0x" + witness.slice(-64)));
    if (toyOutputRoot(toyOutput(number)) !== r.input) return null;
    return hashOf(registersAfter(this.rules, number, inbox, r.input, 1));
  }
}

function decodeRegisters(bytes: Hex): ToyRegisters | null {
  if (bytes.length < 2 + 8 * 64) return null;
  const at = (i: number): Hex => `0x${bytes.slice(2 + 64 * i, 66 + 64 * i)}`;
  const status = (["running", "halted", "trapped"] as const)[Number(at(0))];
  if (status === undefined) return null;
  return {
    status,
    steps: Number(at(1)),
    number: Number(at(2)),
    input: at(3),
    output: at(4),
    batchCount: Number(at(5)),
    delayedCount: Number(at(6)),
    loaded: Number(at(7)) === 1,
  };
}
