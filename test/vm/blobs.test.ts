import { readFileSync } from "node:fs";
import { expect } from "chai";
import { RecordingStore, recordRun, type RunWitness } from "../../challenger/commitments/recording";
import { RunHost } from "../../challenger/commitments/runHost";
import { openProgram } from "../../node/engine/program";
import { buildPath } from "../../vm/build-path";
import { concatBytes, toHex } from "../../vm/commit/bytes";
import { commit } from "../../vm/commit/commit";
import { PreimageMissing, VmError } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import type { Host } from "../../vm/host";
import { Op } from "../../vm/isa";
import { BLOB_BYTES, OPENING_BYTES, prove } from "../../vm/prove/prove";
import { readWitness } from "../../vm/prove/readWitness";
import { createMachine } from "../../vm/machine";
import { Status, type Machine, type Program } from "../../vm/types";
import { commitToBlob, openElement, pointOf, versionedHashOf } from "../../node/kzg/kzg";
import { answerPrecompile, precompileRequest } from "../../node/precompiles";
import { fromHex } from "../../protocol";
import { TestChain } from "./support/chain";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { stepOnChain } from "./support/stepOnChain";
import { syntheticProgram } from "./support/syntheticProgram";
import { TestHost } from "./support/testHost";
import { TwinMachine } from "./support/twinMachine";

const LIMIT = { batchCount: 3n, delayedCount: 2n };
const ZERO = `0x${"00".repeat(32)}`;
const INBOX_STATE = { ...LIMIT, lastBatch: ZERO, lastDelayed: ZERO };
const BLOB = 2;
const KEY_AT = 128;
const TARGET_AT = 256;
const LAST = BLOB_BYTES / 32 - 1;
const FUZZED = process.env.SOLVENT_FULL === undefined ? 20 : 1_000;

