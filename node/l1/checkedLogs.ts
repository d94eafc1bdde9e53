import { concatBytes, encodeRlp, fromHex, keccak256, rlpInteger, type RlpItem } from "../../protocol";
import { quantity } from "../../protocol/quantity";
import { SolventError, isErrorCode } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { buildTrie } from "../state/build";
import type { RpcLog } from "./events";
import { isHeaderOf, type RpcBlock } from "./header";

/** What eth_getLogs takes: one block by its hash, or a range of numbers in hex. */
export interface LogFilter {
  address?: string | readonly string[];
  topics?: readonly (string | readonly string[] | null)[];
  blockHash?: string;
  fromBlock?: string;
  toBlock?: string;
}

type Send = <T>(method: string, params: readonly unknown[]) => Promise<T>;

interface RpcReceipt {
  type?: string;
  status?: string | null;
  root?: string;
  cumulativeGasUsed: string;
  logsBloom: string;
  logs: RpcLog[];
  depositNonce?: string;
  depositReceiptVersion?: string;
}

/** Headers that are remembered: whoever reads near the head has just asked for them. */
const HEADERS = 256;
const PARALLEL = 8;
const NO_SUCH_METHOD = -32_601;

/**
 * Reads logs from a node that may answer wrongly: load-balanced providers leave logs out, proxies cut answers off, some limit ranges.
 * One block's logs come from its receipts, proven by the header that the block's hash commits to. A range is asked for twice (of another
 * node where there is one), in parts where it is refused; what both answers leave out only counts and hash chains can show.
 */
export class CheckedLogs {
  private readonly headers = new Map<string, { block: RpcBlock; isProven: boolean }>();
  /** Blocks that the node gives at once, as far as is known. */
  private span = Infinity;
  private hasBlockReceipts = true;

  /** @param send - asks L1 as it is. @param sendElsewhere - asks another node, if there is one. */
  constructor(
    private readonly send: Send,
    private readonly sendElsewhere: Send,
  ) {}

  /** Notes a header that was read. @throws SolventError `l1-inconsistent` where it is not what its hash commits to. */
  note(block: RpcBlock): void {
    const isHeader = isHeaderOf(block);
    if (isHeader === false) throw inconsistent(`block ${Number(block.number)} does not have the hash ${block.hash}`);
    this.headers.delete(block.hash);
    this.headers.set(block.hash, { block, isProven: isHeader === true });
    if (this.headers.size > HEADERS) this.headers.delete(this.headers.keys().next().value!);
  }

  /** @throws SolventError `l1-moved` where the block is gone, `l1-inconsistent`, and what asking throws. */
  async get(filter: LogFilter): Promise<RpcLog[]> {
    if (filter.blockHash !== undefined) return this.ofBlock(filter, filter.blockHash);
    const [from, to] = [filter.fromBlock, filter.toBlock].map((tag) => (/^0x/.test(tag ?? "") ? Number(tag) : null));
    if (from === null || to === null) return this.ask(filter);
    const logs: RpcLog[] = [];
    for (let next = from; next <= to;) {
      const last = Math.min(to, next + this.span - 1);
      const found = await this.ofRange(filter, next, last);
      if (found === null) continue; // refused: the next try is shorter
      logs.push(...found);
      next = last + 1;
    }
    return logs;
  }

  private async ofBlock(filter: LogFilter, blockHash: string): Promise<RpcLog[]> {
    const { block, isProven } = await this.header(blockHash);
    const addresses = addressesOf(filter);
    if (!isProven) return (await this.ask(filter)).filter((log) => requirePlace(log, block));
    if (addresses.length > 0 && !addresses.some((address) => mayHold(block.logsBloom, address))) return [];
    const receipts = await this.receipts(block);
    const { receiptsRoot } = block as RpcBlock & { receiptsRoot: Hex };
    if (receiptsRootOf(receipts) !== receiptsRoot)
      throw inconsistent(`the receipts of block ${Number(block.number)} are not those that its header commits to`);
    const logs = receipts.flatMap((receipt) => receipt.logs);
    return logs.filter((log) => requirePlace(log, block) && isMatch(log, filter));
  }

  private async header(hash: string): Promise<{ block: RpcBlock; isProven: boolean }> {
    const known = this.headers.get(hash);
    if (known !== undefined) return known;
    const block = await this.send<RpcBlock | null>("eth_getBlockByHash", [hash, false]);
    if (block === null) throw new SolventError("l1-moved", `L1 has no block ${hash} any more`, { retry: true });
    this.note(block);
    return this.headers.get(hash)!;
  }

  private async receipts(block: RpcBlock): Promise<RpcReceipt[]> {
    const gone = (): SolventError =>
      new SolventError("l1-moved", `L1 does not have the receipts of block ${block.hash}`, { retry: true });
    if (this.hasBlockReceipts)
      try {
        const receipts = await this.send<RpcReceipt[] | null>("eth_getBlockReceipts", [block.hash]);
        if (receipts === null) throw gone();
        return receipts;
      } catch (error) {
        if (!isErrorCode(error, "l1-rpc") || !isMissingMethod(error as SolventError)) throw error;
        this.hasBlockReceipts = false;
      }
    const receipts: RpcReceipt[] = [];
    for (let at = 0; at < block.transactions.length; at += PARALLEL) {
      const some = block.transactions.slice(at, at + PARALLEL);
      const found = await Promise.all(
        some.map((hash) => this.send<RpcReceipt | null>("eth_getTransactionReceipt", [hash])),
      );
      for (const receipt of found) {
        if (receipt === null) throw gone();
        receipts.push(receipt);
      }
    }
    return receipts;
  }

