import { readFileSync } from "node:fs";
import { expect } from "chai";
import { RecordingStore, recordRun } from "../../challenger/commitments/recording";
import { RunHost } from "../../challenger/commitments/runHost";
import { openProgram } from "../../node/engine/program";
import { commitToBlob, openElement, versionedHashOf } from "../../node/kzg/kzg";
import { fromHex } from "../../protocol";
import { buildPath } from "../../vm/build-path";
import { commit } from "../../vm/commit/commit";
import { toHex } from "../../vm/commit/bytes";
import { PreimageMissing } from "../../vm/errors";
import { flatten } from "../../vm/flatten";
import { PreimageKind, type Host } from "../../vm/host";
import { OP_INFO, Op, type Instruction } from "../../vm/isa";
import { createMachine } from "../../vm/machine";
import { BLOB_BYTES, prove } from "../../vm/prove/prove";
import { Status, type Machine, type Program } from "../../vm/types";
import { expectPinned } from "../support/snapshot";
import { TestChain } from "./support/chain";
import { FlatMachine } from "./support/flatMachine";
import { arrangeWorst, deepestProgram, HOST_POINTERS, placeHostCall } from "./support/placement";
import { largestPrecompileCalls } from "./support/precompiles";
import { deployProver, type DeployedProver } from "./support/prover";
import { Random } from "./support/random";
import { TestHost } from "./support/testHost";

const FILE = "gas.vm";
const LIMIT = { batchCount: 3n, delayedCount: 2n };
const SAMPLES = process.env.SOLVENT_FULL ? 1001 : 101;
const CHUNK = 4096;
const CODE = 24_576;
/** What the Inbox takes at most; its constants of these names. */
const MAX_BATCH_BYTES = 120_000;
const MAX_MESSAGE_BYTES = 24_576;
/** The most gas that a transaction may have, and what the game's call around the prover's leaves of it at least. */
const TRANSACTION_GAS = 16_777_216;
const GAME_OVERHEAD = 150_000;

