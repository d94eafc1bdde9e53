import hre from "hardhat";
import type { Contract, Signer } from "ethers";
import { genesisAssertion, HonestPlayer, toInboxState, type Move, type Parent } from "../games/edges";
import { fromHex, toHex } from "../protocol";
import { invariant, SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";
import { commitProgram } from "../vm/commit/program";
import { machineResult } from "../vm/commit/machineHash";
import { emptyHost, HintKind, InboxKind } from "../vm/host";
import { createMachine } from "../vm/machine";
import { readWitness, type WitnessReading } from "../vm/prove/readWitness";
import { Status, type Program } from "../vm/types";
import { attachGame, type GameChain } from "./boards/contracts/chain";
import { ETHER, parametersOf } from "./boards/setup";
import { ProgramTruth } from "./truths/programTruth";
import { VmLie } from "./truths/vmTruth";

/** What a run gave, and how long it took. */
export interface ProgramRun {
  /** 32 bytes; zero where it trapped. */
  output: Hex;
  milliseconds: number;
}

/** A run in the proof VM. */
export interface MachineRun extends ProgramRun {
  steps: bigint;
  status: Status;
}

/** A lie about a program, and how L1 found it out. */
export interface ProgramDispute {
  /** Of the three levels. */
  heights: readonly number[];
  /** Transactions of both sides until L1 had executed the step, and their gas. */
  transactions: number;
  gas: number;
  /** Gas of the transaction that had L1 execute the step, and nothing else; bytes of its witness. */
  proofGas: number;
  witnessBytes: number;
  reading: WitnessReading;
}

/** Pointers of host calls are multiples of it. */
const LEAF_BYTES = 32;

/**
 * Runs a module in V8 as the machine would: it sees its input, an empty inbox and nothing else of the world. Run it in the machine first:
 * nothing ends it here.
 * @param input - 32 bytes.
 * @throws SolventError `program-refused` where the module does not export its memory.
 */
export async function runInV8(wasm: Uint8Array, input: Uint8Array): Promise<ProgramRun> {
  const halt = new Error("halted");
  let output = new Uint8Array(LEAF_BYTES);
  let memory = new Uint8Array(0);
  const trap = (): never => {
    throw new WebAssembly.RuntimeError("host call");
  };
  const place = (pointer: number): Uint8Array => {
    const from = pointer >>> 0;
    if (from % LEAF_BYTES !== 0 || from + LEAF_BYTES > memory.length) trap();
    return memory.subarray(from, from + LEAF_BYTES);
  };
  const solvent = {
    input: (pointer: number): void => place(pointer).set(input),
    output: (pointer: number): void => {
      output = place(pointer).slice();
      throw halt;
    },
    inbox(kind: number, _index: bigint, pointer: number): number {
      if (kind >>> 0 > InboxKind.delayedMessage) trap();
      place(pointer);
      return 0;
    },
    hint(kind: number, pointer: number, length: number): void {
      const from = pointer >>> 0;
      if (kind >>> 0 > HintKind.receipt || from % LEAF_BYTES !== 0 || from + (length >>> 0) > memory.length) trap();
    },
    // Where the machine got this far, it trapped here: a call without fault would have ended its run, for want of data.
    preimage: trap,
  };
  const module = await WebAssembly.compile(wasm);
  const { exports } = await WebAssembly.instantiate(module, { solvent });
  const exported = exports as { memory?: unknown; run(): void };
  if (!(exported.memory instanceof WebAssembly.Memory))
    throw new SolventError(
      "program-refused",
      'the module exports no "memory": V8 has no other way to hand the input over',
    );
  memory = new Uint8Array(exported.memory.buffer);
  const started = performance.now();
  try {
    exported.run();
  } catch (error) {
    // A trap, also by too deep a recursion, gives zero, as an end without output does.
    if (error !== halt && !(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error;
  }
  return { output: toHex(output), milliseconds: performance.now() - started };
}

/**
 * Runs a flattened program in the proof VM.
 * @param input - 32 bytes.
 * @param mostSteps - It is stopped there, running.
 * @throws VmError `vm.preimage-missing` where it asks for data: there is none.
 */
export function runInMachine(program: Program, input: Uint8Array, mostSteps: bigint): MachineRun {
  const machine = createMachine(program, { input, inboxLimit: { batchCount: 0n, delayedCount: 0n }, host: emptyHost });
  try {
    const started = performance.now();
    machine.run(mostSteps);
    const milliseconds = performance.now() - started;
    const { steps, status } = machine;
    return { output: toHex(machineResult(machine.registers())), milliseconds, steps, status };
  } finally {
    machine.dispose();
  }
}

/** Heights of the two levels in a run of so many steps, whose last leaves are single steps; each at least 1. */
export function heightsOf(steps: bigint): [machines: number, steps: number] {
  const bits = Math.max(2, steps.toString(2).length);
  return [Math.ceil(bits / 2), Math.floor(bits / 2)];
}

/**
 * Plays a lie about one step of a program against the truth, on the real contracts on an in-process L1 (Hardhat's), until L1 has executed that
 * step. The liar's machine is true up to it, and then has halted with an output root of its own.
 * @param input - 32 bytes, not all zero.
 * @param run - What the machine gave for it; it has ended.
 * @param step - Where the lie begins, from 0; below `run.steps`.
 */
export async function disputeProgram(
  program: Program,
  input: Uint8Array,
  run: MachineRun,
  step: bigint,
): Promise<ProgramDispute> {
  const truth = new ProgramTruth(program, run.output, heightsOf(run.steps));
  const { heights } = truth;
  const [segment, inSegment] = [step >> BigInt(heights[2]), step & ((1n << BigInt(heights[2])) - 1n)];
  const lie = new VmLie(truth, { run: 0, machine: Number(segment), step: Number(inSegment) });
  const { game, genesis } = await deploy(program, toHex(input), heights);
  const players = await Promise.all(
    [truth, lie].map(async (source, i) => {
      const account = (await game.accounts[i].getAddress()).toLowerCase() as Hex;
      return new HonestPlayer(source, { account, from: genesis, propose: ({ id }) => id === genesis.id });
    }),
  );
  const spent = { transactions: 0, gas: 0 };
  const send = async (moves: readonly Move[], by: number): Promise<number> => {
    if (moves.length === 0) return 0;
    const { gasUsed } = await game.send(moves, game.accounts[by]);
    spent.transactions++;
    spent.gas += Number(gasUsed);
    return Number(gasUsed);
  };
  for (let isMoved = true; isMoved;) {
    isMoved = false;
    for (const [i, player] of players.entries()) {
      const { moves } = player.decide(await game.replica());
      isMoved ||= moves.length > 0;
      const proof = moves.find((move) => move.kind === "proveStep");
      if (proof === undefined) {
        await send(moves, i);
        continue;
      }
      await send(moves.slice(0, moves.indexOf(proof)), i);
      const proofGas = await send([proof], i);
      const proven = [...(await game.replica()).edges.values()].filter(({ status }) => status === "proven");
      invariant(i === 0 && proven.length === 1 && proven[0].root === proof.root, "L1 has found for the lie");
      invariant(BigInt(proof.at.index) === inSegment, "another step than the lie's first was disputed");
      const witness = fromHex(proof.witness);
      const reading = readWitness(program, witness);
      return { heights, ...spent, proofGas, witnessBytes: witness.length, reading };
    }
  }
  throw new Error("bug: both sides have stopped before L1 executed a step");
}

type Game = Pick<GameChain, "accounts" | "send" | "replica">;

/** The queue over the real one-step prover of that program; genesis is the run's input. */
async function deploy(
  program: Program,
  genesisOutputRoot: Hex,
  heights: readonly [number, number, number],
): Promise<{ game: Game; genesis: Parent }> {
  const accounts = (await hre.ethers.getSigners()) as unknown as Signer[];
  const inbox = await hre.ethers.deployContract("ToyInbox");
  const prover = await hre.ethers.deployContract("OneStepProver", [commitProgram(program), inbox.target]);
  const parameters = parametersOf({ heights });
  const { stakes, challengePeriodSeconds: challengePeriod } = parameters;
  const times = { challengePeriod, responseTime: 100, censorshipTime: 0 };
  const argument = { heights, stakes, ...times, genesisOutputRoot, inbox, prover };
  const queue = (await hre.ethers.deployContract("ToyQueue", [argument])) as unknown as Contract;
  const deployedAt = await hre.ethers.provider.getBlockNumber();
  for (const account of accounts.slice(0, 2))
    await (await (queue.connect(account) as Contract).deposit({ value: 100n * ETHER })).wait();
  const genesis = {
    id: genesisAssertion(genesisOutputRoot),
    outputRoot: genesisOutputRoot,
    inbox: toInboxState(await queue.inboxState()),
  };
  return { game: attachGame(queue, parameters, accounts, deployedAt), genesis };
}
