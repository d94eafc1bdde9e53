/**
 * What the answers of an L1 node must look like, by method. A proxy, a provider at its limit or a node in trouble answers anything; what
 * does not have the form never gets further than the connection. Methods that are not listed are not checked.
 */
type Shape = (result: unknown, params: readonly unknown[]) => boolean;

type Fields = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === "string";
const isQuantity: Shape = (value) => isText(value) && /^0x[0-9a-f]{1,64}$/i.test(value);
const isData: Shape = (value) => isText(value) && /^0x([0-9a-f]{2})*$/i.test(value);
const isBytes = (value: unknown, length: number): boolean =>
  isText(value) && value.length === 2 + 2 * length && isData(value, []);
const isHash: Shape = (value) => isBytes(value, 32);
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isSame = (a: unknown, b: unknown): boolean => isText(a) && isText(b) && a.toLowerCase() === b.toLowerCase();

/** A value, or null where L1 has none. */
const orNull =
  (shape: Shape): Shape =>
  (value, params) =>
    value === null || shape(value, params);

const isBlock: Shape = (block, [asked]) => {
  if (!isObject(block)) return false;
  // The block that is being made has no place yet.
  if (asked === "pending") return isQuantity(block.timestamp, []);
  const { number, hash, parentHash, timestamp, logsBloom, baseFeePerGas, transactions } = block;
  const isWhole =
    [number, timestamp].every((value) => isQuantity(value, [])) &&
    [hash, parentHash].every((value) => isHash(value, [])) &&
    isBytes(logsBloom, 256) &&
    (isAbsent(baseFeePerGas) || isQuantity(baseFeePerGas, [])) &&
    Array.isArray(transactions);
  if (!isWhole || !isText(asked) || !asked.startsWith("0x")) return isWhole;
  // Another block than the one that was asked for is no answer.
  return isHash(asked, []) ? isSame(hash, asked) : BigInt(number as string) === BigInt(asked);
};

const isLog = (log: unknown): boolean => {
  if (!isObject(log) || !Array.isArray(log.topics) || log.topics.length > 4 || log.removed === true) return false;
  const { address, topics, data, blockHash, blockNumber, transactionHash, logIndex } = log;
  return (
    isBytes(address, 20) &&
    (topics as unknown[]).every((topic) => isHash(topic, [])) &&
    isData(data, []) &&
    [blockHash, transactionHash].every((value) => isHash(value, [])) &&
    [blockNumber, logIndex].every((value) => isQuantity(value, []))
  );
};

const isTransaction: Shape = (transaction, [asked]) => {
  if (!isObject(transaction)) return false;
  const { hash, input, blockHash, blobVersionedHashes: blobs } = transaction;
  const isPlaced = isAbsent(blockHash) || isHash(blockHash, []);
  const hasBlobs = isAbsent(blobs) || (Array.isArray(blobs) && blobs.every((one) => isHash(one, [])));
  return isSame(hash, asked) && isData(input, []) && isPlaced && hasBlobs;
};

const isReceipt = (receipt: unknown): boolean => {
  if (!isObject(receipt)) return false;
  const { transactionHash, blockNumber, blockHash, gasUsed, cumulativeGasUsed, logs, logsBloom, status } = receipt;
  return (
    [transactionHash, blockHash].every((value) => isHash(value, [])) &&
    [blockNumber, gasUsed, cumulativeGasUsed].every((value) => isQuantity(value, [])) &&
    isBytes(logsBloom, 256) &&
    (isAbsent(status) || isQuantity(status, [])) &&
    Array.isArray(logs) &&
    logs.every(isLog)
  );
};

const SHAPES: Readonly<Record<string, Shape>> = {
  eth_blockNumber: isQuantity,
  eth_blobBaseFee: isQuantity,
  eth_chainId: isQuantity,
  eth_estimateGas: isQuantity,
  eth_gasPrice: isQuantity,
  eth_getBalance: isQuantity,
  eth_getTransactionCount: isQuantity,
  eth_maxPriorityFeePerGas: isQuantity,
  eth_call: isData,
  eth_getCode: isData,
  eth_sendRawTransaction: isHash,
  eth_getBlockByHash: orNull(isBlock),
  // There is always a head; other places may be empty.
  eth_getBlockByNumber: (block, params) => (block === null ? params[0] !== "latest" : isBlock(block, params)),
  eth_getLogs: (logs) => Array.isArray(logs) && logs.every(isLog),
  eth_getTransactionByHash: orNull(isTransaction),
  eth_getTransactionReceipt: orNull(
    // Of a transaction that is asked for alone its fate is wanted.
    (receipt, [asked]) =>
      isReceipt(receipt) &&
      isSame((receipt as Fields).transactionHash, asked) &&
      isQuantity((receipt as Fields).status, []),
  ),
  eth_getBlockReceipts: orNull((receipts) => Array.isArray(receipts) && receipts.every(isReceipt)),
  debug_getRawBlock: orNull(isData),
};

/** Whether an answer has the form that the method's answers have, and is about what was asked. */
export function hasShape(method: string, params: readonly unknown[], result: unknown): boolean {
  return SHAPES[method]?.(result, params) ?? true;
}
