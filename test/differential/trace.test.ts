import { expect } from "chai";
import type { BlockHeader, Hex } from "../../protocol/types";
import { openEngine, type TraceStep } from "../../node/engine";
import { opcodeName } from "../../node/engine/opcodes";
import { SolventError } from "../../protocol/errors";
import { EMPTY_OMMERS_HASH, EMPTY_TRIE_ROOT, ZERO_HASH, toHex } from "../../protocol";
import { MemoryNodes } from "../conformance/eest/memoryNodes";
import { putState } from "../conformance/eest/preState";
import { Random } from "./support/random";
import { Reference } from "./support/reference";
import { BASE_FEE, BLOCK, CHAIN_ID, COINBASE, randomWorld } from "./support/world";

/** SOLVENT_SEED starts elsewhere. */
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const CASES = process.env.SOLVENT_FULL ? 400 : 25;

const INVALID = 0xfe;

/** What both tell of a step. */
interface Seen {
  pc: number;
  op: number;
  gas: bigint;
  depth: number;
  stack: bigint[];
  memory: Hex;
}

describe("traces against @ethereumjs/vm", () => {
  it(`show the same steps of random transactions (${CASES} states, seed ${SEED})`, async function () {
    this.timeout(300_000);
    const nodes = new MemoryNodes();
    const reference = await Reference.create(nodes);
    const engine = openEngine({ nodes, chainId: CHAIN_ID });
    let count = 0;
    let tooLong = 0;
    for (let seed = SEED; seed < SEED + CASES; seed++) {
      nodes.clear();
      const { pre, transactions } = randomWorld(new Random(seed));
      const stateRoot = putState(pre, nodes);
      const theirs: Seen[] = [];
      const end = reference.onStep(({ pc, opcode, gasLeft, depth, stack, memory }) =>
        theirs.push({ pc, op: opcode.code, gas: gasLeft, depth: depth + 1, stack: [...stack], memory: toHex(memory) }),
      );
      const { excluded, gasUsed } = await reference.run(stateRoot, transactions);
      end();
      const valid = transactions.filter((_, index) => !excluded.has(index));
      const block = { header: header(ZERO_HASH), parent: header(stateRoot), transactions: valid };
      const options = { steps: true, stack: true, memory: true, calls: true };
      const traces = whole(() => valid.map((_, index) => engine.traceTransaction(block, index, options)));
      if (traces === null) {
        tooLong++;
        continue;
      }
      const ours = traces.flatMap(({ steps }) => steps);
      requireSame(ours.map(toSeen), theirs, seed);
      requireCosts(ours, seed);
      expect(traces.reduce((sum, trace) => sum + trace.gasUsed, 0n)).to.equal(gasUsed);
      count += ours.length;
    }
    console.log(`      ${count} steps; ${tooLong} states with a trace that is longer than one may be`);
    expect(tooLong).to.be.lessThan(CASES / 20);
    expect(count).to.be.greaterThan(CASES * 50);
  });
});

/** Null where a trace would hold more than the engine lets it. */
function whole<T>(trace: () => T): T | null {
  try {
    return trace();
  } catch (error) {
    if (error instanceof SolventError && error.code === "trace-too-long") return null;
    throw error;
  }
}

/** The library has one opcode for all that are not defined. */
function toSeen({ pc, op, gas, depth, stack, memory }: TraceStep): Seen {
  return {
    pc,
    op: opcodeName(op).endsWith("not defined") ? INVALID : op,
    gas,
    depth,
    stack: stack!,
    memory: toHex(memory!),
  };
}

/**
 * Here, as in geth, code that ends without STOP has one behind its end, and memory that a call has reserved for its answer is there at
 * once; there the one has none, and the other comes when it is written.
 */
function requireSame(ours: readonly Seen[], theirs: readonly Seen[], seed: number): void {
  let at = 0;
  ours.forEach((step, i) => {
    const other = theirs[at];
    if (step.op === 0 && (other?.op !== 0 || other.pc !== step.pc)) return;
    const memory = other?.memory.padEnd(step.memory.length, "0");
    expect(step, `seed ${seed}, step ${i}`).to.deep.equal({ ...other, memory });
    at += 1;
  });
  expect(at).to.equal(theirs.length);
}

/** Within a frame the gas of a step is that of the step before less its cost, but for what calls give back. */
function requireCosts(steps: readonly TraceStep[], seed: number): void {
  steps.forEach((step, i) => {
    const next = steps[i + 1];
    if (
      next !== undefined &&
      next.depth === step.depth &&
      step.error === undefined &&
      !isCall(step.op) &&
      !isEnd(step.op)
    )
      expect(next.gas, `seed ${seed}, step ${i}`).to.equal(step.gas - step.gasCost);
  });
}

const isCall = (op: number): boolean => op >= 0xf0 && op !== 0xf3 && op !== 0xfd && op !== 0xff;
const isEnd = (op: number): boolean => [0x00, 0xf3, 0xfd, 0xff].includes(op);

function header(stateRoot: Hex): BlockHeader {
  return {
    parentHash: ZERO_HASH,
    sha3Uncles: EMPTY_OMMERS_HASH,
    miner: COINBASE,
    stateRoot,
    transactionsRoot: EMPTY_TRIE_ROOT,
    receiptsRoot: EMPTY_TRIE_ROOT,
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: 0n,
    number: Number(BLOCK.number),
    gasLimit: BLOCK.gasLimit,
    gasUsed: 0n,
    timestamp: Number(BLOCK.timestamp),
    extraData: "0x",
    mixHash: ZERO_HASH,
    nonce: "0x0000000000000000",
    baseFeePerGas: BASE_FEE,
    excessBlobGas: 0n,
  };
}
