import { AbiCoder, concat, id } from "ethers";
import { expect } from "chai";
import { createGenesis, parseDeploymentConfig } from "../../deployment";
import { Liabilities } from "../../games/sums/liabilities";
import { createStateReader } from "../../node/state";
import { decodeRlp, fromHex, rlpList, rlpUint } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { ExecutedBlock, Hex } from "../../protocol/types";
import {
  CHAIN_ID,
  GENESIS_TIME,
  genesisJson,
  RULES,
  SIGNER,
  TestChain,
  type BatchInput,
  type MessageInput,
} from "./support/chain";
import { transfer } from "./support/invalid";

const ETHER = 10n ** 18n;
const GWEI = 10n ** 9n;
const FUNDS = 1_000n * ETHER;
const SENDER: Hex = "0x00000000000000000000000000000000000a11ce";
const OTHER: Hex = "0x00000000000000000000000000000000000000aa";
/** Gas price of a transfer here, tip included. */
const [FEE, TIP] = [10n * GWEI, 2n * GWEI];

/** A chain with all predeploys, as it is deployed. */
function realChain(): TestChain {
  const { blockGasLimit, maxDelay, maxAhead } = RULES;
  const config = parseDeploymentConfig({
    ...{ chainId: CHAIN_ID, timestamp: GENESIS_TIME, blockGasLimit, maxDelay, maxAhead },
    ...{ sequencer: OTHER, feeRecipient: OTHER, accounts: { [SIGNER.address]: FUNDS } },
  });
  return new TestChain(RULES, createGenesis(config, { tokenBridge: OTHER }));
}

/** One batch of one block. */
function batch(second: bigint, transactions: Uint8Array[], delayedCount = 0n): BatchInput {
  const body = encodeBody({ timestamp: GENESIS_TIME + second, messageCount: 0n, transactions });
  return { data: encodeSegment([body]), delayedCount };
}

const total = ({ nodes }: TestChain, { stateRoot }: { stateRoot: Hex }): bigint =>
  new Liabilities(nodes, stateRoot).total;
const balance = ({ nodes }: TestChain, { stateRoot }: { stateRoot: Hex }, address: Hex): bigint =>
  createStateReader(nodes, stateRoot).account(address)?.balance ?? 0n;
const blocksOf = (chain: TestChain, batches: BatchInput[], messages: MessageInput[] = []): ExecutedBlock[] =>
  chain.derive(batches, messages).map(({ block }) => block);
const isSuccess = (receipt: Uint8Array): boolean => {
  const body = receipt[0] < 0x80 ? receipt.subarray(1) : receipt;
  return rlpUint(rlpList(decodeRlp(body))[0]) === 1n;
};

/** Each row of docs/spec/20-liabilities.md#sum that the program decides; the last one is test/contracts/exit.test.ts. */
describe("What all accounts own together, case by case", () => {
  it("has fees and tips in the vault, and withdrawn ones in the passer, where all withdrawals stay", () => {
    const chain = realChain();
    const { feeVault, messagePasser } = PREDEPLOYS;
    const initiate = fromHex(
      concat([
        id("initiateWithdrawal(address,uint256,bytes)").slice(0, 10),
        AbiCoder.defaultAbiCoder().encode(["address", "uint256", "bytes"], [OTHER, 0, "0x"]),
      ]) as Hex,
    );
    const dear = { maxFee: 10_000n * GWEI, maxTip: 9_000n * GWEI };
    const withdrawal = { to: messagePasser, value: 3n * ETHER, data: initiate, gasLimit: 300_000n };
    const sweep = { to: feeVault, value: 0n, data: fromHex(id("withdraw()").slice(0, 10) as Hex), gasLimit: 500_000n };
    const [paying, leaving, swept] = blocksOf(chain, [
      batch(1n, [transfer(0n, dear), transfer(1n, { maxFee: FEE, maxTip: TIP })]),
      batch(2n, [transfer(2n, withdrawal)]),
      batch(3n, [transfer(3n, sweep)]),
    ]);
    const fees = balance(chain, paying, feeVault);
    expect(fees > ETHER / 10n).to.equal(true);
    expect(balance(chain, paying, SIGNER.address)).to.equal(FUNDS - fees - 2n);
    for (const block of [paying, leaving, swept]) {
      expect(block.receipts.every(isSuccess)).to.equal(true);
      expect(total(chain, block)).to.equal(FUNDS);
    }
    expect(balance(chain, leaving, messagePasser)).to.equal(3n * ETHER);
    const all = balance(chain, leaving, feeVault);
    // What the sweep itself pays comes into the vault behind it.
    expect(balance(chain, swept, messagePasser)).to.equal(3n * ETHER + all);
    expect(balance(chain, swept, feeVault) < all).to.equal(true);
  });

  it("has the mint of a deposit that fails with its sender, and nothing of a forced message", () => {
    const chain = realChain();
    const messages = [
      { sender: SENDER, mint: 5n, value: 6n, to: OTHER, gasLimit: 50_000n },
      { sender: SIGNER.address, mint: 0n, value: 7n, to: OTHER, gasLimit: 21_000n },
    ];
    const [block] = blocksOf(chain, [{ data: new Uint8Array(0) }], messages);
    expect(block.receipts.map(isSuccess)).to.deep.equal([false, true]);
    expect(balance(chain, block, SENDER)).to.equal(5n);
    expect(balance(chain, block, OTHER)).to.equal(7n);
    expect(total(chain, block)).to.equal(FUNDS + 5n);
  });

  it("has nothing of a deposit until it is consumed", () => {
    const chain = realChain();
    const messages = [{ sender: SENDER, mint: ETHER, value: 0n, to: OTHER }];
    const blocks = blocksOf(chain, [batch(1n, []), { data: new Uint8Array(0), delayedCount: 1n }], messages);
    expect([blocks[0], blocks.at(-1)!].map((block) => total(chain, block))).to.deep.equal([FUNDS, FUNDS + ETHER]);
  });

  it("has no longer what a contract burnt that destroyed itself to itself as it was made", () => {
    const chain = realChain();
    // ADDRESS, SELFDESTRUCT
    const dies = { to: null, value: 4n * ETHER, data: fromHex("0x30ff"), gasLimit: 200_000n };
    const [block] = blocksOf(chain, [batch(1n, [transfer(0n, dies)])]);
    expect(block.receipts.every(isSuccess)).to.equal(true);
    expect(total(chain, block)).to.equal(FUNDS - 4n * ETHER);
  });

  it("has no longer base fees where the chain has no vault, but tips", () => {
    const json = genesisJson(RULES) as { coinbase?: Hex };
    json.coinbase = OTHER;
    const chain = new TestChain(RULES, json);
    const [block] = blocksOf(chain, [batch(1n, [transfer(0n, { maxFee: FEE, maxTip: TIP, gasLimit: 21_000n })])]);
    const { baseFeePerGas, gasUsed } = block.header;
    expect(gasUsed).to.equal(21_000n);
    expect(total(chain, { stateRoot: chain.genesis.header.stateRoot }) - total(chain, block)).to.equal(
      21_000n * baseFeePerGas!,
    );
    expect(balance(chain, block, block.header.miner)).to.equal(21_000n * TIP);
  });
});
