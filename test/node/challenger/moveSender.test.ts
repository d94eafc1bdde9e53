import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pino from "pino";
import { MoveSender } from "../../../challenger/moveSender";
import { ClaimsGame, type ClaimsMove } from "../../../games/claims";
import { L1Sender } from "../../../node/l1/sender";
import { Store } from "../../../node/store/store";
import { ZERO_HASH } from "../../../protocol";
import type { Hex, L1Block } from "../../../protocol/types";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";

const QUEUE: Hex = `0x${"51".repeat(20)}`;
const REVERTS: Hex = "0x60006000fd";
const ETHER = 10n ** 18n;

/** A queue that takes every call stands for the real one: what counts is what goes to L1, and how often. */
describe("moves sent to L1", function () {
  this.timeout(60_000);
  const log = pino({ level: "silent" });
  // Its calldata and bounds need no L1.
  const game = Object.create(ClaimsGame.prototype) as ClaimsGame;
  let anvil: Anvil;
  let folder: string;
  let store: Store;
  let sender: L1Sender;
  let mover: MoveSender;

  /** As a process does that starts. */
  const open = async (): Promise<void> => {
    store = await Store.open(folder, "test");
    sender = await L1Sender.create(anvil.rpc, KEYS[0], store, { stuckBlocks: 6, maxFeePerGas: 10n ** 12n }, log);
    const options = { game, queue: QUEUE, sender, rpc: anvil.rpc, pageGas: 10_000_000, onPage: () => {} };
    mover = new MoveSender(options);
  };
  const restart = async (): Promise<void> => {
    await store.close();
    await open();
  };
  const resolve = (index: number): ClaimsMove => ({ kind: "resolveClaim", assertion: ZERO_HASH, index });
  const head = async (): Promise<L1Block> => {
    const block = await anvil.rpc.send<Record<string, Hex>>("eth_getBlockByNumber", ["latest", false]);
    const { hash, parentHash } = block;
    return { number: Number(block.number), time: Number(block.timestamp), hash, parentHash };
  };
  /** One look of a party whose plan is these moves. */
  const look = async (...free: ClaimsMove[]): Promise<void> => {
    await sender.poll();
    const funds = { wallet: 100n * ETHER, queue: 0n, bid: 10n ** 10n };
    await mover.send({ free, staked: [], stakeOf: () => 0n }, funds, await head());
  };
  /** Calldata of what L1 has from this account in a block. */
  const inBlock = async (): Promise<Hex[]> => {
    const { transactions } = await anvil.rpc.send<{ transactions: { input: Hex }[] }>("eth_getBlockByNumber", [
      "latest",
      true,
    ]);
    return transactions.map(({ input }) => input);
  };

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
  });
  after(() => anvil?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-moves-"));
    await anvil.rpc.send("anvil_setCode", [QUEUE, "0x"]);
    await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("does not send a move again that waits in a page of the process before", async () => {
    await look(resolve(0), resolve(1));
    await restart();
    // The next plan has another page: one of the moves is not wanted any more, another one is new.
    await look(resolve(1), resolve(2));
    await anvil.mine();
    expect(await inBlock()).to.deep.equal([game.encode([resolve(0), resolve(1)]), game.encode([resolve(2)])]);
  });

  it("sends again, of what a reorg took back, what the plan still wants, and nothing else", async () => {
    await look(resolve(0), resolve(1));
    await anvil.mine();
    await look();
    await look(resolve(2));
    await anvil.mine();
    await look();
    await anvil.reorg(2);
    await look(resolve(1));
    await look(resolve(1));
    await anvil.mine();
    expect(await inBlock()).to.deep.equal([game.encode([resolve(1)])]);
    await look(resolve(2));
    await anvil.mine();
    expect(await inBlock()).to.deep.equal([game.encode([resolve(2)])]);
    await look();
    expect(sender.pending()).to.deep.equal([]);
  });

  it("sends the rest of a page together where somebody else made one of its moves first, and each alone where all are still wanted", async () => {
    await anvil.rpc.send("anvil_setCode", [QUEUE, REVERTS]);
    await look(resolve(0), resolve(1), resolve(2));
    await anvil.mine();
    await anvil.rpc.send("anvil_setCode", [QUEUE, "0x"]);
    await anvil.mine(2);
    await look(resolve(1), resolve(2));
    await anvil.mine();
    expect(await inBlock()).to.deep.equal([game.encode([resolve(1), resolve(2)])]);

    await anvil.rpc.send("anvil_setCode", [QUEUE, REVERTS]);
    await look(resolve(3), resolve(4));
    await anvil.mine();
    await anvil.rpc.send("anvil_setCode", [QUEUE, "0x"]);
    await anvil.mine(2);
    await look(resolve(3), resolve(4));
    await anvil.mine();
    expect(await inBlock()).to.deep.equal([game.encode([resolve(3)]), game.encode([resolve(4)])]);
  });
});
