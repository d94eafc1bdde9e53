import type { ComponentChildren } from "preact";
import { count } from "../format";
import { Facts, Hash, Table } from "../parts/parts";
import type { Explained, Proof, RegistersJson } from "./proof";

const PARTS = {
  registers: "registers",
  code: "instruction and its path",
  leaves: "memory leaves",
  hostData: "data of a preimage",
  siblings: "paths of the leaves",
} as const;

/** What the registers of the machine hold. */
const REGISTERS: Readonly<Record<string, string>> = {
  pc: "pc: the next instruction",
  fp: "fp: where the function’s frame is in memory",
  status: "status",
  input: "input: the output root before the block",
  output: "output: the root behind it, zero until the end",
  batchCount: "batchCount: batches that the run may read",
  delayedCount: "delayedCount: messages that it may read",
};

/** One instruction that L1 executed: source, code, registers, memory and cost. */
export function StepFacts({
  proof: { explained, gas, witnessBytes, calldataGas },
  claims,
  outcome,
}: {
  proof: Proof;
  /** Who claimed which state after it, and what L1 made of that. */
  claims: readonly ComponentChildren[][];
  /** What became of them when L1 executed it. */
  outcome: ComponentChildren;
}) {
  const { afterHash } = explained;
  const own = afterHash === null ? "answered it from its own inbox or precompile" : <Hash value={afterHash} />;
  return (
    <>
      <Source explained={explained} />
      <h3>What each side claimed, and what L1 got</h3>
      <Table
        label="claims"
        wraps
        head={["who", "claims this machine hash after the step", "L1’s verdict"]}
        rows={[...claims, ["L1, executing it", own, outcome]]}
      />
      <h3>Registers</h3>
      <Registers before={explained.before} after={explained.after} />
      {explained.leaves.length > 0 && (
        <>
          <h3>Memory that it touched</h3>
          <Table
            label="memory leaves"
            wraps
            head={["leaf", "before", "after"]}
            rows={explained.leaves.map(({ index, before, after }) => [
              `${count(index)} (byte ${count(32 * index)})`,
              <code class="long">{before}</code>,
              before === after ? "the same" : <code class="long changed">{after}</code>,
            ])}
          />
        </>
      )}
      <h3>What the proof costs</h3>
      <Facts
        rows={[
          ["witness", `${count(witnessBytes)} bytes`],
          ...Object.entries(PARTS).map(
            ([part, name]) => [`- ${name}`, `${count(explained.bytes[part as keyof typeof PARTS])} bytes`] as const,
          ),
          ["gas", count(gas)],
          ["- base fee of a transaction", count(21_000)],
          ["- calldata", count(calldataGas)],
          ["- execution", count(Math.max(0, gas - 21_000 - calldataGas))],
        ]}
      />
    </>
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
            {explained.function !== null && (
              <span class="quiet">in {explained.function.replace(/^func (?=\d)/, "wasm function ")}</span>
            )}
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
        The instruction, in the flat code that L1 executes{" "}
        <span class="quiet">
          made of <code>{wasmBytes}</code>, byte {count(wasmOffset)} of the wasm module
        </span>
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
      wraps
      head={["register", "before", "after"]}
      rows={Object.entries(before).map(([name, value]) => {
        const next = after?.[name];
        const isSame = next === value;
        return [
          REGISTERS[name] ?? name,
          <code class="long">{value}</code>,
          next === undefined ? "?" : isSame ? "the same" : <code class="long changed">{next}</code>,
        ];
      })}
    />
  );
}
