import { AbiCoder, Contract, ZeroAddress, type EventLog } from "ethers";
import { chunksHash, fromHex, type DelayedMessage } from "../protocol";
import type { Hex } from "../protocol/types";
import { INBOX_ABI, SOLVENCY_ORACLE_ABI } from "./abi";
import { ifUnasked } from "./brake";
import { mined } from "./deposit";
import type { LayerSigner, RollupAddresses } from "./types";

/** In a call; each is some 15,000 gas. */
const MOST_DEPOSITS = 50;
/** Of `finalizeDeposit` in the L2 bridge. */
const DEPOSIT_TYPES = ["address", "address", "address", "address", "uint256"];
/** Twin of `OFFSET` in contracts/inbox/Aliasing.sol. */
const ALIAS_OFFSET = 0x1111000000000000000000000000000000001111n;

/** Twin of `IExit.Message`. */
type ToldMessage = Omit<DelayedMessage, "previous" | "inbox" | "data"> & { dataHash: Hex };

/** Twin of `IRollupHealth.Deposit`, and how much it is. */
interface ShownDeposit {
  index: bigint;
  message: ToldMessage;
  data: Hex;
  amount: bigint;
}

/**
 * Notes in a solvency oracle what L1 has taken in of an asset by now, for anyone: what L2 credits too much in the messages so far is not
 * hidden by what is deposited later. Some 50,000 gas; none where it is noted already.
 * @param asset - L1 token; the zero address for ether.
 * @returns the count of messages, as `proveBacking` takes it. @throws what the signer throws.
 */
export async function noteTaken(
  l1: LayerSigner,
  rollup: Pick<RollupAddresses, "inbox">,
  oracle: string,
  asset: string,
): Promise<bigint> {
  const contract = new Contract(oracle, SOLVENCY_ORACLE_ABI, l1);
  const count = (await new Contract(rollup.inbox, INBOX_ABI, l1).delayedCount()) as bigint;
  if ((await takenAt(contract, asset, count)) !== null) return count;
  const { logs } = await mined(await contract.noteTaken(asset));
  const noted = logs.map((log) => SOLVENCY_ORACLE_ABI.parseLog(log)).find((log) => log?.name === "TakenNoted");
  return noted!.args.count as bigint;
}

/**
 * Notes what L1 had taken in with the first `count` messages, by showing all deposits since: for a state of which nobody had noted anything.
 * As many transactions as it takes, the newest deposits first.
 * @param count - Messages that the state's block had consumed; `decodeCursor` tells it of a header.
 * @param fromBlock - L1 block of the Inbox, or any after which all messages from `count` on came.
 * @throws what the signer throws.
 */
export async function noteTakenBefore(
  l1: LayerSigner,
  rollup: Pick<RollupAddresses, "inbox" | "tokenBridge">,
  oracle: string,
  asset: string,
  count: bigint,
  fromBlock = 0,
): Promise<void> {
  const contract = new Contract(oracle, SOLVENCY_ORACLE_ABI, l1);
  let later = await noteTaken(l1, rollup, oracle, asset);
  const sent = (await new Contract(rollup.inbox, INBOX_ABI, l1).queryFilter("MessageSent", fromBlock)) as EventLog[];
  const deposits = sent
    .map(({ args }) => depositOf(args.toObject() as ToldMessage & { index: bigint; data: Hex }, rollup, asset))
    .filter((deposit) => deposit !== null && deposit.index >= count && deposit.index < later) as ShownDeposit[];
  while (later > count) {
    const page = deposits.splice(-MOST_DEPOSITS);
    const from = deposits.length === 0 ? count : page[0].index;
    const amount = page.reduce((rest, deposit) => rest - deposit.amount, (await takenAt(contract, asset, later))!);
    const known = await takenAt(contract, asset, from);
    if (known === null || known > amount) await mined(await contract.noteTakenBefore(asset, from, later, page));
    later = from;
  }
}

function depositOf(
  { index, data, ...told }: ToldMessage & { index: bigint; data: Hex },
  { tokenBridge }: Pick<RollupAddresses, "tokenBridge">,
  asset: string,
): ShownDeposit | null {
  const message = { ...told, dataHash: chunksHash(fromHex(data)) };
  if (asset === ZeroAddress) return told.mint === 0n ? null : { index, message, data: "0x", amount: told.mint };
  if (BigInt(told.sender) !== BigInt.asUintN(160, BigInt(tokenBridge) + ALIAS_OFFSET)) return null;
  const [token, , , , amount] = AbiCoder.defaultAbiCoder().decode(DEPOSIT_TYPES, `0x${data.slice(10)}`);
  return BigInt(token as string) === BigInt(asset) ? { index, message, data, amount: amount as bigint } : null;
}

async function takenAt(oracle: Contract, asset: string, count: bigint): Promise<bigint | null> {
  return (oracle.takenAt(asset, count) as Promise<bigint>).catch(ifUnasked(null));
}
