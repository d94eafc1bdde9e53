import hre from "hardhat";
import { concat, keccak256, toBeHex, ZeroHash, type Contract, type Signer } from "ethers";
import { genesisFromJson } from "../../../node/state";
import { OverlayNodeStore } from "../../../node/store/nodeStore";
import { decodeRlp, encodeHeader, rlpBytes, rlpList, toHex, type RlpItem } from "../../../protocol";
import {
  compactPath,
  decodeRecord,
  encodeRecord,
  hashRecord,
  NO_SUM,
  type Sum,
  type SumFinding,
} from "../../../protocol/liability";
import type { Hex } from "../../../protocol/types";
import type { Bytecode } from "../../../simulator/boards/setup";
import { childOf, Liabilities } from "../../../games/sums/liabilities";
import type { SolidityMutant } from "../../support/game/solidityMutants";
import { assertOutput, type RealAssertion } from "./assertions";
import { deployRealSystem, ETHER, type System } from "./system";

export const PRICE = ETHER / 100n;
export const BOND = 64n * PRICE;
export const ANSWER_TIME = 86_400;
export const WINDOW = 3 * ANSWER_TIME;

/** The real queue with sum roots over it. Use with `loadFixture`. */
export async function deploySums() {
  const system = await deployRealSystem("sums");
  return { ...system, sums: await deployRoots(system) };
}

/** @param code - Of a mutant; the contract's own where none is given. */
export async function deployRoots(
  { deployment, deployer }: Pick<System, "deployment" | "deployer">,
  code?: Bytecode,
): Promise<Contract> {
  const factory =
    code === undefined
      ? await hre.ethers.getContractFactory("SumRoots")
      : new hre.ethers.ContractFactory(code.abi as never, code.bytecode, deployer);
  const args = [deployment.addresses.portal, BOND, PRICE, WINDOW, ANSWER_TIME];
  return (await factory.deploy(...args)) as unknown as Contract;
}

export type SumSystem = Awaited<ReturnType<typeof deploySums>>;

export const accountAt = (i: number): Hex => toBeHex(i + 1, 20) as Hex;

/** A state of accounts with these balances, and what is true of it. */
export function stateOf(balances: readonly bigint[]): Liabilities {
  const nodes = new OverlayNodeStore();
  const entries = balances.map((balance, i) => [accountAt(i), { balance: `${balance}`, nonce: 1 }] as const);
  const { stateRoot } = genesisFromJson({ alloc: Object.fromEntries(entries), gasLimit: 30_000_000 }, nodes);
  return new Liabilities(nodes, stateRoot);
}

/** Asserts a state on L1, and gives what a claim about it is posted with. */
export async function assertStateOf(system: SumSystem, by: Signer, { stateRoot }: Liabilities, number = 1) {
  const { header } = genesisFromJson({ alloc: {}, gasLimit: 30_000_000 }, new OverlayNodeStore());
  const encoded = toHex(encodeHeader({ ...header, stateRoot, number })) as Hex;
  const messagePasserStorageRoot = keccak256("0x80") as Hex;
  const asserted: RealAssertion = await assertOutput(system.deployment, by, {
    ...{ stateRoot, messagePasserStorageRoot },
    header: encoded,
  });
  const output = { version: ZeroHash, stateRoot, messagePasserStorageRoot, latestBlockhash: keccak256(encoded) };
  return { asserted, output };
}

/** A claim that is false in one place, and its maker's records. */
export interface Lie {
  claimed: Sum;
  records: Map<Hex, Hex>;
}

/** What is done to the pair of a node; the pairs above follow. `finding` is what L1 must find, null where a record is withheld. */
export interface SumLie {
  name: string;
  at: "leaf" | "branch";
  finding: SumFinding | null;
  /** @param tell - Files a record and gives its pair. @returns null where it cannot be done at this node. */
  patch(sum: Sum, record: Sum[], branch: readonly RlpItem[], tell: (pairs: Sum[], total?: bigint) => Sum): Sum | null;
}

const junk = keccak256("0xbad0") as Hex;
const add = (pairs: Sum[]): bigint => pairs.reduce((sum, { total }) => sum + total, 0n);

