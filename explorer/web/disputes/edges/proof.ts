import { QUEUE_ABI } from "../../../../games/edges/abi";
import { edgeId } from "../../../../games/edges/place";
import type { At } from "../../../../games/edges/types";
import { fromHex } from "../../../../protocol/bytes";
import type { Hex } from "../../../../protocol/types";
import { useQuery, type Query } from "../../live";
import { costOf } from "./follow";
import type { SeenMove } from "./history";

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

/** A proof never changes: it is read once. */
const known = new Map<string, Promise<Proof>>();

/** The proof that a `StepProven` recorded. */
export function useProof({ transaction, event }: SeenMove): Query<Proof> {
  const id = event.kind === "StepProven" ? event.id : "0x";
  const key = `proof ${transaction} ${id}`;
  return useQuery(key, () => {
    let proof = known.get(key);
    if (proof === undefined) {
      known.set(key, (proof = readProof(transaction, id)));
      proof.catch(() => known.delete(key));
    }
    return proof;
  });
}

/** What the step changes: registers and leaves, `name before -> after`. */
export function changesOf({ before, after, leaves }: Explained): string[] {
  const registers = Object.entries(after ?? {}).flatMap(([name, value]) =>
    value === before[name] ? [] : [`${name} ${before[name]} → ${value}`],
  );
  const changed = leaves.filter((leaf) => leaf.before !== leaf.after);
  return [...registers, ...changed.map(({ index, after: bytes }) => `memory at byte ${32 * index} → ${bytes}`)];
}

async function readProof(transaction: Hex, id: Hex): Promise<Proof> {
  const { input, gasUsed } = await costOf(transaction);
  const witness = witnessIn(input, id);
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

/** The witness of the step with that edge id, in a call of the queue or in its multicall. */
function witnessIn(input: string, id: Hex): Hex | null {
  const call = QUEUE_ABI.parseTransaction({ data: input });
  if (call === null) return null;
  if (call.name === "multicall") {
    for (const inner of call.args.data as string[]) {
      const found = witnessIn(inner, id);
      if (found !== null) return found;
    }
    return null;
  }
  if (call.name !== "proveStep") return null;
  const { place, root, witness } = call.args.toObject() as {
    place: Record<keyof At, unknown>;
    root: Hex;
    witness: Hex;
  };
  const at: At = {
    level: Number(place.level) as At["level"],
    origin: place.origin as Hex,
    height: Number(place.height),
    index: Number(place.index),
    prefix: place.prefix as Hex,
    claim: place.claim as Hex,
  };
  return edgeId(at, root) === id ? witness : null;
}