describe("one-step prover: elements of blobs", function () {
  this.timeout(600_000);
  const random = new Random(44);
  const host = new TestHost();
  const program = syntheticProgram([{ op: Op.preimage, d: 0, a: 4, b: 0, imm: 0n }]);
  let machine: TwinMachine;
  let prover: DeployedProver;
  let blob: Uint8Array;
  let key: Uint8Array;

  before(async () => {
    machine = new TwinMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
    machine.poke(0, random.bytes(program.memorySize));
    prover = await deployProver(program);
    blob = randomBlob();
    key = host.addBlob(blob, fromHex(versionedHashOf(commitToBlob(blob))));
  });

  /** Every element below the order of the field. */
  function randomBlob(): Uint8Array {
    const bytes = random.bytes(BLOB_BYTES);
    for (let i = 0; i < BLOB_BYTES; i += 32) bytes[i] &= 0x3f;
    return bytes;
  }

  function arrange(offset: number, versionedHash = key): void {
    Object.assign(machine.state, { pc: 0, fp: program.linearSize + 4096, status: Status.running });
    machine.poke(KEY_AT, versionedHash);
    const slots = new BigUint64Array([BigInt(BLOB), BigInt(KEY_AT), BigInt(offset), BigInt(TARGET_AT)]);
    machine.poke(machine.state.fp + 32, new Uint8Array(slots.buffer));
  }

  const witnessOf = (): Uint8Array => prove(machine, host.request, openElement);
  const refused = (witness: Uint8Array, name: string) =>
    expect(
      prover.contract.step.staticCall(toHex(commit(machine)), INBOX_STATE, toHex(witness)),
    ).to.be.revertedWithCustomError(prover.contract, name);
  const passes = () => stepOnChain(machine, prover, "", host.request, openElement);

  /** Where the opening stands in a witness, found by the element, which is random. */
  function openingAt(witness: Uint8Array, index: number): number {
    const at = Buffer.from(witness).indexOf(blob.subarray(32 * index, 32 * index + 32));
    expect(at).to.be.greaterThan(0);
    return at;
  }

  /** The witness of the step with another opening in it. */
  function withOpening(index: number, opening: Uint8Array): Uint8Array {
    const witness = witnessOf();
    const at = openingAt(witness, index);
    const length = new Uint8Array(32);
    new DataView(length.buffer).setUint32(28, opening.length);
    return concatBytes([witness.subarray(0, at - 32), length, opening, witness.subarray(at + OPENING_BYTES)]);
  }

  const element = (index: number): Uint8Array => blob.subarray(32 * index, 32 * index + 32);
  const openingOf = (index: number): Uint8Array => concatBytes([element(index), openElement(blob, index)]);

  it("V34 V37 reads the first element, the last, and those between, as the machine does", async () => {
    for (const index of [0, 1, 2, 2047, 2048, LAST - 1, LAST, random.below(4096), random.below(4096)]) {
      arrange(32 * index);
      await passes();
      expect(toHex(machine.readLeaf(TARGET_AT / 32))).to.equal(toHex(element(index)));
    }
  });

  it("V34 reads zeros behind the end, and takes no opening there", async () => {
    for (const offset of [BLOB_BYTES, BLOB_BYTES + 32, 2 ** 32 - 32]) {
      arrange(offset);
      await passes();
      expect(toHex(machine.readLeaf(TARGET_AT / 32))).to.equal(ZERO);
    }
    arrange(BLOB_BYTES);
    const witness = witnessOf();
    arrange(32 * LAST);
    const length = openingAt(witnessOf(), LAST) - 32;
    arrange(BLOB_BYTES);
    const past = [witness.subarray(0, length), Uint8Array.of(...new Uint8Array(31), 128), openingOf(LAST)];
    await refused(concatBytes([...past, witness.subarray(length + 32)]), "OpeningLength");
    await passes();
  });

  it("V65 refuses an opening of another element, of the index as it is, of the bit order's other end: ElementNotShown", async () => {
    const index = 5;
    arrange(32 * index);
    const plain = reversed(index);
    expect(pointOf(plain)).not.to.equal(pointOf(index));
    for (const other of [index - 1, index + 1, plain, LAST - index])
      await refused(withOpening(index, openingOf(other)), "ElementNotShown");
    // The true element with another one's proof, and the other way round.
    await refused(withOpening(index, concatBytes([element(index), openElement(blob, plain)])), "ElementNotShown");
    await refused(withOpening(index, concatBytes([element(plain), openElement(blob, index)])), "ElementNotShown");
    await passes();
  });

  it("V65 refuses a value beside the order of the field, or of another blob: ElementNotShown", async () => {
    const index = 9;
    arrange(32 * index);
    const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;
    const value = BigInt(toHex(element(index)));
    for (const wrong of [value + order, value ^ 1n, 0n]) {
      const bytes = fromHex(`0x${wrong.toString(16).padStart(64, "0")}`);
      await refused(withOpening(index, concatBytes([bytes, openElement(blob, index)])), "ElementNotShown");
    }
    const other = randomBlob();
    const foreign = concatBytes([other.subarray(32 * index, 32 * index + 32), openElement(other, index)]);
    await refused(withOpening(index, foreign), "ElementNotShown");
    await passes();
  });

  it("V65 refuses openings too short or too long: OpeningLength", async () => {
    const index = 17;
    arrange(32 * index);
    const whole = openingOf(index);
    for (const opening of [whole.subarray(0, 127), concatBytes([whole, Uint8Array.of(0)]), new Uint8Array(0)])
      await refused(withOpening(index, opening), "OpeningLength");
    await passes();
  });

  it("V65 refuses every flipped bit of an opening, and takes it back whole", async () => {
    for (const index of [random.below(4096), random.below(4096)]) {
      arrange(32 * index);
      const witness = witnessOf();
      const at = openingAt(witness, index);
      for (let i = 0; i < FUZZED; i++) {
        const wrong = witness.slice();
        wrong[at + random.below(OPENING_BYTES)] ^= 1 << random.below(8);
        await refused(wrong, "ElementNotShown");
      }
      await passes();
    }
  });

  it("V34 gives no answer but the right one, whatever gas is sent", async () => {
    arrange(32 * 7);
    const [before, witness] = [commit(machine), witnessOf()];
    machine.step();
    const right = toHex(commit(machine));
    let [answers, reverts] = [0, 0];
    for (let gas = 60_000; gas < 400_000; gas += 10_000) {
      const answer = await prover.stepWithGas(before, LIMIT, witness, gas);
      if (answer === null) reverts++;
      else {
        expect(answer, `with ${gas} gas`).to.equal(right);
        answers++;
      }
    }
    expect(answers).to.be.greaterThan(5);
    expect(reverts).to.be.greaterThan(1);
  });

  it("opens what the point evaluation precompile takes, here as on L1", () => {
    const commitment = commitToBlob(blob);
    const z = fromHex(`0x${pointOf(100).toString(16).padStart(64, "0")}`);
    const input = concatBytes([key, z, openingOf(100)]);
    expect(answerPrecompile(precompileRequest(0x0a, 50_000n, input))[0]).to.equal(1);
    expect(toHex(input.subarray(96, 144))).to.equal(toHex(commitment));
  });

  it("refuses to prove from what is no blob, or without whoever opens it", () => {
    arrange(0);
    expect(() => prove(machine, host.request)).to.throw(VmError, "nobody here opens blobs");
    const short = host.addBlob(blob.subarray(0, 64), random.bytes(32));
    arrange(0, short);
    expect(() => witnessOf()).to.throw(VmError, "a blob of 64 bytes");
    arrange(0);
    expect(witnessOf().length).to.be.greaterThan(OPENING_BYTES);
  });

  it("lets a reader do the step from the witness alone", () => {
    for (const offset of [32 * 77, BLOB_BYTES]) {
      arrange(offset);
      const reading = readWitness(program, witnessOf());
      machine.step();
      expect(toHex(reading.afterHash!)).to.equal(toHex(commit(machine)));
    }
    arrange(32 * 77);
    const witness = witnessOf();
    const cut = withOpening(77, openingOf(77).subarray(0, 96));
    expect(() => readWitness(program, cut)).to.throw(VmError, "another length");
    expect(readWitness(program, witness).bytes.hostData).to.equal(32 + OPENING_BYTES);
  });
});

