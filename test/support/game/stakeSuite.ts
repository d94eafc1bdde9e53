import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { unbalanced } from "../../../simulator/invariants";
import { ETHER, type Bytecode } from "../../../simulator/boards/setup";
import { halvesOf, type OwnEdge, type Parent, type Truth } from "../../../games/edges/truth";
import type { Move } from "../../../games/edges";
import { Table } from "./table";

const [HONEST, LIAR, HELPER] = [0, 1, 2];
const STAKE = 16n * ETHER;
const WHOLE = 1000n * ETHER;

/** One course of stakes and rewards on fresh contracts, and what must come of it. */
export interface StakeScript {
  title: string;
  /** @returns all that went wrong. */
  play(table: Table): Promise<string[]>;
}

/** Each kills at least one of the mutants of stakes and rewards. */
export const STAKE_SCRIPTS: readonly StakeScript[] = [
  {
    title: "moves a stake to the child, and returns it once, from there",
    async play(table) {
      await table.at(0, [HONEST, table.assert(table.truth)]);
      const first = table.root(table.truth);
      const parent = await table.parentAt(first);
      await table.at(100, [HONEST, table.assert(table.truth, parent)]);
      const second = table.root(table.truth, parent);
      const found = await expectBalance(table, HONEST, WHOLE - STAKE, "one stake for two");
      await table.at(2 * periodOf(table), [LIAR, table.confirm(first)]);
      found.push(...(await expectBalance(table, HONEST, WHOLE - STAKE, "the first is confirmed")));
      await table.play(LIAR, table.confirm(second));
      return [...found, ...(await expectBalance(table, HONEST, WHOLE, "the second is confirmed"))];
    },
  },
  {
    title: "slashes a moved stake where it lies, when the first of its assertions loses",
    async play(table) {
      const lie = table.lie();
      await table.at(0, [HONEST, table.assert(table.truth)]);
      await table.at(periodOf(table), [LIAR, table.assert(lie)]);
      const onTop = await assertOnTop(table, lie, periodOf(table) + 100);
      const [truth, lost] = [table.root(table.truth), table.root(lie)];
      await table.play(HONEST, table.confirm(truth), table.slash(lost, truth));
      const found = await expectBalance(table, LIAR, WHOLE - STAKE, "a stake, once");
      const refused = await table.refusalOf(LIAR, table.confirm(onTop));
      await table.at(9 * periodOf(table));
      return [...found, ...(refused === null ? ["what stands on a loser is confirmed"] : [])];
    },
  },
  {
    title: "moves no stranger's stake",
    async play(table) {
      const parent = await assertFirst(table, HONEST);
      await table.at(100, [LIAR, table.assert(table.lie(), parent)]);
      return [
        ...(await expectBalance(table, LIAR, WHOLE - STAKE, "a stake of its own")),
        ...((await table.chain.replica()).edge(parent.id)!.stakeMoved ? ["the stake of another has moved"] : []),
      ];
    },
  },
  {
    title: "moves a stake once",
    async play(table) {
      const parent = await assertFirst(table, LIAR);
      await table.at(100, [LIAR, table.assert(table.truth, parent)]);
      await table.at(101, [LIAR, table.assert(table.lie(), parent)]);
      return expectBalance(table, LIAR, WHOLE - 2n * STAKE, "two children, two stakes");
    },
  },
  {
    title: "moves no stake that has been returned",
    async play(table) {
      const parent = await assertFirst(table, HONEST);
      await table.at(periodOf(table) + 1, [HONEST, table.confirm(table.root(table.truth))]);
      await table.play(HONEST, table.assert(table.truth, parent));
      return expectBalance(table, HONEST, WHOLE - STAKE, "a new stake");
    },
  },
  {
    title: "frees one of two stakes only on one chain, of one staker, once",
    async play(table) {
      const lie = table.lie();
      const parent = await assertFirst(table, LIAR);
      await table.at(100, [LIAR, table.assert(lie)]);
      const [truth, other] = [table.root(table.truth).id, table.root(lie).id];
      const found: string[] = [];
      const expectRefusal = async (from: string, to: string): Promise<void> => {
        const move = { kind: "moveStake", from, to } as Move;
        const refused = await table.refusalOf(HONEST, move);
        if (refused !== "StakeNotMovable") found.push(`moveStake is ${refused ?? "taken"}`);
      };
      await expectRefusal(truth, other);
      await expectRefusal(truth, truth);
      await table.at(200, [HELPER, table.assert(table.truth, parent)]);
      const middle = await table.parentAt(table.root(table.truth, parent));
      await table.at(300, [LIAR, table.assert(table.truth, middle)]);
      const last = table.root(table.truth, middle).id;
      await expectRefusal(other, last);
      await expectRefusal(truth, middle.id);
      await expectRefusal(last, truth);
      found.push(...(await expectBalance(table, LIAR, WHOLE - 3n * STAKE, "three stakes")));
      for (let i = 0; i < 2; i++) await table.play(HONEST, { kind: "moveStake", from: parent.id, to: last });
      return [...found, ...(await expectBalance(table, LIAR, WHOLE - 2n * STAKE, "one is free, once"))];
    },
  },
  {
    title: "pays each mover below the winner what the move cost, once, and nobody else",
    async play(table) {
      const lie = table.lie();
      await table.at(0, [HONEST, table.assert(table.truth)]);
      await table.at(periodOf(table), [LIAR, table.assert(lie)]);
      const [truth, lost] = [table.root(table.truth), table.root(lie)];
      const receipt = await table.play(HELPER, table.bisect(truth));
      await table.play(LIAR, table.bisect(lost));
      await table.play(HELPER, table.confirm(truth), table.slash(lost, truth));
      const view = await table.chain.replica();
      const [left, right] = halvesOf(truth);
      const [staking, bisection] = [view.edge(truth.id)!.cost, view.edge(right.id)!.cost];
      const found: string[] = [];
      const block = (await receipt.provider.getBlock(receipt.blockNumber))!;
      const spent = receipt.gasUsed * block.baseFeePerGas!;
      if (bisection > spent || bisection * 2n < spent)
        found.push(`a bisection for ${spent} wei counts as ${bisection}`);
      const way = [{ left: left.root, right: right.root, isRight: false }];
      const reward = { kind: "reward", at: truth.at, root: truth.root, way } as Move;
      const others = halvesOf(lost).map(({ root }) => root);
      const elsewhere = { ...reward, way: [{ left: others[0], right: others[1], isRight: true }] } as Move;
      const refused = await table.refusalOf(LIAR, elsewhere);
      if (refused !== "RootMismatch") found.push(`moves elsewhere: ${refused ?? "paid"}`);
      for (let i = 0; i < 2; i++) {
        await table.play(LIAR, reward);
        found.push(...(await expectBalance(table, HONEST, WHOLE + staking, "the staker")));
        found.push(...(await expectBalance(table, HELPER, WHOLE + bisection, "the mover")));
      }
      found.push(...(await expectBalance(table, LIAR, WHOLE - STAKE, "the liar")));
      return [...found, ...unbalanced(await table.chain.replica(), 5n * WHOLE)];
    },
  },
];

/** Plays one of them on fresh contracts. @returns all that went wrong. */
export async function playStakeScript(script: StakeScript, contract?: Bytecode): Promise<string[]> {
  return script.play(await Table.lay({ contract }));
}

function periodOf(table: Table): number {
  return table.chain.parameters.challengePeriodSeconds;
}

async function assertFirst(table: Table, by: number): Promise<Parent> {
  await table.at(0, [by, table.assert(table.truth)]);
  return table.parentAt(table.root(table.truth));
}

/** The liar's child of its own lie, with any history at all. */
async function assertOnTop(table: Table, lie: LyingTruth, seconds: number): Promise<OwnEdge> {
  const parent = await table.parentAt(table.root(lie));
  const source = { runs: () => lie.runs(table.genesis) } as unknown as Truth;
  await table.at(seconds, [LIAR, table.assert(source, parent)]);
  return table.root(source, parent);
}

async function expectBalance(table: Table, by: number, required: bigint, when: string): Promise<string[]> {
  const actual = await table.balance(by);
  return actual === required ? [] : [`${when}: ${actual} wei in place of ${required}`];
}
