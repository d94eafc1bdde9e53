import type { Interface, TransactionDescription } from "ethers";
import { fromHex } from "../../../protocol/bytes";
import type { Hex } from "../../../protocol/types";
import { count } from "../format";
import { useQuery, type Query } from "../live";
import { costOf } from "./follow";

/** What the page's server makes of a witness. */
export interface Explained {
  pc: number;
  flat: { pc: number; text: string }[];
  wasmOffset: number;
  wasmBytes: string;
  function: string | null;
  place: { file: string; line: number } | null;
  source: { line: number; text: string }[];
  before: RegistersJson;
  after: RegistersJson | null;
  leaves: { index: number; before: string; after: string }[];
  bytes: Record<"registers" | "code" | "leaves" | "hostData" | "siblings", number>;
  beforeHash: string;
  afterHash: string | null;
}

export type RegistersJson = Record<string, number | string>;

/** A witness in words, and what sending it took. */
export interface Proof {
  explained: Explained;
  gas: number;
  witnessBytes: number;
  calldataGas: number;
}

/** Where a proof stands in L1's transactions. */
export interface ProofSource {
  transaction: Hex;
  /** What tells it from others in the same transaction. */
  key: string;
  abi: Interface;
  /** The witness of a call that is this proof; null for another call. */
  pick(call: TransactionDescription): Hex | null;
}

/** A proof never changes: it is read once. */
const known = new Map<string, Promise<Proof>>();

/** The proof that an event of L1 tells of. */
export function useProof(source: ProofSource): Query<Proof> {
  const key = `proof ${source.transaction} ${source.key}`;
  return useQuery(key, () => {
    let proof = known.get(key);
    if (proof === undefined) {
      known.set(key, (proof = readProof(source)));
      proof.catch(() => known.delete(key));
    }
    return proof;
  });
}

/** What the step changes: registers with what they were, and leaves; and what each becomes. */
export function changesOf({ before, after, leaves }: Explained): { what: string; becomes: string }[] {
  const registers = Object.entries(after ?? {}).flatMap(([name, value]) =>
    value === before[name] ? [] : [{ what: `${name} ${before[name]}`, becomes: String(value) }],
  );
  const changed = leaves.filter((leaf) => leaf.before !== leaf.after);
  const leafOf = (index: number): string => `memory at byte ${count(32 * index)}`;
  return [...registers, ...changed.map(({ index, after: bytes }) => ({ what: leafOf(index), becomes: String(bytes) }))];
}

/** The first call of the queue that `pick` wants something of, alone or in a multicall. */
export function findCall<T>(abi: Interface, input: string, pick: (call: TransactionDescription) => T | null): T | null {
  const call = abi.parseTransaction({ data: input });
  if (call === null) return null;
  if (call.name !== "multicall") return pick(call);
  for (const inner of call.args.data as string[]) {
    const found = findCall(abi, inner, pick);
    if (found !== null) return found;
  }
  return null;
}

async function readProof({ transaction, abi, pick }: ProofSource): Promise<Proof> {
  const { input, gasUsed } = await costOf(transaction);
  const witness = findCall(abi, input, pick);
  if (witness === null)
    throw new Error("the proof stands in an inner call of its transaction: its witness is not in the calldata");
  const response = await fetch("/step", { method: "POST", body: fromHex(witness) as Uint8Array<ArrayBuffer> });
  if (!response.ok) throw new Error(await response.text());
  const bytes = fromHex(input);
  const zeros = bytes.filter((byte) => byte === 0).length;
  return {
    explained: (await response.json()) as Explained,
    gas: gasUsed,
    witnessBytes: witness.length / 2 - 1,
    calldataGas: 4 * zeros + 16 * (bytes.length - zeros),
  };
}
