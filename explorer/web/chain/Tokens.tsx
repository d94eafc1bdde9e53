import { AbiCoder, toUtf8String } from "ethers";
import { quantity } from "../../../protocol/quantity";
import { node, useQuery } from "../live";
import { count, units } from "../format";
import { Account, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import type { RpcLog } from "./types";

const TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
/** Blocks that are looked through for transfers at first. */
const SPAN = 5_000;
/** Blocks at the head that are read again, because they may still change. */
const UNSETTLED = 64;
const MOST_ROWS = 100;

interface Token {
  address: string;
  name: string;
  symbol: string;
  /** Null where the contract does not say. */
  decimals: number | null;
}

/** Tokens that moved lately, and their transfers. Names are whatever a contract says: text, and no more. */
export function Tokens() {
  const found = useQuery("tokens", read, ["l2"]);
  return (
    <>
      <h1>Tokens</h1>
      <Loaded query={found}>
        {({ tokens, transfers }) => (
          <>
            <Section title="Moved lately">
              <Table
                label="tokens"
                head={["token", "name", "symbol", "decimals"]}
                rows={tokens.map(({ address, name, symbol, decimals }) => [
                  <Account value={address} />,
                  name,
                  symbol,
                  decimals ?? "not said",
                ])}
                empty={`no token moved in the last ${count(SPAN)} blocks`}
              />
            </Section>
            <Section title="Transfers">
              <Table
                label="transfers"
                head={["transaction", "block", "token", "from", "to", "amount"]}
                rows={transfers.map((log) => {
                  const token = tokens.find(({ address }) => address === log.address)!;
                  return [
                    <Hash value={log.transactionHash} to="tx" />,
                    <Link href={`/block/${Number(log.blockNumber)}`}>{count(Number(log.blockNumber))}</Link>,
                    <Link href={`/address/${token.address}`}>{token.symbol}</Link>,
                    <Account value={addressIn(log.topics[1])} />,
                    <Account value={addressIn(log.topics[2])} />,
                    log.topics.length === 3
                      ? units(log.data.slice(0, 66), token.decimals ?? 0)
                      : `no. ${BigInt(log.topics[3])}`,
                  ];
                })}
              />
            </Section>
          </>
        )}
      </Loaded>
    </>
  );
}

async function read(): Promise<{ tokens: Token[]; transfers: RpcLog[] }> {
  const shown = (await lastTransfers()).reverse();
  const tokens = await Promise.all([...new Set(shown.map(({ address }) => address))].map(tokenAt));
  return { tokens, transfers: shown };
}

/** What was read already, and the block from which to read on. */
let settled: { next: number; transfers: RpcLog[] } | null = null;

/** The last transfers, oldest first. Only the first look goes through many blocks; the ones after it read on. */
async function lastTransfers(): Promise<RpcLog[]> {
  const head = Number(await node.send<string>("eth_blockNumber"));
  const isAnother = settled === null || head < settled.next - 1;
  const known = isAnother ? { next: Math.max(0, head - SPAN), transfers: [] } : settled!;
  const range = { fromBlock: quantity(known.next), toBlock: quantity(head) };
  const logs = await node.send<RpcLog[]>("eth_getLogs", [{ ...range, topics: [TRANSFER] }]);
  const transfers = [...known.transfers, ...logs.filter(isTransfer)].slice(-MOST_ROWS);
  const next = Math.max(known.next, head + 1 - UNSETTLED);
  settled = { next, transfers: transfers.filter(({ blockNumber }) => Number(blockNumber) < next) };
  return transfers;
}

function isTransfer({ topics, data }: RpcLog): boolean {
  return topics.length === 4 || (topics.length === 3 && data.length >= 66);
}

async function tokenAt(address: string): Promise<Token> {
  const call = async (selector: string): Promise<string> =>
    node.send<string>("eth_call", [{ to: address, data: selector }, "latest"]).catch(() => "0x");
  const [name, symbol, decimals] = await Promise.all(["0x06fdde03", "0x95d89b41", "0x313ce567"].map(call));
  return { address, name: textIn(name), symbol: textIn(symbol), decimals: decimalsIn(decimals) };
}

/** A string, or 32 bytes padded by zeros, as older tokens answer. */
function textIn(data: string): string {
  try {
    return String(AbiCoder.defaultAbiCoder().decode(["string"], data)[0]).slice(0, 64);
  } catch {
    try {
      return toUtf8String(data.replace(/(00)+$/, "")).slice(0, 64);
    } catch {
      return "?";
    }
  }
}

function decimalsIn(data: string): number | null {
  const value = data === "0x" ? null : BigInt(data.slice(0, 66));
  return value !== null && value <= 77n ? Number(value) : null;
}

function addressIn(topic: string): string {
  return `0x${topic.slice(26)}`;
}