export const SUM_LIES: readonly SumLie[] = [
  {
    ...{ name: "a balance is told too high", at: "leaf", finding: "wrong-leaf" },
    patch: ({ hash, total }) => ({ hash, total: total + 1n }),
  },
  {
    ...{ name: "a balance is told too low", at: "leaf", finding: "wrong-leaf" },
    patch: ({ hash, total }) => (total === 0n ? null : { hash, total: total - 1n }),
  },
  {
    ...{ name: "an account is left out", at: "leaf", finding: "wrong-leaf" },
    patch: ({ total }) => (total === 0n ? null : NO_SUM),
  },
  {
    ...{ name: "a leaf is told as a branch", at: "leaf", finding: "wrong-leaf" },
    patch: ({ total }) => ({ hash: junk, total }),
  },
  {
    ...{ name: "a branch is told as a leaf", at: "branch", finding: "no-record" },
    patch: ({ total }) => ({ hash: NO_SUM.hash, total }),
  },
  {
    ...{ name: "a whole branch is left out", at: "branch", finding: "no-record" },
    patch: () => NO_SUM,
  },
  {
    ...{ name: "a total is more than its parts", at: "branch", finding: "wrong-total" },
    patch: ({ hash, total }) => ({ hash, total: total + 1n }),
  },
  {
    ...{ name: "a total is less than its parts", at: "branch", finding: "wrong-total" },
    patch: ({ hash, total }) => (total === 0n ? null : { hash, total: total - 1n }),
  },
  {
    ...{ name: "parts wrap around", at: "branch", finding: "wrong-total" },
    patch(sum, record, branch, tell) {
      const [first, second] = branch.flatMap((child, i) => (i < 16 && child.length > 0 ? [i] : []));
      const pairs = record.map((pair, i) =>
        i === first ? { ...pair, total: 2n ** 256n - 1n } : i === second ? { ...pair, total: pair.total + 1n } : pair,
      );
      return tell(pairs, sum.total);
    },
  },
  {
    ...{ name: "an account is made up", at: "branch", finding: "wrong-child" },
    patch(_sum, record, branch, tell) {
      const free = branch.findIndex((child, i) => i < 16 && child.length === 0);
      if (free < 0) return null;
      return tell(record.map((pair, i) => (i === free ? { hash: NO_SUM.hash, total: 1n } : pair)));
    },
  },
  {
    ...{ name: "an empty branch is made up", at: "branch", finding: "wrong-child" },
    patch(_sum, record, branch, tell) {
      const free = branch.findIndex((child, i) => i < 16 && child.length === 0);
      if (free < 0) return null;
      return tell(record.map((pair, i) => (i === free ? { hash: junk, total: 0n } : pair)));
    },
  },
  {
    ...{ name: "a part stands in its neighbour's place", at: "branch", finding: "wrong-child" },
    patch(_sum, record, branch, tell) {
      const free = branch.findIndex((child, i) => i < 16 && child.length === 0);
      const taken = branch.findIndex((child, i) => child.length > 0 && record[i].total > 0n);
      if (free < 0 || taken < 0) return null;
      return tell(record.map((pair, i) => (i === free ? record[taken] : i === taken ? NO_SUM : pair)));
    },
  },
  {
    ...{ name: "a part is counted twice", at: "branch", finding: "wrong-child" },
    patch(_sum, record, branch, tell) {
      const free = branch.findIndex((child, i) => i < 16 && child.length === 0);
      const taken = branch.findIndex((child, i) => child.length > 0 && record[i].total > 0n);
      if (free < 0 || taken < 0) return null;
      return tell(record.map((pair, i) => (i === free ? record[taken] : pair)));
    },
  },
  {
    ...{ name: "a record is not shown", at: "branch", finding: null },
    patch: ({ total }) => ({ hash: junk, total }),
  },
];

/** Trie nodes of a state, with the digits that lead to each; extensions are not told of. */
export function sites(truth: Liabilities): { path: string; hash: Hex; at: "leaf" | "branch" }[] {
  const found: { path: string; hash: Hex; at: "leaf" | "branch" }[] = [];
  const visit = (hash: Hex, path: string): void => {
    const items = rlpList(decodeRlp(truth.node(hash)));
    if (items.length > 2) {
      found.push({ path, hash, at: "branch" });
      for (let i = 0; i < 16; i++) {
        const child = childOf(items, i);
        if (child !== null) visit(child, path + i.toString(16));
      }
      return;
    }
    const { nibbles, isLeaf } = compactPath(rlpBytes(items[0]));
    if (isLeaf) found.push({ path, hash, at: "leaf" });
    else visit(toHex(rlpBytes(items[1], 32)), path + nibbles);
  };
  visit(truth.stateRoot, "");
  return found;
}

