import hre from "hardhat";
import type { BlockHeader, Hex } from "../../../protocol/types";
import { blockHash } from "../../../protocol";

type RawBlock = Record<keyof BlockHeader | "hash", Hex>;

/** A block of Hardhat's network as the header it is; checked against its hash. */
export async function fetchHeader(tag: string): Promise<{ header: BlockHeader; hash: Hex }> {
  const raw = (await hre.network.provider.send("eth_getBlockByNumber", [tag, false])) as RawBlock;
  const header: BlockHeader = {
    parentHash: raw.parentHash,
    sha3Uncles: raw.sha3Uncles,
    miner: raw.miner,
    stateRoot: raw.stateRoot,
    transactionsRoot: raw.transactionsRoot,
    receiptsRoot: raw.receiptsRoot,
    logsBloom: raw.logsBloom,
    difficulty: BigInt(raw.difficulty),
    number: Number(raw.number),
    gasLimit: BigInt(raw.gasLimit),
    gasUsed: BigInt(raw.gasUsed),
    timestamp: Number(raw.timestamp),
    extraData: raw.extraData,
    mixHash: raw.mixHash,
    nonce: raw.nonce,
    baseFeePerGas: BigInt(raw.baseFeePerGas),
    withdrawalsRoot: raw.withdrawalsRoot,
    blobGasUsed: BigInt(raw.blobGasUsed),
    excessBlobGas: BigInt(raw.excessBlobGas),
    parentBeaconBlockRoot: raw.parentBeaconBlockRoot,
    requestsHash: raw.requestsHash,
  };
  if (blockHash(header) !== raw.hash) throw new Error(`header of block ${raw.number} does not hash to ${raw.hash}`);
  return { header, hash: raw.hash };
}
