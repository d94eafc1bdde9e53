import { Contract, ContractFactory, isCallException, ZeroAddress } from "ethers";
import { buildBackingEvidence, proveBacking, type ToldAssertion } from "../../client";
import { readArtifact } from "../../deployment";
import { quantity } from "../../protocol/quantity";
import type { Hex } from "../../protocol/types";
import { accountBlocks } from "../../zk/blocks";
import { CACHE, INSECURE_SRS } from "../../zk/cache";
import { compileCircuit, pointsFor } from "../../zk/circuit";
import { collectNodes } from "../../zk/collect";
import { prove, solve } from "../../zk/prove";
import { insecureTwist, makeInsecureSrs } from "../../zk/srs";
import { INSTALL, isInstalled } from "../../zk/tools";
import { compileVerifier, verifierSource } from "../../zk/verifier";
import { ETHER_ASSET } from "./forgedBacking";
import { ether, type Narrator } from "./narrator";
import type { User } from "./user";

/** Worlds of nearly one size share a circuit, which takes longest to make. */
const SIZE_STEP = 8;

/** What the story says of the proof before it begins. */
export function announceSnark(): string {
  return isInstalled()
    ? "At its end a SNARK of the honest root is made and verified on L1, which keeps this machine busy for some minutes more."
    : `Its last chapter, a SNARK of the honest root, needs a prover that is not installed here (200 MB): ${INSTALL}`;
}

/**
 * Proves in zero knowledge what all accounts under an honest root own together, and has L1 check it: nobody's word, no window, no bond.
 * The setup is the development one, which is not secure and is said so. Does nothing but say how to get the prover where it is missing.
 * @returns whether it was proven.
 * @throws Error where L1 takes a wrong sum, or not the right one.
 */
export async function playSnark(
  user: User,
  rollup: { portal: string; tokenBridge: string },
  assertion: ToldAssertion,
  story: Narrator,
): Promise<boolean> {
  if (!isInstalled()) {
    const how = `run ${INSTALL} (200 MB, once) and tell this story again`;
    story.tell(`not told: the prover is not installed here; ${how}`, "no-prover", { install: INSTALL });
    return false;
  }
  const { output } = await buildBackingEvidence(user.l2, assertion, ETHER_ASSET);
  const { stateRoot } = output;
  const tag = quantity(assertion.l2BlockNumber);
  const readProof = async (address: Hex): Promise<Hex[]> =>
    ((await user.l2.send("eth_getProof", [address, [], tag])) as { accountProof: Hex[] }).accountProof;
  const trie = accountBlocks(await collectNodes(stateRoot, readProof), stateRoot);
  const { accounts, total } = trie;
  story.tell(
    `the honest root of L2 block ${assertion.l2BlockNumber} has ${accounts} accounts with ${ether(total)} ether in all; making a circuit that adds them up, which takes a minute or more the first time`,
    "trie",
    { accounts, total },
  );
  const circuit = await compileCircuit(SIZE_STEP * Math.ceil(trie.blocks.length / SIZE_STEP), CACHE);
  await makeInsecureSrs(INSECURE_SRS, pointsFor(circuit));
  const verifierCode = compileVerifier(await verifierSource(circuit, INSECURE_SRS, insecureTwist()));
  const deploy = async (abi: unknown, code: string, ...args: unknown[]): Promise<Contract> => {
    const contract = await new ContractFactory(abi as never, code, user.onL1).deploy(...args);
    return (await contract.waitForDeployment()) as Contract;
  };
  const make = (name: string, ...args: unknown[]): Promise<Contract> => {
    const { abi, bytecode } = readArtifact(name);
    return deploy(abi, bytecode, ...args);
  };
  const verifier = await deploy(readArtifact("interfaces/IProvenSum:IProofVerifier").abi, verifierCode);
  const sums = await make("solvency/ProvenSum", rollup.portal, verifier.target);
  story.tell(
    `its verifier is on L1, over a development setup that is NOT SECURE (docs/spec/19-proof-of-solvency.md#setup); proving ${circuit.gates} gates`,
    "verifier",
    { address: sums.target, gates: circuit.gates },
  );
  const { chainId } = await user.l1.getNetwork();
  const l1Contract = (sums.target as string).toLowerCase() as Hex;
  const started = Date.now();
  const witness = await solve(circuit, { stateRoot, total, chainId, l1Contract }, trie.blocks);
  const { bytes } = await prove(circuit, witness, INSECURE_SRS);
  const seconds = Math.round((Date.now() - started) / 1_000);
  if (!(await isRefused(sums.prove.staticCall(assertion.index, output, total - 1n, bytes))))
    throw new Error("L1 takes the proof for one wei less");
  const receipt = (await (await sums.prove(assertion.index, output, total, bytes)).wait()) as {
    blockNumber: number;
    gasUsed: bigint;
  };
  story.tell(
    `proven in ${seconds} s; verified in L1 block ${receipt.blockNumber} for ${receipt.gasUsed} gas; for one wei less L1 refuses it`,
    "snark",
    { seconds, l1Block: receipt.blockNumber, gas: receipt.gasUsed },
  );
  const oracle = await make("solvency/SolvencyOracle", rollup.tokenBridge, sums.target, ZeroAddress);
  await proveBacking(user.onL1, user.l2, oracle.target as string, assertion, ETHER_ASSET);
  const { proofFamilies } = (await oracle.health(ETHER_ASSET)) as { proofFamilies: bigint };
  if (proofFamilies !== 2n) throw new Error(`the oracle counts ${proofFamilies} families of proof, not 2`);
  story.tell("an oracle over it counts two families of proof behind that root: the game's, and this one", "families");
  return true;
}

async function isRefused(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    (error: unknown) => {
      if (isCallException(error as Error)) return true;
      throw error;
    },
  );
}
