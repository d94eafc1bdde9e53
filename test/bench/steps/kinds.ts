import { toHex } from "../../../protocol";
import { TestChain } from "../../vm/support/chain";
import { assemble } from "./assembler";
import { TARGET, runBlock } from "./measure";

/** What one more transaction of a kind costs in a block. */
export type KindCost = { name: string; steps: number; gas: number };

type Kind = { name: string; code?: string; add(chain: TestChain, index: number): Promise<Uint8Array | null> };

const COUNT = 20;
const fresh = (index: number): string => `0x${(0xfeed_0000 + index).toString(16).padStart(40, "0")}`;
/** Returns 1,024 bytes of code. */
const CREATION = toHex(assemble("1024 0 RETURN"));

const KINDS: Kind[] = [
  ...[0, 1, 2].map((type) => ({
    name: `transfer, type ${type}`,
    add: (chain: TestChain) => chain.sign({ type, to: TARGET, value: 1n, gasLimit: 21_000n }),
  })),
  { name: "transfer to a new account", add: (chain, i) => chain.sign({ to: fresh(i), value: 1n, gasLimit: 21_000n }) },
  {
    name: "transfer with 1,000 bytes of calldata",
    add: (chain) => chain.sign({ to: TARGET, data: `0x${"a7".repeat(1000)}` }),
  },
  {
    name: "call that counts a slot up and logs it",
    code: "0 SLOAD 1 ADD DUP1 0 SSTORE 0 MSTORE 7 32 0 LOG1",
    add: call,
  },
  { name: "call that fills a new slot", code: "0 SLOAD 1 ADD DUP1 0 SSTORE DUP1 SSTORE", add: call },
  { name: "reverted call", code: "1 0 SSTORE 0 0 REVERT", add: call },
  { name: "creation of a contract of 1,024 bytes", add: (chain) => chain.sign({ data: CREATION }) },
  { name: "deposit", add: async (chain) => (chain.addMessage(), null) },
];

function call(chain: TestChain): Promise<Uint8Array> {
  return chain.sign({ to: TARGET });
}

/** Steps and gas of one more transaction of each kind, from blocks of `COUNT` and of twice as many. */
export async function measureKinds(): Promise<KindCost[]> {
  const costs: KindCost[] = [];
  for (const kind of KINDS) {
    const [less, more] = [await runKind(kind, COUNT), await runKind(kind, 2 * COUNT)];
    const gas = Number(more.gasUsed - less.gasUsed) / COUNT;
    costs.push({ name: kind.name, steps: Number(more.steps - less.steps) / COUNT, gas });
  }
  return costs;
}

async function runKind({ code, add }: Kind, count: number): Promise<{ steps: bigint; gasUsed: bigint }> {
  const chain = new TestChain(code === undefined ? {} : { [TARGET]: { code: toHex(assemble(code)) } });
  const transactions: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    const transaction = await add(chain, i);
    if (transaction !== null) transactions.push(transaction);
  }
  chain.addBatch([transactions], chain.delayedCount);
  return runBlock(chain);
}