describe("Gas of the one-step prover: a real run and host calls", function () {
  this.timeout(600_000);
  const random = new Random(12);

  describe("stf.wasm", () => {
    let program: Program;
    let prover: DeployedProver;
    before(async () => {
      program = flatten(readFileSync(buildPath("stf.wasm")));
      prover = await deployProver(program);
    });

    /** A machine on the first block of the chain, and its host. */
    function start(chain: TestChain): { machine: (host: Host) => Machine; host: RunHost } {
      const store = new RecordingStore(chain.nodes);
      const { witness } = recordRun(openProgram({ nodes: store }), store, chain.genesis.outputRoot, chain);
      const { input, batchCount, delayedCount } = witness;
      const inboxLimit = { batchCount, delayedCount };
      return { machine: (host) => createMachine(program, { input, inboxLimit, host }), host: new RunHost(witness) };
    }

    it("does half of the steps of a block for less than 110,000 gas each", async () => {
      const chain = new TestChain();
      const transfers = [];
      for (const type of [0, 1, 2]) transfers.push(await chain.sign({ type, to: `0x${"55".repeat(20)}`, value: 7n }));
      chain.addBatch([transfers]);
      const { machine: create, host } = start(chain);
      const machine = create(host);
      machine.run(1n << 40n);
      expect(machine.status).to.equal(Status.halted);
      const steps = Array.from({ length: SAMPLES }, () => random.below(Number(machine.steps))).sort((a, b) => a - b);
      const gas: number[] = [];
      for (const step of steps) {
        machine.run(BigInt(step));
        // the Inbox of this chain is not on L1
        if (machine.trace().instruction.op === Op.inbox) continue;
        const { inboxLimit } = machine.registers();
        const before = commit(machine);
        const witness = prove(machine, (key) => host.request(key));
        machine.step();
        expect(await prover.step(before, inboxLimit, witness), `step ${step}`).to.equal(toHex(commit(machine)));
        gas.push(await prover.transactionGas(before, inboxLimit, witness));
      }
      gas.sort((left, right) => left - right);
      const median = gas[gas.length >> 1];
      console.log(`        ${gas.length} steps: ${gas[0]} to ${gas[gas.length - 1]} gas, median ${median}`);
      // not pinned: each change of the program moves it
      expect(median).to.be.below(110_000);
    });

    /** Starts over and stops before the first step that reads data of that length. */
    function stopBefore(chain: TestChain, length: number): Machine {
      const { machine: create, host } = start(chain);
      const machine = create({
        preimage: (kind, key) => {
          const data = host.preimage(kind, key);
          if (data.length === length) throw new PreimageMissing(kind, key);
          return data;
        },
        inbox: (kind, index) => host.inbox(kind, index),
        hint: () => {},
      });
      expect(() => machine.run(1n << 40n)).to.throw(PreimageMissing);
      const there = create(host);
      there.run(machine.steps);
      return there;
    }

    /** Bytes behind the chunks hash of that many bytes: the tag and a hash for each chunk. */
    const listBytes = (length: number): number => 32 + 32 * Math.ceil(length / CHUNK);

    for (const [what, length, bound] of [
      ["a chunk of a batch", CHUNK, 300_000],
      ["the list of chunks of a batch", listBytes(MAX_BATCH_BYTES), 300_000],
      ["a chunk of a message's data", CHUNK, 300_000],
      ["the list of chunks of a message's data", listBytes(MAX_MESSAGE_BYTES), 300_000],
    ] as const)
      it(`V34 reads a word of ${what}, the largest that the Inbox takes, under 2^23 gas (point 18)`, async () => {
        const chain = new TestChain();
        // the message's batch is empty, so that the only chunks are the message's
        if (what.includes("message")) chain.addMessage({ data: random.bytes(MAX_MESSAGE_BYTES), gasLimit: 5_000_000n });
        chain.addRawBatch(random.bytes(what.includes("message") ? 0 : MAX_BATCH_BYTES));
        const machine = stopBefore(chain, length);
        const [state, { inboxLimit }, witness] = [commit(machine), machine.registers(), prove(machine)];
        expect(witness.length).to.be.greaterThan(length);
        machine.step();
        expect(await prover.step(state, inboxLimit, witness)).to.equal(toHex(commit(machine)));
        const gas = await prover.transactionGas(state, inboxLimit, witness);
        console.log(`        ${gas} gas`);
        expect(gas)
          .to.be.at.most(bound)
          .and.below(2 ** 23);
      });
  });

  describe("in the worst placement", () => {
    const host = new TestHost();
    const preimage: Instruction = placeHostCall(OP_INFO.get(Op.preimage)!, random);
    let machine: FlatMachine;
    let prover: DeployedProver;
    before(async () => {
      const program = deepestProgram([preimage]);
      machine = new FlatMachine(program, { input: random.bytes(32), inboxLimit: LIMIT, host });
      prover = await deployProver(program);
    });

    function arrangePreimage(kind: number, key: Uint8Array): { before: Uint8Array; witness: Uint8Array } {
      arrangeWorst(machine, 0, preimage, random);
      const { left, right } = HOST_POINTERS;
      machine.poke(left, key);
      const slots = new BigUint64Array([BigInt(kind), BigInt(left), 0n, BigInt(right)]);
      machine.poke(machine.state.fp + 8 * preimage.a, new Uint8Array(slots.buffer));
      return { before: commit(machine), witness: prove(machine, host.request, openElement) };
    }

    for (const [what, length, bound] of [
      ["a batch chunk of 4,096 bytes", CHUNK, 360_000],
      ["a code of 24,576 bytes", CODE, 1_200_000],
    ] as const)
      it(`reads a word of ${what}`, async () => {
        const { before, witness } = arrangePreimage(0, host.addKeccak(random.bytes(length)));
        const gas = await prover.transactionGas(before, LIMIT, witness);
        expectPinned(FILE, `host call, worst placement: word of ${what}`, gas, bound);
      });

    it("opens an element of a blob", async () => {
      const blob = new Uint8Array(BLOB_BYTES).fill(7);
      const key = host.addBlob(blob, fromHex(versionedHashOf(commitToBlob(blob))));
      const { before, witness } = arrangePreimage(PreimageKind.blob, key);
      const gas = await prover.transactionGas(before, LIMIT, witness);
      expectPinned(FILE, "host call, worst placement: element of a blob", gas, 360_000);
    });

    for (const { name, address, gas, input, answer } of largestPrecompileCalls())
      it(`V34: asks ${name} with the largest input of ${input.length} bytes`, async () => {
        const { before, witness } = arrangePreimage(1, host.addPrecompile(address, gas, input, answer));
        machine.step();
        const right = toHex(commit(machine));
        const least = await leastGas(before, witness, right);
        const used = await prover.transactionGas(before, LIMIT, witness, least);
        const calldata = (prover.encodeStep(before, LIMIT, witness).length - 2) / 2;
        console.log(`        ${gas} gas on L2: limit ${least}, used ${used}, calldata ${calldata} bytes`);
        expect(calldata).to.be.below(120_000);
        expect(Math.ceil((least * 64) / 63) + GAME_OVERHEAD, "from the game").to.be.below(TRANSACTION_GAS);
        expectPinned(
          FILE,
          `host call, worst placement: gas limit for ${name} of ${input.length} bytes`,
          least,
          15_500_000,
        );
      });

    /** The least gas limit that gives an answer; whatever the limit, an answer is the right one. */
    async function leastGas(before: Uint8Array, witness: Uint8Array, right: string): Promise<number> {
      let [low, high] = [21_000, TRANSACTION_GAS];
      expect(await prover.stepWithGas(before, LIMIT, witness, high)).to.equal(right);
      while (high - low > 1000) {
        const middle = (low + high) >> 1;
        const answer = await prover.stepWithGas(before, LIMIT, witness, middle);
        if (answer === null) low = middle;
        else {
          expect(answer, `with ${middle} gas`).to.equal(right);
          high = middle;
        }
      }
      return high;
    }
  });
});
