import type { FunctionFragment } from "ethers";
import { l1, node, roleOf, useQuery } from "../live";
import { RpcFailure } from "../rpc";
import { count, units } from "../format";
import { Account, Badge, Bytes, Facts, Loaded, Section, Table } from "../parts/parts";
import type { Place } from "../router";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import { quantity } from "../../../protocol/quantity";
import { answersOf, knownAbis, type Answer } from "./abi";
import { TransactionTable } from "./blocks";
import { withUnit } from "./withUnit";
import type { RpcBlock, RpcTransaction, SystemConfig } from "./types";

const L2_ABIS: Readonly<Record<string, string>> = {
  l2Bridge: "L2Bridge",
  feeVault: "FeeVault",
  tokenFactory: "L2TokenFactory",
  l1BlockInfo: "L1BlockInfo",
  messagePasser: "MessagePasser",
};
const L1_ABIS = { inbox: "Inbox", portal: "Portal", tokenBridge: "TokenBridge", queue: "StateRootQueue" } as const;
/** Contract of a queue by the type of game that it names (`games/registry.ts`). */
const QUEUES: Readonly<Record<string, string>> = { 100: "StateRootQueue", 101: "ClaimsQueue", 102: "TournamentQueue" };
/** Blocks that are looked through where the node keeps no list by address. */
const LOOKED_THROUGH = 100;
/** Transactions that are shown, and blocks at the head that are searched again, because they may still change. */
const MOST_FOUND = 25;
const UNSETTLED = 64;

interface Found {
  l1: { balance: string; nonce: string; code: string } | null;
  l2: { balance: string; nonce: string; code: string };
  /** Which of the product's contracts it is. */
  role: { layer: "L1" | "L2"; name: string; abi: string | null } | null;
}

/** An account or contract, on both layers. */
export function Address({ place }: { place: Place }) {
  const address = (place.parts[1] ?? "").toLowerCase();
  if (!/^0x[0-9a-f]{40}$/.test(address)) return <p class="failure">{address} is no address</p>;
  return <AddressPage address={address} />;
}

function AddressPage({ address }: { address: string }) {
  const account = useQuery(`address ${address}`, () => read(address), ["l2", "l1"]);
  const party = roleOf(address);
  return (
    <>
      <h1>Address</h1>
      <p>
        <code class="long">{address}</code>
      </p>
      <Loaded query={account}>
        {(found) => (
          <>
            {party !== null && (
              <p>
                <Badge kind="plain">{party} of this devnet</Badge>
              </p>
            )}
            {found.role !== null && (
              <p>
                <Badge kind="plain">
                  {found.role.name} on {found.role.layer}
                </Badge>
              </p>
            )}
            <Table
              label="balances"
              head={["layer", "ether", "nonce", "code"]}
              rows={(["l2", "l1"] as const).flatMap((layer) => {
                const side = found[layer];
                if (side === null) return [];
                const size = (side.code.length - 2) / 2;
                return [
                  [
                    layer.toUpperCase(),
                    units(side.balance),
                    count(Number(side.nonce)),
                    size === 0 ? "none" : `${count(size)} bytes`,
                  ],
                ];
              })}
            />
            {found.role?.abi && <Views address={address} role={found.role} abi={found.role.abi} />}
            {found.l2.code !== "0x" && (
              <Section title="Code on L2">
                <Bytes value={found.l2.code} label="code in hex" />
              </Section>
            )}
          </>
        )}
      </Loaded>
      <Transactions address={address} />
    </>
  );
}

/** What a contract answers to questions without arguments. */
function Views({ address, role, abi }: { address: string; role: { layer: string }; abi: string }) {
  const socket = role.layer === "L1" ? l1! : node;
  const values = useQuery(
    `views ${address}`,
    async () => {
      const found = (await knownAbis()).get(abi);
      const asked: FunctionFragment[] = [];
      found?.forEachFunction((fragment) => {
        if (fragment.constant && fragment.inputs.length === 0 && fragment.outputs.length > 0) asked.push(fragment);
      });
      return Promise.all(
        asked.map(async ({ name, outputs }) => {
          try {
            const data = found!.encodeFunctionData(name);
            const result = await socket.send<string>("eth_call", [{ to: address, data }, "latest"]);
            return [
              name,
              <Answers name={name} parts={answersOf(outputs, found!.decodeFunctionResult(name, result))} />,
            ] as const;
          } catch (error) {
            return [name, error instanceof Error ? error.message : String(error)] as const;
          }
        }),
      );
    },
    role.layer === "L1" ? ["l1"] : ["l2"],
  );
  return (
    <Section title={`What ${abi} answers`}>
      <p class="quiet">Numbers without a unit are as the contract has them.</p>
      <Loaded query={values}>{(rows) => <Facts rows={rows} />}</Loaded>
    </Section>
  );
}

