import { expect } from "chai";
import hre from "hardhat";
import { anyValue } from "@nomicfoundation/hardhat-chai-matchers/withArgs";
import { createProvider } from "hardhat/internal/core/providers/construction";
import { concatBytes, toHex } from "../../vm/commit/bytes";
import { commit, committerOf } from "../../vm/commit/commit";
import { codeTreeOf, commitProgram } from "../../vm/commit/program";
import { Op, type Instruction } from "../../vm/isa";
import { prove } from "../../vm/prove/prove";
import { Status } from "../../vm/types";
import { precompileCases } from "./support/precompiles";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { deployRecordTable, tableRecord } from "./support/recordTable";
import { stepOnChain } from "./support/stepOnChain";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";
import { TwinMachine } from "./support/twinMachine";

const LIMIT = { batchCount: 3n, delayedCount: 2n };
const ZERO = `0x${"00".repeat(32)}`;
const INBOX_STATE = { ...LIMIT, lastBatch: ZERO, lastDelayed: ZERO };
const MOST_GAS = 16_777_216;
/** For a deployment: code that is marked for coverage is larger. */
const DEPLOYMENT_GAS = process.env.SOLVENT_COVERAGE === "1" ? 2 ** 32 : MOST_GAS;
/** Places of the instructions below. */
const PC = { const: 0, load: 1, preimage: 2, inbox: 3 };
const KEY_AT = 128;
const TARGET_AT = 256;
/** Returns one zero word whatever it is asked: an inbox that holds nothing. */
const EMPTY_INBOX_CODE = "0x60205ff3";

