import { encodeRlp, keccak256, toHex, word } from "../../../protocol";
import { TestChain } from "../../vm/support/chain";
import { blsPairing, bnPairing } from "../../vm/support/precompiles";
import { loopContract, assemble } from "./assembler";
import { blake2Input, modexpInput } from "./cases";
import { minedTrie } from "./minedTrie";
import { TARGET, TRANSACTION_GAS, contractChain } from "./measure";

/** A block that tries to be as costly to prove as `gas` allows. */
export type WorstBlock = {
  name: string;
  chain(gas: bigint): Promise<TestChain>;
  /** How many blocks are made of it; 1 by default. */
  blocks?: number;
};

const CODE_BYTES = 24_576;
/** More than the program's code cache holds, as many as a block's gas can warm up. */
const CODES = 200;
const SLOTS = 20_000;
/** Gas below which no change of a slot is to be had. */
const GAS_A_SLOT = 4_300n;
/** Nibbles of a slot's hash that an attacker has made to lie behind full branches: 2^80 hashes a slot, more than anyone has. */
const MINED_DEPTH = 20;
const ODD = `0x${"f7".repeat(31)}01`;

/** The blocks that DESIGN section 3 fears, by name. */
export const WORST_BLOCKS: WorstBlock[] = [
  ...[1024, 16_384, 65_536, 131_072].map((size) => ({
    name: `calls as deep as gas allows, each frame with ${size} bytes of memory`,
    chain: (gas: bigint) => contractChain(assemble(`1 ${size - 32} MSTORE 0 0 0 0 0 ADDRESS GAS CALL`), gas),
  })),
  {
    name: `writes to a storage trie of ${SLOTS} slots`,
    chain: (gas) => {
      const slots = Array.from({ length: SLOTS }, (_, i) => [`0x${i.toString(16)}`, "0x77"]);
      const code = loopContract("0", "DUP1 DUP1 SSTORE 1 ADD", 4);
      return contractChain(code, gas, { [TARGET]: { code: toHex(code), storage: Object.fromEntries(slots) } });
    },
  },
  {
    name: `writes to slots that lie ${MINED_DEPTH} full branches deep`,
    chain: async (gas) => {
      const chain = await contractChain(loopContract("0", "DUP1 DUP1 SSTORE 1 ADD", 4), gas);
      const keys = Array.from({ length: Number(gas / GAS_A_SLOT) }, (_, i) => keccak256(word(BigInt(i))));
      chain.setStorageRoot(
        TARGET,
        toHex(minedTrie(keys, encodeRlp(new Uint8Array(32).fill(0x77)), MINED_DEPTH, chain.nodes)),
      );
      return chain;
    },
  },
  {
    name: `calls that alternate over ${CODES} codes of ${CODE_BYTES} bytes`,
    chain: (gas) => contractChain(alternating(), gas, Object.fromEntries([...Array(CODES).keys()].map(bigCode))),
  },
  precompileBlock("modexp of 32 bytes", 5, modexpInput(32, 32, 32, 0xff)),
  precompileBlock("ecrecover of garbage", 1, new Uint8Array(128).fill(7)),
  precompileBlock("identity of nothing", 4, new Uint8Array(0)),
  precompileBlock("pairings of 100 points of BLS12-381", 15, Buffer.from(blsPairing(100), "hex")),
  precompileBlock("pairings of 200 points of bn254", 8, Buffer.from(bnPairing(200), "hex")),
  precompileBlock("blake2f of 1,000,000 rounds", 9, blake2Input(1_000_000)),
  {
    name: "blake2f with all gas",
    chain: (gas) => {
      // a call gets 63 of 64 parts of what the transaction has left
      const limit = gas < TRANSACTION_GAS ? gas : TRANSACTION_GAS;
      const share = (limit * 97n) / 100n - 40_000n;
      const code = loopContract(
        "213 DATA 0 CODECOPY 0 0 213 0 9 GAS STATICCALL",
        "0 POP",
        1,
        blake2Input(Number(share)),
      );
      return contractChain(code, gas);
    },
  },
  { name: "MULMOD", chain: (gas) => contractChain(loopContract(ODD, "DUP1 DUP1 DUP1 MULMOD POP", 200), gas) },
  {
    name: "KECCAK256 of 8,192 bytes",
    chain: (gas) => contractChain(loopContract("", "8192 0 KECCAK256 POP", 100), gas),
  },
  { name: "only invalid transactions", chain: invalidTransactions },
  { name: "a flood of deposits of 21,000 gas", chain: (gas) => deposits(gas, 21_000n, 0) },
  {
    name: "a flood of deposits over three blocks",
    chain: () => deposits(90_000_000n, 100_000n, 2_000),
    blocks: 3,
  },
  { name: "a flood of deposits with 24,576 bytes of data", chain: (gas) => deposits(gas, 1_004_040n, CODE_BYTES) },
];

function precompileBlock(name: string, address: number, input: Uint8Array): WorstBlock {
  const code = (): Uint8Array =>
    loopContract(`${input.length} DATA 0 CODECOPY`, `0 0 ${input.length} 0 ${address} GAS STATICCALL POP`, 10, input);
  const isLong = input.length > 20_000;
  if (!isLong) return { name: `precompile: ${name}`, chain: (gas) => contractChain(code(), gas) };
  // longer than a contract may be: it stands in calldata
  const body = `CALLDATASIZE 0 0 CALLDATACOPY 0 0 CALLDATASIZE 0 ${address} GAS STATICCALL`;
  return { name: `precompile: ${name}`, chain: (gas) => contractChain(assemble(body), gas, {}, input) };
}

const bigAddress = (index: number): string => `0x${(0x1_0000 + index).toString(16).padStart(40, "0")}`;

function bigCode(index: number): [string, { code: string }] {
  const code = new Uint8Array(CODE_BYTES).fill(0x5b);
  // STOP, then what makes each code another
  code[0] = 0;
  code[1] = index & 0xff;
  code[2] = index >> 8;
  return [bigAddress(index), { code: toHex(code) }];
}

/** Calls the big codes one after the other, for ever. */
function alternating(): Uint8Array {
  const body = `DUP1 0x10000 ADD 0 0 0 0 0 DUP6 GAS CALL POP POP 1 ADD ${CODES} SWAP1 MOD`;
  return loopContract("0", body, 50);
}

/** As many transactions as a block may list, none of which is valid: nonces too high. */
async function invalidTransactions(gas: bigint): Promise<TestChain> {
  const chain = new TestChain();
  const transactions: Uint8Array[] = [];
  for (let i = 0; i < Number(gas / 21_000n); i++)
    transactions.push(await chain.sign({ to: TARGET, nonce: 1000 + i, gasLimit: 21_000n }));
  chain.addBatch([transactions]);
  return chain;
}

async function deposits(gas: bigint, gasLimit: bigint, length: number): Promise<TestChain> {
  const chain = new TestChain();
  const data = new Uint8Array(length).fill(7);
  for (let left = gas; left >= gasLimit; left -= gasLimit) chain.addMessage({ gasLimit, data });
  chain.addBatch([]);
  return chain;
}