/** Addresses lead to their pages; amounts and times of the product's own contracts have their units. */
function Answers({ name, parts }: { name: string; parts: readonly Answer[] }) {
  return (
    <>
      {parts.map((part, i) => (
        <span key={i}>
          {i > 0 && ", "}
          {part.name !== "" && `${part.name}: `}
          {part.type === "address" && !/^0x0*$/.test(part.text) ? (
            <Account value={part.text} />
          ) : (
            withUnit(name, part.text)
          )}
        </span>
      ))}
    </>
  );
}

function Transactions({ address }: { address: string }) {
  const list = useQuery(`transactions of ${address}`, () => transactionsOf(address), ["l2"]);
  return (
    <Section title="Transactions on L2">
      <Loaded query={list}>
        {({ transactions, note }) => (
          <>
            <TransactionTable list={transactions} />
            {note !== null && <p class="quiet">{note}</p>}
          </>
        )}
      </Loaded>
    </Section>
  );
}

/** What was found of the address that is shown: the search goes through the whole chain once, and reads on from there. */
let found: { address: string; upTo: number; transactions: RpcTransaction[] } | null = null;

async function transactionsOf(address: string): Promise<{ transactions: RpcTransaction[]; note: string | null }> {
  const head = Number(await node.send<string>("eth_blockNumber"));
  try {
    const transactions = await search(address, head);
    return { transactions, note: transactions.length < MOST_FOUND ? null : `the newest ${MOST_FOUND}` };
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
  }
  const numbers = Array.from({ length: Math.min(LOOKED_THROUGH, head + 1) }, (_, i) => head - i);
  const blocks = await Promise.all(
    numbers.map((number) => node.send<RpcBlock | null>("eth_getBlockByNumber", [quantity(number), true])),
  );
  const own = blocks
    .flatMap((block) => block?.transactions ?? [])
    .filter(({ from, to }) => from === address || to === address);
  return { transactions: own, note: `of the last ${LOOKED_THROUGH} blocks: this node keeps no list by address` };
}

/** Newest first. @throws RpcFailure where the node has no such search, or no time for it. */
async function search(address: string, head: number): Promise<RpcTransaction[]> {
  const known = found?.address === address && found.upTo <= head ? found : null;
  const ask = async (way: "Before" | "After", from: number): Promise<Page> =>
    node.send<Page>(`ots_searchTransactions${way}`, [address, from, MOST_FOUND]);
  const newer = known === null ? null : await ask("After", known.upTo);
  const transactions =
    known !== null && newer?.firstPage === true
      ? [...newer.txs, ...known.transactions].slice(0, MOST_FOUND)
      : (await ask("Before", 0)).txs;
  const upTo = Math.max(1, head - UNSETTLED);
  found = { address, upTo, transactions: transactions.filter(({ blockNumber }) => Number(blockNumber) <= upTo) };
  return transactions;
}

/** Newest first; `firstPage`: there is nothing newer. */
interface Page {
  txs: RpcTransaction[];
  firstPage: boolean;
}

async function read(address: string): Promise<Found> {
  const ask = async (socket: typeof node): Promise<Found["l2"]> => {
    const [balance, nonce, code] = await Promise.all(
      ["eth_getBalance", "eth_getTransactionCount", "eth_getCode"].map((method) =>
        socket.send<string>(method, [address, "latest"]),
      ),
    );
    return { balance, nonce, code };
  };
  const [l2, below, system] = await Promise.all([
    ask(node),
    l1 === null ? null : ask(l1).catch(() => null),
    node.send<SystemConfig>("rollup_config").catch(() => null),
  ]);
  const role = contractOf(address, system);
  if (role?.name === "queue" && role.abi !== null) role.abi = await queueContract(address);
  return { l2, l1: below, role };
}

/** Name of a queue's contract, which depends on its game. */
async function queueContract(queue: string): Promise<string> {
  const data = SETTLEMENT_ABI.encodeFunctionData("respectedGameType");
  const result = await l1!.send<string>("eth_call", [{ to: queue, data }, "latest"]);
  const [type] = SETTLEMENT_ABI.decodeFunctionResult("respectedGameType", result) as unknown as [bigint];
  return QUEUES[String(type)] ?? L1_ABIS.queue;
}

function contractOf(address: string, system: SystemConfig | null): Found["role"] {
  for (const [name, predeploy] of Object.entries(PREDEPLOYS))
    if (predeploy === address) return { layer: "L2", name, abi: L2_ABIS[name] ?? null };
  for (const [name, abi] of Object.entries(L1_ABIS))
    if (system?.[name as keyof typeof L1_ABIS] === address) return { layer: "L1", name, abi: l1 === null ? null : abi };
  return null;
}