/** Each custom error of contracts/vm in both polarities: what is refused with it, and the same thing right, which passes. */
describe("one-step prover: guards", function () {
  this.timeout(120_000);
  const random = new Random(31);
  const host = new TestHost(tableRecord);
  const instructions: Instruction[] = [
    { op: Op.const, d: 0, a: 0, b: 0, imm: 7n },
    { op: Op.load + 3, d: 2, a: 0, b: 0, imm: 0n },
    { op: Op.preimage, d: 0, a: 4, b: 0, imm: 0n },
    { op: Op.inbox, d: 0, a: 4, b: 0, imm: 0n },
  ];
  const program = syntheticProgram(instructions);
  let machine: TwinMachine;
  let prover: DeployedProver;

  before(async () => {
    prover = await deployProver(program, await deployRecordTable());
  });

  beforeEach(() => {
    machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
    machine.poke(0, random.bytes(program.memorySize));
  });

  /** Puts the machine before an instruction, with these values in its first slots from `from` on. */
  function arrange(pc: number, values: (bigint | number)[] = [], from = 0): void {
    Object.assign(machine.state, { pc, fp: program.linearSize + 4096, status: Status.running });
    const slots = new BigUint64Array(values.map(BigInt));
    machine.poke(machine.state.fp + 8 * from, new Uint8Array(slots.buffer));
  }

  const step = (before: Uint8Array, witness: Uint8Array, limits = INBOX_STATE, gasLimit = MOST_GAS) =>
    prover.contract.step.staticCall(toHex(before), limits, toHex(witness), { gasLimit }) as Promise<string>;
  const refused = (call: Promise<unknown>, name: string) =>
    expect(call).to.be.revertedWithCustomError(prover.contract, name);
  const passes = () => stepOnChain(machine, prover, "", host.request);

  function flipped(bytes: Uint8Array, at: number): Uint8Array {
    const copy = bytes.slice();
    copy[at] ^= 1;
    return copy;
  }

  /** Registers and instruction of a witness, for one whose leaves are written by hand. */
  function head(): Uint8Array {
    const { leaf, siblings } = codeTreeOf(program).proof(machine.state.pc);
    return concatBytes([committerOf(machine).registers(), leaf, ...siblings]);
  }

  it("V65 refuses registers of another machine: MachineMismatch", async () => {
    arrange(PC.const);
    const before = commit(machine);
    const other = flipped(before, 5);
    await refused(step(other, prove(machine)), "MachineMismatch").withArgs(toHex(before), toHex(other));
    await passes();
  });

  it("V65 refuses limits other than the machine's: InboxMismatch", async () => {
    arrange(PC.const);
    for (const wrong of [{ batchCount: 4n }, { delayedCount: 3n }])
      await refused(step(commit(machine), prove(machine), { ...INBOX_STATE, ...wrong }), "InboxMismatch");
    await passes();
  });

  it("V65 refuses register bytes of another length: RegisterLength", async () => {
    const registers = committerOf(machine).registers();
    for (const length of [0, 127, 129])
      await refused(prover.contract.result(new Uint8Array(length)), "RegisterLength").withArgs(length);
    expect((await prover.contract.result(registers))[0]).to.equal(toHex(commit(machine)));
  });

  it("V65 refuses an instruction that does not stand there: CodeMismatch", async () => {
    arrange(PC.const);
    const wrong = flipped(prove(machine), 128);
    await refused(step(commit(machine), wrong), "CodeMismatch").withArgs(anyValue, commitProgram(program).codeRoot);
    await passes();
  });

  it("V65 refuses leaves of another memory: MemoryMismatch", async () => {
    arrange(PC.const);
    const witness = prove(machine);
    const memoryRoot = toHex(witness.subarray(32, 64));
    await refused(step(commit(machine), flipped(witness, head().length)), "MemoryMismatch").withArgs(
      anyValue,
      memoryRoot,
    );
    await passes();
  });

  it("V65 refuses a witness too short or too long, of each part: WitnessLength", async () => {
    const key = host.addKeccak(random.bytes(100));
    arrange(PC.preimage, [0, KEY_AT, 0, TARGET_AT], 4);
    machine.poke(KEY_AT, key);
    const [before, witness] = [commit(machine), prove(machine, host.request)];
    const leaves = head().length;
    for (const length of [0, 127, 128, leaves - 1, leaves, leaves + 31, leaves + 4 * 32 + 50, witness.length - 1])
      await refused(step(before, witness.subarray(0, length)), "WitnessLength");
    await refused(step(before, concatBytes([witness, Uint8Array.of(0)])), "WitnessLength");
    await passes();
    machine.state.status = Status.halted;
    await refused(step(commit(machine), concatBytes([prove(machine), Uint8Array.of(0)])), "WitnessLength");
    await passes();
  });

  it("V65 refuses a frame that lies in linear memory or outside of memory: LeafOrder", async () => {
    arrange(PC.load, [320]);
    await passes();
    machine.state.fp = 0;
    machine.poke(0, Uint8Array.of(64, 1, 0, 0, 0, 0, 0, 0));
    machine.state.pc = PC.load;
    // slots 0 and 2 are in leaf 0, behind which the loaded leaf 10 must not stand
    const loading = concatBytes([head(), machine.readLeaf(0), machine.readLeaf(10)]);
    await refused(step(commit(machine), loading), "LeafOrder");
    machine.state.fp = 2 ** 31;
    machine.state.pc = PC.const;
    await refused(step(commit(machine), concatBytes([head(), new Uint8Array(32)])), "LeafOrder");
    arrange(PC.const);
    await passes();
  });

  it("V65 refuses to read a leaf that is not named: LeafMissing", async () => {
    const harness = await hre.ethers.deployContract("StepMemoryHarness");
    const leaf = new Uint8Array(32);
    leaf[8] = 5;
    await expect(harness.read(64, 96, leaf)).to.be.revertedWithCustomError(harness, "LeafMissing");
    await expect(harness.read(64, 63, leaf)).to.be.revertedWithCustomError(harness, "LeafMissing");
    expect(await harness.read(64, 72, leaf)).to.equal(5n);
  });

  it("V65 V37 refuses data that does not hash to the key, of both kinds: PreimageMismatch", async () => {
    const [call] = precompileCases();
    const answer = Buffer.from(`01${call.output}`, "hex");
    const keys = [
      host.addKeccak(random.bytes(100)),
      host.addPrecompile(call.address, call.gas, Buffer.from(call.input, "hex"), answer),
    ];
    for (const [kind, key] of keys.entries()) {
      arrange(PC.preimage, [kind, KEY_AT, 0, TARGET_AT], 4);
      machine.poke(KEY_AT, key);
      const witness = prove(machine, host.request);
      // behind the head: two leaves with slots, those of key and target, the length of the data
      const data = head().length + 5 * 32;
      const wrong = step(commit(machine), flipped(witness, data + 40));
      await refused(wrong, "PreimageMismatch").withArgs(anyValue, toHex(key));
      await passes();
    }
  });

  it("V65 refuses to read a record that the inbox does not hold: RecordMissing", async () => {
    for (const [kind, index] of [0n, 1n].entries()) {
      arrange(PC.inbox, [kind, index, TARGET_AT], 4);
      await hre.network.provider.send("hardhat_setCode", [await deployRecordTable(), EMPTY_INBOX_CODE]);
      await refused(step(commit(machine), prove(machine)), "RecordMissing").withArgs(kind, index);
      await deployRecordTable();
      await passes();
    }
  });

  it("V65 V34 refuses to ask a precompile with less gas than is sure to do: NotEnoughGas", async () => {
    const call = precompileCases().find(({ name }) => name === "ecrecover")!;
    const gas = 4_000_000;
    const input = Buffer.from(call.input, "hex");
    const key = host.addPrecompile(call.address, gas, input, Buffer.from(`01${call.output}`, "hex"));
    arrange(PC.preimage, [1, KEY_AT, 0, TARGET_AT], 4);
    machine.poke(KEY_AT, key);
    const [before, witness] = [commit(machine), prove(machine, host.request)];
    await refused(step(before, witness, INBOX_STATE, 8_000_000), "NotEnoughGas").withArgs(anyValue, 2 * gas + 110_000);
    await passes();
  });

  it("V65 V09 refuses a program that no flattener makes: BadProgram", async () => {
    const factory = await hre.ethers.getContractFactory("OneStepProver");
    const good = { ...commitProgram(program), codeDepth: 4, memoryDepth: 13, linearSize: 4096, frameArea: 4096 };
    const make = (change: object) =>
      factory.deploy({ ...good, ...change }, prover.address) as Promise<{ waitForDeployment(): Promise<unknown> }>;
    const bad = [
      { codeDepth: 32 },
      { memoryDepth: 6, linearSize: 0, frameArea: 0 },
      { memoryDepth: 24 },
      { memoryDepth: 7, linearSize: 4096, frameArea: 32 },
      { entryPc: 32 },
    ];
    for (const change of bad)
      await expect(make(change), JSON.stringify(change)).to.be.revertedWithCustomError(factory, "BadProgram");
    const edges = [
      { codeDepth: 31, entryPc: 2 ** 32 - 1 },
      { memoryDepth: 7, linearSize: 4064, frameArea: 32 },
      { memoryDepth: 23 },
      { entryPc: 31 },
    ];
    for (const change of edges) await (await make(change)).waitForDeployment();
  });

  it("V65 V34 refuses a chain whose precompiles answer otherwise: PrecompileDiffers", async () => {
    const factory = await hre.ethers.getContractFactory("OneStepProver");
    const { data } = await factory.getDeployTransaction(commitProgram(program), prover.address);
    /** Deploys on a fresh chain under the rules of a fork. */
    const deployUnder = async (hardfork: string): Promise<unknown[] | undefined> => {
      const hardhat = { ...hre.config.networks.hardhat, hardfork };
      const config = { ...hre.config, networks: { ...hre.config.networks, hardhat } };
      const chain = await createProvider(config, "hardhat", hre.artifacts);
      const [from] = (await chain.request({ method: "eth_accounts" })) as string[];
      const call = { from, data, gas: `0x${DEPLOYMENT_GAS.toString(16)}` };
      return chain
        .request({ method: "eth_call", params: [call, "latest"] })
        .then(() => undefined)
        .catch((error: { data: string | { data: string } }) => {
          const bytes = typeof error.data === "string" ? error.data : error.data.data;
          const { name, args } = factory.interface.parseError(bytes)!;
          return [name, ...args];
        });
    };
    // P-256 is new in Osaka: before, nothing answers at its address
    expect(await deployUnder("prague")).to.deep.equal(["PrecompileDiffers", 0x100n, true]);
    expect(await deployUnder("osaka")).to.equal(undefined);
  });
});