  /** Logs of these blocks, or null where the node refused so many of them. */
  private async ofRange(filter: LogFilter, from: number, to: number): Promise<RpcLog[] | null> {
    const range = { ...filter, fromBlock: quantity(from), toBlock: quantity(to) };
    let first: RpcLog[];
    try {
      first = await this.ask(range);
    } catch (error) {
      // Too many blocks, too many results, too slow: each node words it otherwise.
      this.span = Math.max(1, Math.floor((to - from + 1) / 2));
      if (from === to || !isErrorCode(error, "l1-rpc")) throw error;
      return null;
    }
    const second = await this.ask(range, this.sendElsewhere);
    if (Number.isFinite(this.span)) this.span *= 2;
    const isSame = first.length === second.length && first.every((log, i) => placeOf(log) === placeOf(second[i]));
    if (!isSame) return this.settle(filter, [...first, ...second]);
    if (
      first.some(
        (log, i) => Number(log.blockNumber) < from || Number(log.blockNumber) > to || isBefore(log, first[i - 1]),
      )
    )
      throw inconsistent(`logs of blocks ${from} to ${to} are out of place`);
    return first;
  }

  /** Two answers differ: the blocks that either names tell what is in them. */
  private async settle(filter: LogFilter, claimed: readonly RpcLog[]): Promise<RpcLog[]> {
    const blocks = new Map(claimed.map(({ blockNumber, blockHash }) => [blockHash, Number(blockNumber)]));
    const { address, topics } = filter;
    const logs: RpcLog[] = [];
    for (const [blockHash] of [...blocks].sort((a, b) => a[1] - b[1]))
      logs.push(...(await this.ofBlock({ address, topics, blockHash }, blockHash)));
    return logs;
  }

  private async ask(filter: LogFilter, send = this.send): Promise<RpcLog[]> {
    const logs = await send<RpcLog[]>("eth_getLogs", [filter]);
    if (logs.every((log) => isMatch(log, filter))) return logs;
    throw inconsistent("L1 gave logs of contracts that it was not asked for");
  }
}

function addressesOf({ address = [] }: LogFilter): readonly string[] {
  return typeof address === "string" ? [address] : address;
}

function isMatch(log: RpcLog, filter: LogFilter): boolean {
  const addresses = addressesOf(filter);
  const isOf = (wanted: string | readonly string[] | null, value: string | undefined): boolean =>
    wanted === null || (typeof wanted === "string" ? wanted === value : wanted.length === 0 || wanted.includes(value!));
  return (
    (addresses.length === 0 || addresses.some((address) => address.toLowerCase() === log.address.toLowerCase())) &&
    (filter.topics ?? []).every((wanted, i) => isOf(wanted, log.topics[i]))
  );
}

function requirePlace(log: RpcLog, block: RpcBlock): true {
  if (log.blockHash === block.hash && Number(log.blockNumber) === Number(block.number)) return true;
  throw inconsistent(`a log of block ${Number(block.number)} says that it stands in ${log.blockHash}`);
}

function placeOf(log: RpcLog): string {
  return `${log.blockHash} ${Number(log.logIndex)}`;
}

function isBefore(log: RpcLog, other: RpcLog | undefined): boolean {
  if (other === undefined) return false;
  const blocks = Number(log.blockNumber) - Number(other.blockNumber);
  return blocks < 0 || (blocks === 0 && Number(log.logIndex) <= Number(other.logIndex));
}

/** Whether a block with this bloom can hold a log of the address. */
export function mayHold(logsBloom: string, address: string): boolean {
  const hash = keccak256(fromHex(address));
  return [0, 2, 4].every((at) => {
    const bit = ((hash[at] << 8) | hash[at + 1]) & 2047;
    // Bit 0 is the lowest of the last byte; one hex digit holds four.
    return (parseInt(logsBloom[logsBloom.length - 1 - (bit >> 2)], 16) & (1 << (bit & 3))) !== 0;
  });
}

/** Root of the trie of a block's receipts. Source: the yellow paper, 4.4.1; EIP-2718 for their types. */
export function receiptsRootOf(receipts: readonly RpcReceipt[]): Hex {
  const entries = receipts.map((receipt, i) => [encodeRlp(rlpInteger(i)), encodeReceipt(receipt)] as const);
  return buildTrie(entries, { get: () => undefined, put: () => {} });
}

function encodeReceipt(receipt: RpcReceipt): Uint8Array {
  const { status, root, cumulativeGasUsed, logsBloom, logs, depositNonce, depositReceiptVersion } = receipt;
  const fields: RlpItem[] = [
    status === undefined || status === null ? fromHex(root ?? "0x") : rlpInteger(BigInt(status)),
    rlpInteger(BigInt(cumulativeGasUsed)),
    fromHex(logsBloom),
    logs.map(({ address, topics, data }) => [fromHex(address), topics.map((topic) => fromHex(topic)), fromHex(data)]),
  ];
  // An L1 that is itself a rollup of the OP Stack has deposits.
  for (const more of [depositNonce, depositReceiptVersion])
    if (more !== undefined) fields.push(rlpInteger(BigInt(more)));
  const type = Number(receipt.type ?? 0);
  return type === 0 ? encodeRlp(fields) : concatBytes(Uint8Array.of(type), encodeRlp(fields));
}

function isMissingMethod(error: SolventError): boolean {
  const { code, message } = error.cause as { code: number; message: string };
  return (
    code === NO_SUCH_METHOD || /not supported|does not exist|not available|not found|unknown method/i.test(message)
  );
}

function inconsistent(what: string): SolventError {
  return new SolventError("l1-inconsistent", `L1's answers do not fit: ${what}`, { retry: true });
}
