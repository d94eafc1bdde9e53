import { invariant, SolventError } from "../../../protocol/errors";
import {
  decodeExecution,
  decodeRlp,
  encodeRlp,
  keccak256,
  rlpList,
  toHex,
  word,
  type RlpItem,
} from "../../../protocol";
import { blobBaseFee } from "../environment";
import { EMPTY_INBOX } from "../host";
import type { Instance } from "../instance";
import { createExcluded, readRefusal, REASON } from "../refusal";
import type { EngineRuntime, EngineContext } from "../runtime";
import type { BlockEnvironment, ExecuteResult } from "../types";

const OWN_WRITES = ["none", "rollup", "l1"];
const RECEIPT_LOGS = 3;

/**
 * Executes a block whose environment is said explicitly, on a state in the store: the same code as the program's, with the chain
 * configuration that this state holds. What the block makes is filed in the store.
 * @param transactions - EIP-2718 bytes; an invalid one is left out, with the reason, and the block goes on.
 * @throws SolventError `block-too-large` where the transactions do not fit in the module's memory.
 */
export function executeBlock(
  runtime: EngineRuntime,
  environment: BlockEnvironment,
  transactions: readonly Uint8Array[],
): ExecuteResult {
  return runtime.withStore(({ instance, host }) => {
    host.begin(EMPTY_INBOX);
    writeEnvironment(instance, environment);
    const places = placeTransactions(instance, transactions);
    instance.call("executeBegin");
    const excluded = transactions.flatMap((raw, index) => {
      instance.bytes.set(raw, places[index]);
      const code = instance.call("executeTransaction", places[index], raw.length);
      return code === REASON.valid ? [] : [createExcluded(index, code, readRefusal(instance))];
    });
    instance.call("executeSeal");
    return { ...result(host), excluded };
  });
}

function result({ header, receipts }: EngineContext["host"]): Omit<ExecuteResult, "excluded"> {
  invariant(header !== null, "a sealed block has a header");
  return {
    ...decodeExecution(header),
    logsHash: toHex(keccak256(encodeRlp(receipts.flatMap(receiptLogs)))),
    receipts,
    headerRlp: header,
    blockHash: toHex(keccak256(header)),
  };
}

function writeEnvironment(instance: Instance, environment: BlockEnvironment): void {
  const { bytes } = instance;
  const [extraAt, parentAt] = [instance.address("REQUEST_EXTRA_DATA"), instance.address("REQUEST_PARENT")];
  const [maxExtra, maxParent] = [parentAt - extraAt, instance.address("REQUEST_TRANSACTIONS") - parentAt];
  const { extraData, excessBlobGas = 0n, parentHeader = new Uint8Array(0) } = environment;
  if (extraData.length > maxExtra)
    throw new SolventError("block-too-large", `extra data of ${extraData.length} bytes: at most ${maxExtra}`);
  if (parentHeader.length > maxParent)
    throw new SolventError("block-too-large", `a header of ${parentHeader.length} bytes: at most ${maxParent}`);
  const words = [
    environment.parentHash,
    environment.parentStateRoot,
    environment.baseFee,
    environment.coinbase,
    environment.prevRandao,
    environment.parentBeaconBlockRoot,
    environment.chainId,
    blobBaseFee(excessBlobGas),
  ];
  words.forEach((value, index) => bytes.set(word(BigInt(value)), instance.address("REQUEST_WORDS") + 32 * index));
  const view = new DataView(bytes.buffer, instance.address("REQUEST_NUMBERS"));
  const numbers = [environment.number, environment.timestamp, environment.gasLimit, excessBlobGas];
  numbers.forEach((value, index) => view.setBigUint64(8 * index, value, true));
  view.setUint32(32, extraData.length, true);
  view.setUint32(36, OWN_WRITES.indexOf(environment.ownWrites ?? "rollup"), true);
  view.setUint32(40, parentHeader.length, true);
  bytes.set(extraData, extraAt);
  bytes.set(parentHeader, parentAt);
}

/** Where each transaction will stand, one behind the other. */
function placeTransactions(instance: Instance, transactions: readonly Uint8Array[]): number[] {
  const from = instance.address("REQUEST_TRANSACTIONS");
  const end = instance.address("ENGINE_END");
  let at = from;
  const places = transactions.map(({ length }) => {
    const place = at;
    at += length;
    return place;
  });
  if (at > end)
    throw new SolventError("block-too-large", `transactions of ${at - from} bytes: ${end - from} fit in the engine`);
  return places;
}

function receiptLogs(receipt: Uint8Array): RlpItem[] {
  const fields = rlpList(decodeRlp(receipt[0] < 0xc0 ? receipt.subarray(1) : receipt));
  return rlpList(fields[RECEIPT_LOGS]);
}
