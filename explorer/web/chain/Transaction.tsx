import { useState } from "preact/hooks";
import { l1, node, useQuery } from "../live";
import type { RpcSocket } from "../rpc";
import { count, plural, units } from "../format";
import { Account, Badge, Bytes, Facts, Link, Loaded, Section } from "../parts/parts";
import type { Place } from "../router";
import { addAbi, decodeCall, decodeLog, decodeRevert, type Decoded } from "./abi";
import { StateChange } from "./StateChange";
import type { RpcLog, RpcReceipt, RpcTransaction } from "./types";

/** Transaction types by the proposal that made them. */
const TYPES: Readonly<Record<number, string>> = {
  0: "legacy (type 0)",
  1: "with an access list (type 1, EIP-2930)",
  2: "with a priority fee (type 2, EIP-1559)",
  4: "sets code (type 4, EIP-7702)",
  0x7e: "message from L1",
};

/** A frame of `callTracer`. */
interface Frame {
  type: string;
  from: string;
  to?: string;
  value?: string;
  gas: string;
  gasUsed: string;
  input: string;
  output?: string;
  error?: string;
  calls?: Frame[];
}

interface Found {
  layer: "L1" | "L2";
  socket: RpcSocket;
  transaction: RpcTransaction;
  receipt: RpcReceipt | null;
}

