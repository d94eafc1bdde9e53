import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bytecode } from "../../../simulator/boards/setup";

const ROOT = join(__dirname, "..", "..", "..");
const TARGET = ["contracts/test/ToyQueue.sol", "ToyQueue"] as const;

/** One rule of the contracts off: text that stands once in a file, and what replaces it. */
export interface SolidityMutant {
  name: string;
  file: string;
  from: string;
  to: string;
}

export const SOLIDITY_MUTANTS: readonly SolidityMutant[] = [
  {
    name: "no prefix in mutualId",
    file: "contracts/games/shared/Names.sol",
    from: "Hashes.ofWords(TAG_MUTUAL, level, origin, height, index, prefix)",
    to: "Hashes.ofWords(TAG_MUTUAL, level, origin, height, index, prefix & 0)",
  },
  {
    name: "claim not bound",
    file: "contracts/games/shared/Names.sol",
    from: "Hashes.ofWords(TAG_EDGE, mutualId_, root, claim)",
    to: "Hashes.ofWords(TAG_EDGE, mutualId_, root, claim & 0)",
  },
  {
    name: "sum instead of max over claims",
    file: "contracts/games/edges/Dispute.sol",
    from: "uint40 timer = Timers.add(Timers.own(edge_, _mutuals[mutualId]), below);",
    to: "uint40 timer = Timers.add(isLeaf ? edge_.timer() : Timers.own(edge_, _mutuals[mutualId]), below);",
  },
  {
    name: "max instead of min over children",
    file: "contracts/games/edges/Timers.sol",
    from: "return a < b ? a : b;",
    to: "return a < b ? b : a;",
  },
  {
    name: "own time for late rivals",
    file: "contracts/games/edges/Timers.sol",
    from: "return end > created ? end - created : 0;",
    to: "return end > created ? end - created : nowSeconds() - created;",
  },
  {
    name: "open of an unrivalled leaf",
    file: "contracts/games/edges/Dispute.sol",
    from: "_requireRivalled(mutualId);\n        _requireAgreed(place, origin, before, inbox);\n        uint8 level",
    to: "_requireAgreed(place, origin, before, inbox);\n        uint8 level",
  },
  {
    name: "bisect of an unrivalled edge",
    file: "contracts/games/edges/Dispute.sol",
    from: "MutualWord mutual_ = _requireRivalled(mutualId);\n        bytes32 rightMutualId",
    to: "MutualWord mutual_ = _mutuals[mutualId];\n        bytes32 rightMutualId",
  },
  {
    name: "no last-leaf proof",
    file: "contracts/games/edges/Dispute.sol",
    from: "_requireLastLeaf(place.level == 0 ? _machineYielding(leaf, last) : _same(leaf, last), spine, level, root);",
    to: "if (spine.length > 255) _requireLastLeaf(place.level == 0 ? _machineYielding(leaf, last) : _same(leaf, last), spine, level, root);",
  },
  {
    name: "moves frozen once an assertion is confirmed",
    file: "contracts/games/edges/Dispute.sol",
    from: "_mutuals[mutualId] = mutual_.withDecision(Timers.nowSeconds());",
    to: "_mutuals[mutualId] = mutual_.withDecision(Timers.nowSeconds()); if (place.level == 0) _frozen = true;",
  },
  {
    name: "the agreed state before a leaf is not proven",
    file: "contracts/games/edges/Dispute.sol",
    from: "if (prefix != place.prefix) revert BeforeMismatch(prefix, place.prefix);",
    to: "",
  },
  {
    name: "a step's result is not compared",
    file: "contracts/games/edges/Dispute.sol",
    from: "if (actual != root) revert StepMismatch(actual, root);",
    to: "",
  },
  {
    name: "a rival of a left half goes unnoticed",
    file: "contracts/games/edges/Dispute.sol",
    from: "if (mutual_.isBisected()) _setRivalled(leftMutualId);",
    to: "if (leftId == 0) _setRivalled(leftMutualId);",
  },
  {
    name: "a rival of a right half goes unnoticed",
    file: "contracts/games/edges/Dispute.sol",
    from: "_setRivalled(rightMutualId);",
    to: "if (leftId == 0) _setRivalled(rightMutualId);",
  },
  {
    name: "the whole stake goes to the winner and is burnt, too",
    file: "contracts/games/edges/Stakes.sol",
    from: "reward = stake / 2;\n        burnt_ = stake - reward;",
    to: "reward = stake;\n        burnt_ = stake - stake / 2;",
  },
  {
    name: "anyone moves a stake",
    file: "contracts/games/edges/Assertions.sol",
    from: "if (word.maker() != msg.sender || !_isMovable(",
    to: "if (!_isMovable(",
  },
  {
    name: "a stake moves twice",
    file: "contracts/games/edges/Assertions.sol",
    from: "!word.isStakeMoved() &&\n",
    to: "\n",
  },
  {
    name: "a stake moves from a decided assertion",
    file: "contracts/games/edges/Assertions.sol",
    from: "word.status() == Status.Open &&\n",
    to: "\n",
  },
  {
    name: "a stake is freed by one on another chain",
    file: "contracts/games/edges/Assertions.sol",
    from: "isSame = above != genesis;",
    to: "if (above == genesis) break;",
  },
  {
    name: "a moved stake is returned, too",
    file: "contracts/games/edges/Dispute.sol",
    from: "edge_.isStakeMoved() ? 0 : _returnStake(place.level, staker)",
    to: "_returnStake(place.level, staker)",
  },
  {
    name: "the staker takes the whole reward",
    file: "contracts/games/edges/Dispute.sol",
    from: "_credit(word.maker(), amount);",
    to: "_credit(_edges[purse.winner].maker(), amount);",
  },
  {
    name: "a move is paid for twice",
    file: "contracts/games/edges/Dispute.sol",
    from: "_edges[id] = word.withoutCost();",
    to: "",
  },
  {
    name: "moves elsewhere are paid for",
    file: "contracts/games/edges/Dispute.sol",
    from: "if (actual != root) revert RootMismatch(actual, root);\n                id = _rewardBisection",
    to: "id = _rewardBisection",
  },
  {
    name: "a move is paid for more than it cost",
    file: "contracts/games/edges/Costs.sol",
    from: "uint256 spent = gasUsed * block.basefee;",
    to: "uint256 spent = 4 * gasUsed * block.basefee;",
  },
];

