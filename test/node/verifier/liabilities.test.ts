import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { challengeSum } from "../../../games/sums/challenge";
import { Liabilities } from "../../../games/sums/liabilities";
import { Chain } from "../../../node/chain/chain";
import { Dispatcher } from "../../../node/rpc";
import { genesisFromJson } from "../../../node/state/genesis";
import { Store } from "../../../node/store/store";
import { decodeCursor, keccak256, toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { liabilityMethods } from "../../../verifier/liabilities";
import { genesisJson, RULES } from "../../stf/support/chain";
import { measured } from "../support/stall";

const ACCOUNTS = 5_000;
const address = (i: number): Hex => toHex(keccak256(word(i)).subarray(12));

describe("a verifier's answers about sums", function () {
  this.timeout(120_000);
  let folder: string;
  let store: Store;
  let chain: Chain;
  let stateRoot: Hex;
  let dispatcher: Dispatcher;
  let endings: (() => Promise<void>)[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-sums-"));
    store = await Store.open(folder, "sums");
    const json = genesisJson(RULES) as { alloc: Record<Hex, { balance: string; nonce: number }> };
    for (let i = 0; i < ACCOUNTS; i++) json.alloc[address(i)] = { balance: String(i + 1), nonce: 1 };
    const genesis = genesisFromJson(json, store.nodes);
    ({ stateRoot } = genesis.header);
    const block = { ...genesis, cursor: decodeCursor(genesis.header.extraData), transactions: [], receipts: [] };
    chain = await Chain.open(store, block, pino({ level: "silent" }));
  });
  beforeEach(() => {
    endings = [];
    const methods = liabilityMethods({ chain, store, endsWith: (close) => void endings.push(close) });
    dispatcher = new Dispatcher({ ...methods, quick: () => "at once" });
  });
  const end = async (): Promise<unknown> => Promise.all(endings.map((close) => close()));
  afterEach(end);
  after(async () => {
    await chain?.close();
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  interface Answer {
    result?: unknown;
    error?: { code: number; message: string; data?: { code: string } };
  }
  async function ask(method: string, ...params: unknown[]): Promise<Answer> {
    const text = await dispatcher.handle(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return JSON.parse(text!) as Answer;
  }
  const codeOf = ({ error }: Answer): string => `${error?.code} ${error?.data?.code ?? error?.message}`;

  it("keep nobody waiting while a big state is summed", async () => {
    const here = await measured(() => new Liabilities(store.nodes, stateRoot).sum);
    const order: string[] = [];
    const there = await measured(async () => {
      const asked = ask("rollup_getLiabilities").finally(() => order.push("sum"));
      await ask("quick").finally(() => order.push("quick"));
      return asked;
    });
    console.log(
      `      ${ACCOUNTS} accounts: summed here ${Math.round(here.took)} ms; asked ${Math.round(there.took)}, stalled ${Math.round(there.longest)}`,
    );
    const { hash, total } = here.result;
    const block = { number: 0, hash: chain.safe.hash };
    expect(there.result.result).to.deep.equal({ block, stateRoot, root: hash, total: String(total) });
    expect(there.longest, `of ${here.took} ms`).to.be.below(here.took / 2);
    expect(order).to.deep.equal(["quick", "sum"]);
  });

  it("are what is computed here", async () => {
    const truth = new Liabilities(store.nodes, stateRoot);
    const { hash, total } = truth.sum;
    expect((await ask("rollup_proveLiability", address(7))).result).to.deep.equal(truth.prove(address(7)));
    expect((await ask("rollup_proveLiability", address(7), "0x0")).result).to.deep.equal(truth.prove(address(7)));
    expect((await ask("rollup_proveLiability", address(ACCOUNTS))).result).to.equal(null);
    const record = truth.recordBehind(hash)!;
    expect((await ask("rollup_getSumRecord", "0x0", hash)).result).to.equal(record);
    expect((await ask("rollup_getSumRecord", "0x0", stateRoot)).result).to.equal(null);
    const judge = async (claimed: bigint, records: Hex[]): Promise<unknown> =>
      (await ask("rollup_judgeSum", "0x0", hash, `0x${claimed.toString(16)}`, records)).result;
    for (const claimed of [total, total - 1n])
      for (const records of [[], [record]]) {
        const known = (at: Hex): Hex | undefined => (at === hash ? records[0] : undefined);
        expect(await judge(claimed, records)).to.deep.equal(challengeSum(truth, { hash, total: claimed }, known));
      }
  });

  it("refuse what is no question, what is too much at once, and what comes when the node stops", async () => {
    const { hash } = chain.safe;
    const tooMany = Array.from({ length: 65 }, () => "0x");
    expect(codeOf(await ask("rollup_proveLiability", "0x12"))).to.match(/^-32602/);
    expect(codeOf(await ask("rollup_judgeSum", "0x0", hash, "0x1", tooMany))).to.match(/^-32602 .*at most 64 records/);
    expect(codeOf(await ask("rollup_judgeSum", "0x0", hash, "0x1", ["0x12"]))).to.match(/^-32602 .*record of 1 bytes/);
    expect(codeOf(await ask("rollup_getLiabilities", "0x7"))).to.match(/^-32000 block-unknown/);
    const asked = Array.from({ length: 200 }, () => ask("rollup_getLiabilities"));
    expect(codeOf(await asked.at(-1)!)).to.equal("-32000 engine-busy");
    expect(await asked[0]).to.have.property("result");
    await end();
    expect(codeOf(await ask("rollup_getLiabilities"))).to.equal("-32000 engine-closed");
    await Promise.all(asked);
  });
});
