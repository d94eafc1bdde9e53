import { QUEUE_ABI } from "../../../../games/edges/abi";
import { edgeId } from "../../../../games/edges/place";
import type { GameReplica } from "../../../../games/edges/replica";
import type { At } from "../../../../games/edges/types";
import { fromHex } from "../../../../protocol/bytes";
import type { Hex } from "../../../../protocol/types";
import { count } from "../../format";
import { useQuery } from "../../live";
import { Account, Badge, Facts, Hash, Loaded, Section, Table } from "../../parts/parts";
import { costOf } from "./follow";
import { placeOf, sidesOf, type EdgesHistory, type SeenMove } from "./history";
import { stepName } from "./words";

/** What the page's server makes of a witness. */
interface Explained {
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

type RegistersJson = Record<string, number | string>;

const PARTS = {
  registers: "registers",
  code: "instruction and its path",
  leaves: "memory leaves",
  hostData: "data of a preimage",
  siblings: "paths of the leaves",
} as const;

/** The one instruction that L1 executed: source, code, registers, memory, claims, verdict, cost. */
export function Step({ history, move, replica }: { history: EdgesHistory; move: SeenMove; replica: GameReplica }) {
  const id = move.event.kind === "StepProven" ? move.event.id : "0x";
  const proof = useQuery(`proof ${move.transaction} ${id}`, () => readProof(move.transaction, id));
  const leaf = replica.edge(id);
  if (leaf === undefined) return <></>;
  const rivals = [...replica.edges.values()].filter(({ mutualId }) => mutualId === leaf.mutualId);
  return (
    <Section title="The disputed step">
      <p>This is {stepName(placeOf(history.at(history.moves.length), leaf))}.</p>
      <Loaded query={proof}>
        {({ explained, gas, witnessBytes, calldataGas }) => (
          <>
            <Source explained={explained} />
            <h3>What each side claimed, and what L1 got</h3>
            <Table
              label="claims"
              head={["who", "claims this machine hash after the step", "L1’s verdict"]}
              rows={[
                ...rivals.map((rival) => [
                  <>
                    {sidesOf(replica, rival.id).map((account) => (
                      <Account key={account} value={account} />
                    ))}
                  </>,
                  <Hash value={rival.root} />,
                  rival.status === "proven" ? <Badge kind="good">true</Badge> : <Badge kind="bad">false</Badge>,
                ]),
                [
                  "L1, executing it",
                  explained.afterHash === null ? (
                    "answered it from its own inbox or precompile"
                  ) : (
                    <Hash value={explained.afterHash} />
                  ),
                  <>
                    gave the state of{" "}
                    {sidesOf(replica, id).map((account) => (
                      <Account key={account} value={account} />
                    ))}
                  </>,
                ],
              ]}
            />
            <h3>Registers</h3>
            <Registers before={explained.before} after={explained.after} />
            {explained.leaves.length > 0 && (
              <>
                <h3>Memory that it touched</h3>
                <Table
                  label="memory leaves"
                  head={["leaf", "before", "after"]}
                  rows={explained.leaves.map(({ index, before, after }) => [
                    `${count(index)} (byte ${count(32 * index)})`,
                    <code>{before}</code>,
                    before === after ? "the same" : <code class="changed">{after}</code>,
                  ])}
                />
              </>
            )}
            <h3>What the proof costs</h3>
            <Facts
              rows={[
                ["witness", `${count(witnessBytes)} bytes`],
                ...Object.entries(PARTS).map(
                  ([part, name]) =>
                    [`- ${name}`, `${count(explained.bytes[part as keyof typeof PARTS])} bytes`] as const,
                ),
                ["gas", count(gas)],
                ["- base fee of a transaction", count(21_000)],
                ["- calldata", count(calldataGas)],
                ["- execution", count(Math.max(0, gas - 21_000 - calldataGas))],
              ]}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function Source({ explained }: { explained: Explained }) {
  const { place, source, flat, pc, wasmBytes, wasmOffset } = explained;
  return (
    <>
      {place === null ? (
        <p class="quiet">
          No source line is known: the program was built without a map, or the compiler made this code.
        </p>
      ) : (
        <>
          <h3>
            <code>
              {place.file}:{place.line}
            </code>{" "}
            {explained.function !== null && <span class="quiet">in {explained.function}</span>}
          </h3>
          <pre class="source" tabIndex={0} aria-label="source line with its neighbours">
            {source.map(({ line, text }) => (
              <span key={line} class={line === place.line ? "here" : undefined}>
                {String(line).padStart(5)} {line === place.line ? "▶" : " "} {text}
              </span>
            ))}
          </pre>
        </>
      )}
      <h3>
        The instruction, in the flat code that L1 executes; in the wasm module byte {count(wasmOffset)}:{" "}
        <code>{wasmBytes}</code>
      </h3>
      <pre class="source" tabIndex={0} aria-label="flat instruction with its neighbours">
        {flat.map((line) => (
          <span key={line.pc} class={line.pc === pc ? "here" : undefined}>
            {String(line.pc).padStart(7)} {line.pc === pc ? "▶" : " "} {line.text}
          </span>
        ))}
      </pre>
    </>
  );
}

function Registers({ before, after }: { before: RegistersJson; after: RegistersJson | null }) {
  return (
    <Table
      label="registers"
      head={["register", "before", "after"]}
      rows={Object.entries(before).map(([name, value]) => {
        const next = after?.[name];
        const isSame = next === value;
        return [
          name,
          <code>{value}</code>,
          next === undefined ? "?" : isSame ? "the same" : <code class="changed">{next}</code>,
        ];
      })}
    />
  );
}

async function readProof(transaction: Hex, id: Hex) {
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