/** One transaction of either layer: what it called, what it said, what it cost. */
export function Transaction({ place }: { place: Place }) {
  const hash = place.parts[1] ?? "";
  const [abis, setAbis] = useState(0);
  const found = useQuery(`tx ${hash}`, () => find(hash), ["l2", "l1"]);
  return (
    <>
      <h1>Transaction{found.data ? ` on ${found.data.layer}` : ""}</h1>
      <Loaded query={found}>
        {(data) =>
          data === null ? (
            <p>Neither L2 nor L1 has this transaction, or not yet.</p>
          ) : (
            <>
              <Summary found={data} />
              <Input key={`input ${abis}`} transaction={data.transaction} />
              {data.receipt !== null && <Logs key={`logs ${abis}`} hash={hash} logs={data.receipt.logs} />}
              <StateChange found={data} />
              <Calls key={`calls ${abis}`} found={data} />
              <DropAbi onAdded={() => setAbis(abis + 1)} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

async function find(hash: string): Promise<Found | null> {
  if (!/^0x[0-9a-f]{64}$/.test(hash)) return null;
  for (const [layer, socket] of [["L2", node] as const, ...(l1 === null ? [] : [["L1", l1] as const])]) {
    const transaction = await socket.send<RpcTransaction | null>("eth_getTransactionByHash", [hash]).catch(() => null);
    if (transaction === null) continue;
    const receipt = await socket.send<RpcReceipt | null>("eth_getTransactionReceipt", [hash]);
    return { layer, socket, transaction, receipt };
  }
  return null;
}

function Summary({ found: { layer, transaction, receipt } }: { found: Found }) {
  const { hash, from, to, value, nonce, type, gas, blockNumber, mint } = transaction;
  return (
    <Facts
      rows={[
        ["hash", <code class="long">{hash}</code>],
        [
          "state",
          receipt === null ? (
            <Badge kind="open">waits in the pool</Badge>
          ) : receipt.status === "0x1" ? (
            <Badge kind="good">succeeded</Badge>
          ) : (
            <Badge kind="bad">reverted</Badge>
          ),
        ],
        receipt === null
          ? null
          : [
              "block",
              layer === "L2" ? (
                <Link href={`/block/${Number(blockNumber)}`}>{count(Number(blockNumber))}</Link>
              ) : (
                `${count(Number(blockNumber))} of L1`
              ),
            ],
        ["from", <Account value={from} />],
        [
          "to",
          receipt?.contractAddress ? (
            <>
              new contract <Account value={receipt.contractAddress} />
            </>
          ) : (
            <Account value={to} />
          ),
        ],
        ["value", `${units(value)} ether`],
        mint === undefined || mint === "0x0" ? null : ["minted on L2", `${units(mint)} ether`],
        ["nonce", count(Number(nonce))],
        ["kind", TYPES[Number(type)] ?? `type ${Number(type)}`],
        receipt === null
          ? null
          : [
              "gas",
              `${count(Number(receipt.gasUsed))} of ${count(Number(gas))} at ${units(receipt.effectiveGasPrice ?? "0x0", 9)} gwei: ` +
                `${units(BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice ?? 0))} ether`,
            ],
      ]}
    />
  );
}

function Input({ transaction: { input, to } }: { transaction: RpcTransaction }) {
  const decoded = useQuery(`call ${input.slice(0, 200)}`, () => decodeCall(input));
  if (input === "0x") return <></>;
  return (
    <Section title={to === null ? "Code of the new contract" : "Calldata"}>
      <Loaded query={decoded}>{(call) => (call === null ? <></> : <DecodedTable decoded={call} />)}</Loaded>
      <Bytes value={input.length > 20_000 ? `${input.slice(0, 20_000)}…` : input} label="calldata in hex" />
      <p class="quiet">{count((input.length - 2) / 2)} bytes</p>
    </Section>
  );
}

function DecodedTable({ decoded }: { decoded: Decoded }) {
  return (
    <>
      <p>
        <strong>{decoded.name}</strong> <span class="quiet">as {decoded.contract} has it</span>
      </p>
      <Facts
        rows={decoded.arguments.map(({ name, type, value }) => [
          `${name} (${type.length > 16 ? "tuple" : type})`,
          value.length > 600 ? `${value.slice(0, 600)}… (${count(value.length)} characters)` : value,
        ])}
      />
    </>
  );
}

function Logs({ hash, logs }: { hash: string; logs: readonly RpcLog[] }) {
  const decoded = useQuery(`logs ${hash}`, () => Promise.all(logs.map(decodeLog)));
  return (
    <Section title={logs.length === 0 ? "Logs" : plural(logs.length, "log")}>
      {logs.length === 0 && <p class="quiet">none</p>}
      {logs.map((log, i) => (
        <div key={log.logIndex}>
          <p>
            <Account value={log.address} />
          </p>
          {decoded.data?.[i] ? (
            <DecodedTable decoded={decoded.data[i]} />
          ) : (
            <Bytes value={[...log.topics, log.data].join("\n")} label="topics and data in hex" />
          )}
        </div>
      ))}
    </Section>
  );
}

function Calls({ found: { socket, transaction } }: { found: Found }) {
  const { hash } = transaction;
  const trace = useQuery(`trace ${hash}`, () =>
    socket.send<Frame>("debug_traceTransaction", [hash, { tracer: "callTracer" }]),
  );
  return (
    <Section title="Calls">
      <Loaded query={trace}>
        {(frame) =>
          frame.type === undefined ? (
            <p class="quiet">This node traces no calls.</p>
          ) : (
            <ul class="tree">
              <CallRow frame={frame} depth={0} />
            </ul>
          )
        }
      </Loaded>
    </Section>
  );
}

/** Calls are drawn so deep, and so many of one caller. */
const DEEPEST = 24;
const MOST_CALLS = 100;

function CallRow({ frame, depth }: { frame: Frame; depth: number }) {
  const { type, to, value, gasUsed, input, error, output, calls = [] } = frame;
  const call = useQuery(`call ${input.slice(0, 200)}`, () => decodeCall(input));
  const reason = useQuery(`revert ${error} ${output?.slice(0, 200)}`, () =>
    error === undefined ? Promise.resolve("") : decodeRevert(output ?? "0x"),
  );
  const selector = input === "0x" ? "" : input.slice(0, 10);
  return (
    <li>
      {type} {to === undefined ? "new contract" : <Account value={to} />}{" "}
      <strong>{type.startsWith("CREATE") ? "" : (call.data?.name ?? selector)}</strong>{" "}
      {value !== undefined && BigInt(value) > 0n && `${units(value)} ether, `}
      <span class="quiet">{count(Number(gasUsed))} gas</span>{" "}
      {error !== undefined && (
        <span class="failure">
          {error}: {reason.data}
        </span>
      )}
      {calls.length > 0 && depth < DEEPEST && (
        <ul>
          {calls.slice(0, MOST_CALLS).map((inner, i) => (
            <CallRow key={i} frame={inner} depth={depth + 1} />
          ))}
          {calls.length > MOST_CALLS && <li class="quiet">and {calls.length - MOST_CALLS} more</li>}
        </ul>
      )}
    </li>
  );
}

function DropAbi({ onAdded }: { onAdded: () => void }) {
  const [said, setSaid] = useState("");
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      addAbi(file.name.replace(/\.json$/, ""), await file.text());
      setSaid(`${file.name} is known in this browser from now on`);
      onAdded();
    } catch (error) {
      setSaid(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <Section title="Decode with another ABI">
      <div
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          void take(event.dataTransfer?.files[0]);
        }}
      >
        <label for="abi">A compiler’s JSON, chosen or dropped here; it stays in this browser. </label>
        <input id="abi" type="file" accept=".json" onChange={(event) => void take(event.currentTarget.files?.[0])} />
        <p role="status">{said}</p>
      </div>
      <p class="quiet">Calldata is decoded by its first four bytes; a contract may mean something else by them.</p>
    </Section>
  );
}