describe("a run of the program over a batch in a blob", function () {
  this.timeout(600_000);

  /** The run's machine, before the first step at which it opens the blob where it is stopped there. */
  function machineOf(program: Program, witness: RunWitness, isStopped: boolean): Machine {
    const host = new RunHost(witness);
    const { input, batchCount, delayedCount } = witness;
    const stopping: Host = {
      preimage(kind, key) {
        if (isStopped && kind === BLOB) throw new PreimageMissing(kind, key);
        return host.preimage(kind, key);
      },
      inbox: (kind, index) => host.inbox(kind, index),
      hint: (kind, data) => host.hint(kind, data),
    };
    return createMachine(program, { input, inboxLimit: { batchCount, delayedCount }, host: stopping });
  }

  it("V34 V47 comes out as natively, and where somebody reads another blob, L1 does the step for the true one", async () => {
    const program = flatten(readFileSync(buildPath("stf.wasm")));
    const prover = await deployProver(program);
    const chain = new TestChain();
    const transfer = await chain.sign({ to: `0x${"55".repeat(20)}`, value: 7n });
    chain.addBatch([[transfer]], 0n, true);
    const store = new RecordingStore(chain.nodes);
    const { block, witness } = recordRun(openProgram({ nodes: store }), store, chain.genesis.outputRoot, chain);
    expect(block!.transactions).to.have.length(1);
    const whole = machineOf(program, witness, false);
    whole.run(1n << 40n);
    expect(toHex(whole.registers().output)).to.equal(block!.outputRoot);

    const stopped = machineOf(program, witness, true);
    expect(() => stopped.run(1n << 40n)).to.throw(PreimageMissing);
    const [key, blob] = witness.answers.find(([, data]) => data.length === BLOB_BYTES)!;
    const empty = blob.slice().fill(0, 0, 32);
    const [honest, liar] = [[], [[key, empty] as [Uint8Array, Uint8Array]]].map((substituted) => {
      const machine = machineOf(program, { ...witness, substituted }, false);
      machine.run(stopped.steps);
      return machine;
    });
    const before = commit(honest);
    expect(toHex(commit(liar))).to.equal(toHex(before));
    const shown = prove(honest, undefined, openElement);
    for (const machine of [honest, liar]) machine.step();
    expect(toHex(commit(liar)), "they part here").not.to.equal(toHex(commit(honest)));
    const { inboxLimit } = honest.registers();
    expect(await prover.step(before, inboxLimit, shown)).to.equal(toHex(commit(honest)));
    // The liar's element is of another blob: it has no opening under the true one's hash.
    const lie = Buffer.from(shown);
    const at = lie.indexOf(openElement(blob, 0)) - 32;
    expect(toHex(lie.subarray(at, at + 32))).to.equal(toHex(blob.subarray(0, 32)));
    lie.set(empty.subarray(0, 32), at);
    const refusal = await prover.step(before, inboxLimit, lie).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(refusal).to.include("ElementNotShown");
  });
});

/** The 12 bits of an index in the other order. */
function reversed(index: number): number {
  return parseInt([...index.toString(2).padStart(12, "0")].reverse().join(""), 2);
}
