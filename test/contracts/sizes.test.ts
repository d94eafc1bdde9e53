import { expect } from "chai";
import hre from "hardhat";
import { readArtifact } from "../../deployment";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { expectPinned } from "../support/snapshot";

/** Most bytes of a contract on L1 since Spurious Dragon; Source: EIP-170. */
const MAX_CODE_BYTES = 24_576;
/** Everything that is deployed, on L1 and as a predeploy or token on L2. Libraries are inside of these. */
const DEPLOYED = [
  ...["bridge/Portal", "bridge/TokenBridge", "bridge/BrakedPortal", "bridge/BrakedTokenBridge"],
  ...["deploy/Deployer", "inbox/Inbox", "inbox/RotatingInbox", "inbox/AltdaInbox", "inbox/BlobInbox"],
  ...["inbox/RotatingBlobInbox", "inbox/RotatingAltdaInbox"],
  "settlement/AssertionGame",
  ...[
    "games/edges/StateRootQueue",
    "games/claims/ClaimsQueue",
    "games/tournament/TournamentQueue",
    "vm/OneStepProver",
    "l2/FeeVault",
    "l2/GasPriceOracle",
    "l2/L1BlockInfo",
    "l2/L2Bridge",
    "l2/L2Token",
  ],
  ...["l2/L2TokenFactory", "l2/MessagePasser", "l2/WETH"],
  ...["solvency/DynamicCollateral", "solvency/SolvencyOracle", "solvency/BackingFeed", "solvency/SolvencyProof"],
  "solvency/ProvenSum",
  "solvency/SumRoots",
  ...["liquidity/ExitMarket", "liquidity/ExitVault"],
];

describe("Sizes of contracts", () => {
  before(compileOnce);

  for (const source of DEPLOYED) {
    it(`pins ${source} under ${MAX_CODE_BYTES} bytes`, () => {
      expectPinned("sizes", source, bytesOf(readArtifact(source).deployedBytecode), MAX_CODE_BYTES);
    });
  }

  it("names every contract with code of its own", async () => {
    const names = await hre.artifacts.getAllFullyQualifiedNames();
    const own: string[] = [];
    for (const name of names.filter((item) => /^contracts\/(?!test\/|interfaces\/)/.test(item))) {
      const { deployedBytecode, sourceName, contractName } = await hre.artifacts.readArtifact(name);
      // A library of internal functions leaves a stub that does nothing; an abstract contract nothing.
      if (bytesOf(deployedBytecode) < 100) continue;
      own.push(`${sourceName.replace(/^contracts\/|[^/]*$/g, "")}${contractName}`);
    }
    expect(own.sort()).to.deep.equal([...DEPLOYED].sort());
  });
});

function bytesOf(code: string): number {
  return (code.length - 2) / 2;
}
