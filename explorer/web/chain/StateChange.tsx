import { useQuery } from "../live";
import { RpcFailure, type RpcSocket } from "../rpc";
import { count, units } from "../format";
import { Account, Loaded, Section, Table } from "../parts/parts";
import type { RpcTransaction } from "./types";

/** What `prestateTracer` says of one account; what it leaves out is as it was. */
interface AccountState {
  balance?: string;
  nonce?: number;
  code?: string;
  storage?: Record<string, string>;
}

/** Its answer in diff mode. */
interface Diff {
  pre: Record<string, AccountState>;
  post: Record<string, AccountState>;
}

/** One thing that a transaction changed. */
interface Change {
  account: string;
  what: string;
  before: string;
  after: string;
}

/** Storage slots that are listed, at most. */
const MOST_ROWS = 200;

/** What a transaction left different: balances, nonces, code and storage, before and after. */
export function StateChange({
  found: { socket, transaction },
}: {
  found: { socket: RpcSocket; transaction: RpcTransaction };
}) {
  const { hash, blockNumber } = transaction;
  const changes = useQuery(`state change ${hash} ${blockNumber}`, () => readChanges(socket, hash));
  return (
    <Section title="State difference">
      <Loaded query={changes}>
        {(list) =>
          list === null ? (
            <p class="quiet">This node does not say what a transaction changes (prestateTracer).</p>
          ) : (
            <>
              <Table
                label="state difference"
                head={["account", "what", "before", "after"]}
                rows={list
                  .slice(0, MOST_ROWS)
                  .map(({ account, what, before, after }) => [
                    <Account value={account} />,
                    what.startsWith("0x") ? <code title={what}>slot {shortWord(what)}</code> : what,
                    <Value text={before} />,
                    <Value text={after} />,
                  ])}
                empty="it changes nothing"
              />
              {list.length > MOST_ROWS && <p class="quiet">and {count(list.length - MOST_ROWS)} more</p>}
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Value({ text }: { text: string }) {
  return text.startsWith("0x") ? <code title={text}>{shortWord(text)}</code> : <>{text}</>;
}

async function readChanges(socket: RpcSocket, hash: string): Promise<Change[] | null> {
  try {
    const options = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };
    const diff = await socket.send<Partial<Diff>>("debug_traceTransaction", [hash, options]);
    return diff.pre === undefined || diff.post === undefined ? null : changesIn(diff as Diff);
  } catch (error) {
    if (error instanceof RpcFailure) return null;
    throw error;
  }
}

function changesIn({ pre, post }: Diff): Change[] {
  const accounts = [...new Set([...Object.keys(pre), ...Object.keys(post)])];
  return accounts.flatMap((account) => {
    const [before, after] = [pre[account] ?? {}, post[account] ?? {}];
    const isGone = post[account] === undefined;
    const rows: Change[] = [];
    const add = (what: string, one: string | undefined, other: string | undefined, empty: string): void => {
      const [from, to] = [one ?? empty, other ?? (isGone ? empty : (one ?? empty))];
      if (from !== to) rows.push({ account, what, before: from, after: to });
    };
    const ether = (value: string | undefined): string | undefined =>
      value === undefined ? undefined : `${units(value)} ether`;
    const bytes = (code: string | undefined): string | undefined =>
      code === undefined ? undefined : `${count((code.length - 2) / 2)} bytes`;
    add("balance", ether(before.balance), ether(after.balance), "0 ether");
    add("nonce", before.nonce?.toString(), after.nonce?.toString(), "0");
    add("code", bytes(before.code), bytes(after.code), "0 bytes");
    // Of a slot that became zero, or was zero before, only one side is told.
    for (const slot of new Set([...Object.keys(before.storage ?? {}), ...Object.keys(after.storage ?? {})]))
      rows.push({
        account,
        what: slot,
        before: before.storage?.[slot] ?? "0x0",
        after: after.storage?.[slot] ?? "0x0",
      });
    return rows;
  });
}

/** A word without its leading zeros; long ones shortened. */
function shortWord(word: string): string {
  const digits = word.slice(2).replace(/^0+(?=.)/, "");
  return digits.length <= 24 ? `0x${digits}` : `0x${digits.slice(0, 10)}…${digits.slice(-8)}`;
}