/** The freeze needs a second place: a flag, and bisections that look at it. */
const FREEZE = {
  from: "MutualWord mutual_ = _requireRivalled(mutualId);\n        bytes32 rightMutualId",
  to: "MutualWord mutual_ = _requireRivalled(mutualId);\n        if (_frozen) revert NothingToBisect();\n        bytes32 rightMutualId",
};

/** A contract's file, and its name there. */
export type Target = readonly [file: string, name: string];
export type Sources = Record<string, { content: string }>;

/** Compiles the queue, or another contract, with that rule off. @throws Error where the text does not stand exactly once, or does not compile. */
export function compileMutant(mutant: SolidityMutant, target: Target = TARGET): Bytecode {
  const sources = sourcesOf(target);
  sources[mutant.file].content = replaceOnce(sources[mutant.file].content, mutant);
  if (mutant.to.includes("_frozen")) {
    const once = replaceOnce(sources[mutant.file].content, { ...mutant, ...FREEZE });
    sources[mutant.file].content = once.replace(
      "mapping(bytes32 => EdgeWord) internal _edges;",
      (line) => `${line}\n    bool private _frozen;`,
    );
  }
  return compileSources(sources, target);
}

/** Of a contract's file and all that it imports, by the names that the compiler asks for. */
export function sourcesOf([file]: Target): Sources {
  const sources: Sources = {};
  addSource(file, sources);
  return sources;
}

/** @throws Error where they do not compile. */
export function compileSources(sources: Sources, target: Target): Bytecode {
  const outputSelection = { [target[0]]: { [target[1]]: ["abi", "evm.bytecode.object"] } };
  const settings = { optimizer: { enabled: true, runs: 200 }, viaIR: true, evmVersion: "prague", outputSelection };

  const solc = require("solc") as { compile(input: string): string };
  const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings }))) as {
    errors?: { severity: string; formattedMessage: string }[];
    contracts: Record<string, Record<string, { abi: unknown[]; evm: { bytecode: { object: string } } }>>;
  };
  const error = output.errors?.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  const { abi, evm } = output.contracts[target[0]][target[1]];
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}

function replaceOnce(text: string, { name, from, to }: SolidityMutant): string {
  const parts = text.split(from);
  if (parts.length !== 2)
    throw new Error(`mutant "${name}" must find its text once, found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
}

function addSource(path: string, sources: Sources): void {
  if (path in sources) return;
  const file = path.startsWith("@") ? join(ROOT, "node_modules", path) : join(ROOT, path);
  const content = readFileSync(file, "utf8");
  sources[path] = { content };
  for (const [, imported] of content.matchAll(/^import[^"';]*["']([^"']+)["'];/gms))
    addSource(imported.startsWith(".") ? join(path, "..", imported) : imported, sources);
}
