import { z } from "zod";
import type { BlockHeader, Hex, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import {
  blockHash,
  EMPTY_CODE_HASH,
  EMPTY_OMMERS_HASH,
  EMPTY_REQUESTS_HASH,
  EMPTY_TRIE_ROOT,
  encodeCursor,
  encodeHeader,
  encodeRlp,
  fromHex,
  keccak256,
  outputRootPreimage,
  rlpInteger,
  toHex,
  word,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "../../protocol";
import { buildTrie } from "./build";
import { encodeAccount } from "./reader";

/** The message passer predeploy, whose storage root every header states. */
export const MESSAGE_PASSER: Hex = "0x4200000000000000000000000000000000000016";

const quantity = z.union([z.string().regex(/^(0x[0-9a-fA-F]*|[0-9]+)$/), z.number().int().nonnegative()]);
const hexBytes = z.string().regex(/^(0x)?([0-9a-fA-F]{2})*$/);
const account = z.object({
  balance: quantity.optional(),
  nonce: quantity.optional(),
  code: hexBytes.optional(),
  storage: z.record(z.string(), z.string()).optional(),
});
const genesisFile = z.looseObject({
  config: z.looseObject({ chainId: z.union([z.number(), z.string()]).optional() }).optional(),
  alloc: z.record(z.string(), account),
  gasLimit: quantity,
  timestamp: quantity.nullish(),
  coinbase: z.string().nullish(),
  mixHash: z.string().nullish(),
  mixhash: z.string().nullish(),
  baseFeePerGas: quantity.nullish(),
});

/** A genesis file of the form that geth reads; numbers decimal or 0x. Unknown keys are ignored. */
export type GenesisJson = z.input<typeof genesisFile>;

export interface Genesis {
  chainId: bigint;
  header: BlockHeader;
  headerRlp: Uint8Array;
  blockHash: Hex;
  stateRoot: Hex;
  messagePasserStorageRoot: Hex;
  outputRoot: Hex;
}

/**
 * Makes block 0 from a genesis file and files all of it (trie nodes, codes, header, output root) in the store.
 * The cursor is (0, 0, 0, 0); without `baseFeePerGas` the base fee is 1 gwei.
 * @throws SolventError `genesis-invalid` naming the key that is wrong.
 */
export function genesisFromJson(json: unknown, nodes: NodeStore): Genesis {
  const parsed = genesisFile.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new SolventError("genesis-invalid", `genesis: ${issue.path.join(".")}: ${issue.message}`);
  }
  const file = parsed.data;
  let messagePasserStorageRoot: Hex = EMPTY_TRIE_ROOT;
  const accounts = new Map<string, Uint8Array>();
  for (const [name, entry] of Object.entries(file.alloc)) {
    const address = addressKey(name);
    if (accounts.has(address)) throw new SolventError("genesis-invalid", `genesis: alloc.${name}: stands there twice`);
    const storageRoot = storageTrie(entry.storage ?? {}, nodes);
    if (address === MESSAGE_PASSER) messagePasserStorageRoot = storageRoot;
    const leaf = encodeAccount({
      nonce: toBig(entry.nonce),
      balance: toBig(entry.balance),
      storageRoot,
      codeHash: putCode(entry.code ?? "0x", nodes),
    });
    accounts.set(address, leaf);
  }
  const entries = [...accounts].map(([address, leaf]) => [keccak256(fromHex(address)), leaf] as const);
  const stateRoot = buildTrie(entries, nodes);
  const header: BlockHeader = {
    parentHash: ZERO_HASH,
    sha3Uncles: EMPTY_OMMERS_HASH,
    miner: (file.coinbase?.toLowerCase() as Hex | undefined) ?? ZERO_ADDRESS,
    stateRoot,
    transactionsRoot: EMPTY_TRIE_ROOT,
    receiptsRoot: EMPTY_TRIE_ROOT,
    logsBloom: `0x${"00".repeat(256)}`,
    difficulty: 0n,
    number: 0,
    gasLimit: toBig(file.gasLimit),
    gasUsed: 0n,
    timestamp: Number(toBig(file.timestamp)),
    extraData: encodeCursor({ batch: 0n, segment: 0, offset: 0, delayed: 0n }),
    mixHash: ((file.mixHash ?? file.mixhash)?.toLowerCase() as Hex | undefined) ?? ZERO_HASH,
    nonce: "0x0000000000000000",
    baseFeePerGas: file.baseFeePerGas == null ? 1_000_000_000n : toBig(file.baseFeePerGas),
    withdrawalsRoot: messagePasserStorageRoot,
    blobGasUsed: 0n,
    excessBlobGas: 0n,
    parentBeaconBlockRoot: ZERO_HASH,
    requestsHash: EMPTY_REQUESTS_HASH,
  };
  return putGenesis(toBig(file.config?.chainId), header, messagePasserStorageRoot, nodes);
}

/** Files a block 0 whose state is filed already: its header and its output root. */
export function putGenesis(
  chainId: bigint,
  header: BlockHeader,
  messagePasserStorageRoot: Hex,
  nodes: NodeStore,
): Genesis {
  const { stateRoot } = header;
  const headerRlp = encodeHeader(header);
  const hash = blockHash(header);
  nodes.put(fromHex(hash), headerRlp);
  const output = outputRootPreimage(stateRoot, messagePasserStorageRoot, hash);
  const outputRoot = keccak256(output);
  nodes.put(outputRoot, output);
  return {
    ...{ chainId, header, headerRlp, blockHash: hash, stateRoot, messagePasserStorageRoot },
    outputRoot: toHex(outputRoot),
  };
}

/** The storage trie of slots given as hex; zero values are absent. @returns its root. */
export function storageTrie(slots: Readonly<Record<string, string>>, nodes: NodeStore): Hex {
  const entries: [Uint8Array, Uint8Array][] = [];
  for (const [slot, value] of Object.entries(slots)) {
    const number = toBig(withPrefix(value));
    if (number !== 0n) entries.push([keccak256(word(toBig(withPrefix(slot)))), encodeRlp(rlpInteger(number))]);
  }
  return buildTrie(entries, nodes);
}

function putCode(hex: string, nodes: NodeStore): Hex {
  const code = fromHex(withPrefix(hex));
  if (code.length === 0) return EMPTY_CODE_HASH;
  const hash = keccak256(code);
  nodes.put(hash, code);
  return toHex(hash);
}

function addressKey(name: string): Hex {
  const address = withPrefix(name).toLowerCase();
  if (!/^0x[0-9a-f]{40}$/.test(address)) {
    throw new SolventError("genesis-invalid", `genesis: alloc: "${name}" is no address of 40 hex digits`);
  }
  return address as Hex;
}

function withPrefix(hex: string): string {
  return hex.startsWith("0x") ? hex : `0x${hex}`;
}

function toBig(value: string | number | null | undefined): bigint {
  return value == null || value === "0x" ? 0n : BigInt(value);
}
