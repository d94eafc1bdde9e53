import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SumThread } from "../../../actor/sums/thread";
import { challengeSum } from "../../../games/sums/challenge";
import { Liabilities } from "../../../games/sums/liabilities";
import { genesisFromJson } from "../../../node/state/genesis";
import { Store } from "../../../node/store/store";
import { keccak256, toHex, word } from "../../../protocol";
import { decodeRecord, encodeRecord, hashRecord } from "../../../protocol/liability";
import type { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { measured } from "../support/stall";

const ACCOUNTS = 5_000;
const address = (i: number): Hex => toHex(keccak256(word(i)).subarray(12));

describe("sums over a whole state, in a thread of its own", function () {
  this.timeout(120_000);
  let folder: string;
  let store: Store;
  let thread: SumThread;
  let stateRoot: Hex;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-sums-"));
    store = await Store.open(folder, "sums");
    const accounts = Array.from({ length: ACCOUNTS }, (_, i) => [address(i), { balance: String(i + 1), nonce: 1 }]);
    const genesis = { alloc: Object.fromEntries(accounts) as object, gasLimit: 30_000_000 };
    stateRoot = genesisFromJson(genesis as Parameters<typeof genesisFromJson>[0], store.nodes).stateRoot;
    await store.write(() => {});
  });
  beforeEach(() => (thread = new SumThread(store.database.path)));
  afterEach(() => thread.close());
  after(async () => {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("leaves the loop free, and comes to what is summed here", async () => {
    const here = await measured(() => new Liabilities(store.nodes, stateRoot).sum);
    const there = await measured(() => thread.sum(stateRoot));
    console.log(
      `      ${ACCOUNTS} accounts: here ${Math.round(here.took)} ms, stalled ${Math.round(here.longest)}; in a thread ${Math.round(there.took)}, stalled ${Math.round(there.longest)}`,
    );
    expect(there.result).to.deep.equal(here.result);
    expect(here.longest).to.be.above(here.took / 2);
    expect(there.longest, `of ${here.took} ms`).to.be.below(here.took / 2);
  });

  it("judges a claim and shows a record as is done here", async () => {
    const truth = new Liabilities(store.nodes, stateRoot, new Map());
    const { sum } = truth;
    const claims = [sum, { ...sum, total: sum.total - 1n }, { hash: toHex(word(7)), total: sum.total }];
    for (const claimed of claims)
      expect(await thread.judge(stateRoot, claimed, new Map())).to.deep.equal(
        challengeSum(truth, claimed, () => undefined),
      );
    const record = truth.recordBehind(sum.hash)!;
    expect(await thread.record(stateRoot, sum.hash)).to.equal(record);
    expect(await thread.record(stateRoot, toHex(word(8)))).to.equal(undefined);
    // A false claim whose record somebody has shown: two children with each other's ether.
    const pairs = decodeRecord(record);
    pairs[0] = { ...pairs[0], total: pairs[0].total + 1n };
    pairs[1] = { ...pairs[1], total: pairs[1].total - 1n };
    const forged = encodeRecord(pairs);
    const claimed = { hash: hashRecord(forged), total: sum.total };
    const shown = new Map([[claimed.hash, forged]]);
    const move = await thread.judge(stateRoot, claimed, shown);
    expect(move).to.deep.equal(challengeSum(truth, claimed, (hash) => shown.get(hash)));
    expect(move.kind).to.equal("refute");
  });

  it("says what it lacks, goes on, takes so many questions, and refuses when it is closed", async () => {
    const failure = async (question: Promise<unknown>): Promise<string> =>
      question.then(
        () => "none",
        (error: SolventError) => `${error.code}: ${error.message}`,
      );
    expect(await failure(thread.sum(toHex(word(9))))).to.match(/preimage-missing: .*it lacks this state/);
    expect((await thread.sum(stateRoot)).total).to.equal((BigInt(ACCOUNTS) * BigInt(ACCOUNTS + 1)) / 2n);
    const asked = Array.from({ length: 200 }, () => failure(thread.sum(toHex(word(10)))));
    expect(await asked.at(-1)).to.match(/engine-busy/);
    expect(await asked[0]).to.match(/preimage-missing/);
    await thread.close();
    const answers = (await Promise.all(asked)).map((answer) => answer.split(":")[0]);
    // One is worked on, and a hundred wait.
    expect(answers.filter((code) => code === "engine-busy")).to.have.length(200 - 101);
    expect(answers.filter((code) => /preimage-missing|engine-closed/.test(code))).to.have.length(101);
    expect(await failure(thread.sum(stateRoot))).to.match(/engine-closed/);
    await thread.close();
  });

  it("refuses what is asked first after it was closed", async () => {
    await thread.close();
    expect(await thread.sum(stateRoot).catch((error: SolventError) => error.code)).to.equal("engine-closed");
  });

  it("says that a thread died which finds no store", async () => {
    const lost = new SumThread(join(folder, "elsewhere"));
    expect(await lost.sum(stateRoot).catch((error: SolventError) => error.code)).to.equal("engine-failed");
    await lost.close();
  });
});