/** A claim that is the truth but for one patched place: all above it is computed as an honest maker would. */
export function tellLie(
  truth: Liabilities,
  { path, hash: site }: { path: string; hash: Hex },
  lie: SumLie,
): Lie | null {
  const records = new Map<Hex, Hex>();
  let isDone = false;
  const tell = (pairs: Sum[], total = add(pairs)): Sum => {
    const record = encodeRecord(pairs);
    records.set(hashRecord(record), record);
    return { hash: hashRecord(record), total };
  };
  const patched = (sum: Sum, items: readonly RlpItem[]): Sum => {
    const record = items.length > 2 ? decodeRecord(truth.record(items)) : [];
    const told = lie.patch(sum, record, items, tell);
    isDone = told !== null;
    return told ?? sum;
  };
  const visit = (hash: Hex, at: string): Sum => {
    const items = rlpList(decodeRlp(truth.node(hash)));
    if (hash === site && at === path) {
      if (items.length > 2) tell(decodeRecord(truth.record(items)));
      return patched(truth.sumOf(hash), items);
    }
    if (items.length > 2) {
      const pairs = Array.from({ length: 16 }, (_, i) => {
        const child = childOf(items, i);
        return child === null ? NO_SUM : visit(child, at + i.toString(16));
      });
      return tell(pairs);
    }
    const { nibbles, isLeaf } = compactPath(rlpBytes(items[0]));
    return isLeaf ? truth.sumOf(hash) : visit(toHex(rlpBytes(items[1], 32)), at + nibbles);
  };
  const claimed = visit(truth.stateRoot, "");
  return isDone ? { claimed, records } : null;
}

/** A record's hash by the rule's own words, beside the code's. */
export function hashBySpec(record: Hex): Hex {
  return keccak256(concat([keccak256(Buffer.from("solvent.sum")), record])) as Hex;
}

/** One rule of `SumRoots` off, each; a scenario fails of each. */
export const SUM_MUTANTS: readonly SolidityMutant[] = [
  ...[
    ["a made up child is taken", "if (_isEmpty(items[i]) && (child.hash != 0 || child.total != 0))", "if (i > 16)"],
    [
      "a total need not be that of its parts",
      "return sum == total ? ISumRoots.Finding.Open : ISumRoots.Finding.WrongTotal;",
      "return ISumRoots.Finding.Open;",
    ],
    ["parts that do not fit stop the walk", "if (child.total > total - sum) return ISumRoots.Finding.WrongTotal;", ""],
    ["a leaf may be told as a branch", "if (sum.hash != 0 || sum.total != balance)", "if (sum.total != balance)"],
    ["a leaf may have any balance", "if (sum.hash != 0 || sum.total != balance)", "if (sum.hash != 0)"],
    ["a branch needs no record", "if (sum.hash == 0) return (ISumRoots.Finding.NoRecord, 0);", ""],
    [
      "anybody's leaf is one's own",
      "return isOnKey ? (ISumRoots.Finding.Counted, balance) : (ISumRoots.Finding.Absent, 0);",
      "return (ISumRoots.Finding.Counted, balance);",
    ],
    ["any node is taken for the trie's", "if (actual != node) revert ISumRoots.NodeMismatch(actual, node);", ""],
    ["any record is taken", "if (hashRecord(record) != required) revert ISumRoots.RecordMismatch(required);", ""],
  ].map(([name, from, to]) => ({ name, file: "contracts/solvency/SumTrie.sol", from, to })),
  ...[
    ["the truth falls, too", "if (finding < Finding.WrongLeaf) revert NoLie(finding);", ""],
    [
      "a lie costs nothing",
      "Address.sendValue(payable(msg.sender), bond / 2);",
      "Address.sendValue(payable(msg.sender), bond);",
    ],
    ["a claim settles with a demand open", "if (posting.demands != 0) revert DemandsOpen(posting.demands);", ""],
    [
      "a claim settles at once",
      "if (block.timestamp < posting.settlesAt) revert TooEarly(block.timestamp, posting.settlesAt);",
      "",
    ],
    ["an answer leaves no time", "if (settlesAt > posting.settlesAt) posting.settlesAt = settlesAt;", ""],
    [
      "a demand lapses at once",
      "if (block.timestamp <= made.answerBy) revert TooEarly(block.timestamp, made.answerBy);",
      "",
    ],
    ["a settled claim is replaced", "if (_settled[claim.assertion].assertion == 0) ", ""],
    [
      "any claim is taken for the posted one",
      "if (actual != posting.claim) revert ClaimMismatch(actual, posting.claim);",
      "",
    ],
    [
      "any state is taken for the asserted one",
      "if (outputRoot != assertion.outputRoot) revert OutputMismatch(outputRoot, assertion.outputRoot);",
      "",
    ],
    [
      "what is demanded is paid back while it can be answered",
      "if (status != Status.Fallen) revert NotFallen(status);",
      "",
    ],
    [
      "a record is shown at the price of two",
      "delete demands[index][hash];\n        isOpened[hash] = true;",
      "isOpened[hash] = true;",
    ],
  ].map(([name, from, to]) => ({ name, file: "contracts/solvency/SumRoots.sol", from, to })),
];
