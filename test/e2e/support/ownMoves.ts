import { Interface, isCallException, toQuantity, type JsonRpcProvider } from "ethers";
import type { Deployment } from "../../../deployment";
import { SETTLEMENT_ABI } from "../../../games/settlement";
import type { Hex } from "../../../protocol/types";

interface RpcTransaction {
  hash: Hex;
  from: Hex;
  to: Hex | null;
  input: Hex;
}

/** A transaction to the queue, as L1 has it. */
export interface Sent {
  from: Hex;
  block: number;
  index: number;
  isReverted: boolean;
  /** Calldata of its moves, in order. */
  moves: Hex[];
  /** Their names. */
  kinds: string[];
  /** Why L1 would revert it again, in the contract's own words; null where it was not reverted. */
  reason: string | null;
}

/** Every transaction to the queue since its deployment, in L1's order. @param abi - of the game. */
export async function sentToQueue(provider: JsonRpcProvider, deployment: Deployment, abi: Interface): Promise<Sent[]> {
  const all: Sent[] = [];
  /** What else the block brought may be the reason: where the state before it gives none, the state after it is asked. */
  const reasonOf = async (call: object, block: number): Promise<string> => {
    for (const blockTag of [block - 1, block]) {
      const data = await provider.call({ ...call, blockTag }).then(
        () => null,
        (error: unknown) => (isCallException(error) ? error.data : null),
      );
      const parsed = data && abi.parseError(data);
      if (parsed) return `${parsed.name}(${parsed.args.map(String).join(", ")})`;
    }
    return "no reason is to be found";
  };
  const { queue } = deployment.addresses;
  const last = Number(await provider.send("eth_blockNumber", []));
  for (let block = deployment.l1Block; block <= last; block++) {
    const { transactions } = (await provider.send("eth_getBlockByNumber", [toQuantity(block), true])) as {
      transactions: RpcTransaction[];
    };
    for (const [index, { hash, from, to, input }] of transactions.entries()) {
      if (to?.toLowerCase() !== queue.toLowerCase()) continue;
      const { status } = (await provider.send("eth_getTransactionReceipt", [hash])) as { status: string };
      const moves = movesIn(input);
      const kinds = moves.map((move) => abi.parseTransaction({ data: move })?.name ?? "unknown");
      const isReverted = BigInt(status) !== 1n;
      const reason = isReverted ? await reasonOf({ from, to, data: input }, block) : null;
      all.push({ from: from.toLowerCase() as Hex, block, index, isReverted, moves, kinds, reason });
    }
  }
  return all;
}

/** A transaction is on its way for a block: what came in the one before its own may have been unseen when it was sent. */
const UNSEEN_BLOCKS = 1;

/**
 * Whether a transaction lost a race: somebody else made one of its moves before it, in the same block or the one before. No sender can know
 * of that. Anything else that L1 reverts is a fault of the sender's.
 */
export function isLostRace(sent: Sent, all: readonly Sent[]): boolean {
  const isBefore = ({ block, index }: Sent): boolean =>
    block === sent.block ? index < sent.index : block < sent.block && block >= sent.block - UNSEEN_BLOCKS;
  const before = all.filter((other) => other.from !== sent.from && !other.isReverted && isBefore(other));
  return before.some(({ moves }) => moves.some((move) => sent.moves.includes(move)));
}

function movesIn(data: Hex): Hex[] {
  const { name, selector } = SETTLEMENT_ABI.getFunction("multicall")!;
  if (!data.startsWith(selector)) return [data];
  return [...(SETTLEMENT_ABI.decodeFunctionData(name, data)[0] as Hex[])];
}
