import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { preimageFromStore } from "../../challenger/commitments/commitments";
import type { Tell } from "../../adversary/forgeries";
import { HaltingSource } from "../../adversary/haltingSource";
import {
  ZERO_HASH,
  decodeCursor,
  decodeHeader,
  encodeCursor,
  encodeHeader,
  fromHex,
  keccak256,
  outputRootPreimage,
  toHex,
} from "../../protocol";
import { Arena } from "./support/arena";
import { checkBooks } from "./support/books";
import { expectHonestWinner, newSeed } from "./support/frauds";
import { buildTrappingProgram } from "./support/trappingProgram";
import { until } from "./support/system";

/** Index of the batch on which the planted program traps. */
const TRAPPING_BATCH = 1;

/** The run ended in a block with nothing in it, behind all that the inbox holds. */
const tellNoTrap: Tell = ({ store, parent }) => {
  const put = (bytes: Uint8Array): Uint8Array => {
    const hash = keccak256(bytes);
    store.put(hash, bytes);
    return hash;
  };
  const before = preimageFromStore(store, parent);
  const header = decodeHeader(fromHex(before.header));
  const cursor = decodeCursor(header.extraData);
  const made = encodeHeader({
    ...header,
    number: header.number + 1,
    timestamp: header.timestamp + 1,
    extraData: encodeCursor({ ...cursor, batch: cursor.batch + 10n }),
  });
  const output = { ...before, header: toHex(made) };
  const root = put(outputRootPreimage(before.stateRoot, before.messagePasserStorageRoot, toHex(put(made))));
  return { id: "no trap", end: { outputRoot: toHex(root), output } };
};

describe("e2e: a program that traps, on L1 and in every node", function () {
  this.timeout(600_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-trap-"));
  let arena: Arena;
  before(async () => {
    await buildTrappingProgram(folder, TRAPPING_BATCH);
    process.env.SOLVENT_BUILD_DIR = folder;
    arena = new Arena();
    await arena.start();
    await arena.startHonest();
  });
  after(async () => {
    delete process.env.SOLVENT_BUILD_DIR;
    await arena?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("D1 asserts the zero root, and beats who says that the run ended otherwise", async () => {
    const { honest } = arena;
    await arena.postBlocks();
    await until("the blocks before are derived", () => honest.core.chain.safe.number === 3);
    const seed = newSeed();
    console.log(`      SOLVENT_SEED=${seed}`);
    const lie = { run: (runs: number) => runs - 1, seed, tell: tellNoTrap };
    const mayLie = (_start: unknown, inbox: { batchCount: number }) => inbox.batchCount > TRAPPING_BATCH;
    const create = () => ({
      createSource: (options: ConstructorParameters<typeof HaltingSource>[0]) =>
        new HaltingSource(options, { ...lie, mayLie }),
    });
    const battle = await arena.fight([{ fault: "a run that did not trap", seed, create }]);
    expectHonestWinner(arena, battle);
    expect(honest.core.health.toJSON().problems.derivation).to.contain("nothing follows block 3");
    const ends = [...arena.record.replica.assertions.values()];
    const confirmed = ends.filter(({ id }) => arena.record.replica.edge(id)?.status === "confirmed");
    expect(confirmed.map(({ outputRoot }) => outputRoot)).to.include(ZERO_HASH);
    expect(battle.proven).to.have.length(1);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  });
});
