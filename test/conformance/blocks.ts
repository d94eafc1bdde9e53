import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { Hex } from "../../protocol/types";
import { openEngine, type Engine } from "../../node/engine";
import { decodeRlp, EMPTY_REQUESTS_HASH, encodeRlp, fromHex, keccak256, rlpList, toHex } from "../../protocol";
import { globSync } from "../support/glob";
import { brokenHeaderRule, decodeL1Block, headerDifferences, type L1Block } from "./eest/block";
import { MemoryNodes } from "./eest/memoryNodes";
import { isBlobException, isExpectedReason, reasonName } from "./eest/names";
import { putState, type Accounts } from "./eest/preState";
import type { ConformanceTally } from "./main";

type Block = { rlp: Hex; expectException?: string };
type Case = {
  network: string;
  pre: Accounts;
  postState?: Accounts;
  genesisBlockHeader: { stateRoot: Hex };
  genesisRLP: Hex;
  blocks: Block[];
  lastblockhash: Hex;
  config?: { chainid?: Hex };
};
/** Where a chain stands. */
type Head = { hash: Hex; block: L1Block; stateRoot: Hex };

const FORK = "Osaka";
const BLOB_TYPE = 3;
/** What a block may have at most to fit in the engine; L1 allows 8 MiB. */
const MAX_BLOCK_BYTES = 0x3f0000;

/**
 * `npm run conformance -- blocks DIR [EVERY]`: chains of the official form, those of Osaka. Each block is executed and its header made;
 * a block is valid when its transactions are and that header equals its own. At the end: head and state. EVERY = n takes each n-th file.
 */
export async function run([folder, every = "1"]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- blocks DIR [EVERY]");
  const nodes = new MemoryNodes();
  const engine = openEngine({ nodes });
  const tally = { passed: 0, failed: 0, skipped: 0 };
  const reasons = new Map<string, number>();
  const files = globSync(folder, /\.json$/).filter((_, index) => index % Number(every) === 0);
  for (const file of files) {
    for (const [name, one] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>)) {
      if (one.network === undefined) continue;
      const reason = one.network === FORK ? whyOutside(one) : `another fork: ${one.network}`;
      if (reason !== null) {
        if (one.network === FORK) console.log(`skipped ${name}: ${reason}`);
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        tally.skipped += 1;
        continue;
      }
      nodes.clear();
      const difference = attempt(() => runCase(engine, nodes, one));
      if (difference === null) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} of ${relative(folder, file)}: ${difference}`);
      }
    }
  }
  for (const [reason, count] of reasons) console.log(`skipped ${count}: ${reason}`);
  return tally;
}

/** Null, or the part of L1 that this chain does not have and that the case is about. */
function whyOutside({ blocks }: Case): string | null {
  for (const { rlp, expectException = "" } of blocks) {
    if (isBlobException(expectException)) return "blob transactions or their gas";
    if (/REQUEST|DEPOSIT_EVENT|SYSTEM_CONTRACT/.test(expectException)) return "requests to the consensus layer";
    if (/WITHDRAWAL/.test(expectException)) return "withdrawals";
    if (fromHex(rlp).length > MAX_BLOCK_BYTES) return "a block longer than this chain's may be";
    const block = decoded(rlp);
    if (block === null) continue;
    if (block.transactions.some(([type]) => type === BLOB_TYPE)) return "blob transactions or their gas";
    if (block.withdrawals > 0) return "withdrawals";
    if (block.requestsHash !== EMPTY_REQUESTS_HASH) return "requests to the consensus layer";
  }
  return null;
}

/** What `work` says; an error, such as a trap, is a difference. */
function attempt(work: () => string | null): string | null {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

/** Null, or what differs. */
function runCase(engine: Engine, nodes: MemoryNodes, one: Case): string | null {
  const stateRoot = putState(one.pre, nodes);
  if (stateRoot !== one.genesisBlockHeader.stateRoot) return `genesis state ${stateRoot}`;
  const [genesisHeader, ...rest] = rlpList(decodeRlp(fromHex(one.genesisRLP)));
  const genesis = decodeL1Block(encodeRlp([genesisHeader, ...rest]));
  let head: Head = { hash: toHex(keccak256(genesis.headerRlp)), block: genesis, stateRoot };
  for (const [index, { rlp, expectException }] of one.blocks.entries()) {
    const result = runBlock(engine, head, rlp, BigInt(one.config?.chainid ?? 1));
    if (typeof result === "string") {
      if (expectException === undefined) return `block ${index} is refused: ${result}`;
      const reason = /^transaction: (.*)$/.exec(result)?.[1];
      if (reason !== undefined && !isExpectedReason(expectException, reason))
        return `block ${index}: ${reason} instead of ${expectException}`;
    } else {
      if (expectException !== undefined) return `block ${index} is accepted in spite of ${expectException}`;
      head = result;
    }
  }
  if (head.hash !== one.lastblockhash) return `head ${head.hash} instead of ${one.lastblockhash}`;
  if (one.postState === undefined) return null;
  return putState(one.postState, nodes) === head.stateRoot ? null : "another state than the case says";
}

/** The new head, or why the block is invalid. @throws SolventError where the executor failed, which is no verdict. */
function runBlock(engine: Engine, head: Head, rlp: Hex, chainId: bigint): Head | string {
  const block = decoded(rlp);
  if (block === null) return "encoding";
  if (block.parentHash !== head.hash) return "header: parentHash";
  const broken = brokenHeaderRule(block, head.block);
  if (broken !== null) return `header: ${broken}`;
  const parent = { parentStateRoot: head.stateRoot, parentHeader: head.block.headerRlp };
  const { stateRoot, excluded, headerRlp, blockHash } = engine.executeBlock(
    { ...block, ...parent, chainId, ownWrites: "l1" },
    block.transactions,
  );
  if (excluded.length > 0) return `transaction: ${reasonName(excluded[0].code)}`;
  const differences = headerDifferences(headerRlp, block.headerRlp);
  return differences.length === 0 ? { hash: blockHash, block, stateRoot } : `header: ${differences.join(", ")}`;
}

function decoded(rlp: Hex): L1Block | null {
  try {
    return decodeL1Block(fromHex(rlp));
  } catch {
    return null;
  }
}
