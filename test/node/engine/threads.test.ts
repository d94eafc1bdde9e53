import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine, openProgram, type CallRequest } from "../../../node/engine";
import { EngineThreads, remoteEngine, sliceInbox } from "../../../node/engine/threads";
import type { Hex } from "../../../protocol/types";
import { Store } from "../../../node/store/store";
import { allocation, CONTRACTS, WALLETS } from "../../differential/support/transactions";
import { TestChain } from "../../vm/support/chain";

const TARGET: Hex = `0x${"77".repeat(20)}`;
/** Maps ever new field elements to G2 of BLS12-381 until the gas is gone: seconds of work for one call. */
const SLOW = "5b60016020510160205260006000608060006000601162005dc0f150600056";
const LIMIT_MS = 60_000;

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "none",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

describe("engine: threads", function () {
  this.timeout(120_000);
  const chain = new TestChain(allocation());
  const { header } = chain.genesis;
  const slow: CallRequest = {
    header,
    to: TARGET,
    stateOverrides: { [TARGET]: { code: Uint8Array.from(Buffer.from(SLOW, "hex")) } },
  };
  const quick: CallRequest = { header, to: CONTRACTS.counter as Hex, from: WALLETS[0].address.toLowerCase() as Hex };
  let folder: string;
  let store: Store;
  let threads: EngineThreads;
  let transfers: Uint8Array[];

  before(async () => {
    transfers = [await chain.sign({ to: TARGET, value: 1n }), await chain.sign({ to: TARGET, value: 2n })];
    chain.addBatch([[transfers[0]], [], [transfers[1]]]);
    folder = mkdtempSync(join(tmpdir(), "solvent-threads-"));
    store = await Store.open(folder, "test");
    chain.nodes.forEach((hash, data) => store.nodes.put(hash, data));
    await store.write(() => undefined);
    threads = new EngineThreads({ databasePath: store.database.path }, 2);
  });

  after(async () => {
    await threads.close();
    expect(await codeOf(threads.run({ operation: "call", values: [quick] }, LIMIT_MS))).to.equal("engine-closed");
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it("answer as the engine itself does", async () => {
    const engine = openEngine({ nodes: chain.nodes });
    const remote = remoteEngine(threads, LIMIT_MS);
    expect(await remote.call(quick)).to.deep.equal(engine.call(quick));
    expect(await remote.estimateGas(quick, 0.015)).to.deep.equal(engine.estimateGas(quick, 0.015));
    expect(await remote.createAccessList(quick)).to.deep.equal(engine.createAccessList(quick));
  });

  it("run the program over what is not in the store yet", async () => {
    const { outputRoot } = chain.genesis;
    const inbox = sliceInbox(chain, { firstBatch: 0n, firstMessage: 0n, messageEnd: 0n });
    const program = openProgram({ nodes: chain.nodes });
    const expected: Hex[] = [];
    for (let block = program.advance(outputRoot, chain); block !== null;) {
      expected.push(block.outputRoot);
      block = program.advance(block.outputRoot, chain);
    }
    expect(expected).to.have.length(3);
    const advance = (transactions: Uint8Array[]) => {
      const senders = transactions.map((raw) => ({ raw, from: chain.wallet.address.toLowerCase() as Hex }));
      const job = { outputRoot, inbox, preimages: [], senders, runs: 9 };
      return threads.run<Hex[]>({ operation: "advance", ...job }, LIMIT_MS);
    };
    expect(await advance(transfers)).to.deep.equal(expected);
    expect(await advance([])).to.deep.equal(expected);
  });

  it("pass on the engine's own errors", async () => {
    const state: Record<Hex, Hex> = {};
    for (let slot = 0; slot <= 32_768; slot++) state[`0x${slot.toString(16)}`] = "0x01";
    const remote = remoteEngine(threads, LIMIT_MS);
    const request = { ...quick, stateOverrides: { [TARGET]: { state } } };
    expect(await codeOf(Promise.resolve(remote.call(request)))).to.equal("call-too-large");
  });

  it("end a call that takes too long, and answer others meanwhile and afterwards", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const began = performance.now();
    const late = codeOf(Promise.resolve(remoteEngine(threads, 400).call(slow)));
    const remote = remoteEngine(threads, LIMIT_MS);
    expect(await remote.call(quick)).to.have.property("status", "success");
    expect(await late).to.equal("engine-timeout");
    clearInterval(timer);
    expect(performance.now() - began).to.be.at.least(399);
    expect(turns).to.be.greaterThan(10);
    for (let i = 0; i < 4; i++) expect(await remote.call(quick)).to.have.property("status", "success");
  });
});
