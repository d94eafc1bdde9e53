import { expect } from "chai";
import hre from "hardhat";
import { toBeHex, ZeroAddress, type Contract } from "ethers";
import { PREDEPLOYS, readArtifact } from "../../deployment";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { accountBlocks } from "../../zk/blocks";
import { compileCircuit, pointsFor, type Circuit } from "../../zk/circuit";
import { prove, solve, type Proof } from "../../zk/prove";
import { CEREMONY_TWIST, insecureTwist, makeInsecureSrs } from "../../zk/srs";
import { compileVerifier, verifierSource } from "../../zk/verifier";
import {
  assertBooks,
  deploySolvency,
  ETHER_ASSET,
  evidenceOf,
  type AssertedState,
  type SolvencySystem,
} from "../contracts/support/solvency";
import { ETHER } from "../contracts/support/system";
import { expectPinned } from "../support/snapshot";
import { CACHE, INSECURE_SRS } from "../../zk/cache";
import { requireProver } from "./support/world";

/** Room for three accounts, and for the genesis of a deployment with its predeploys. */
const SIZE = { small: 5, genesis: 23 };
const MOST_GAS = 1_000_000;
/** Order of the field of a proof's public inputs. */
const FIELD = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** A circuit's verifier on L1, and what hangs on it. */
interface Contracts {
  verifier: Contract;
  sums: Contract;
  oracle: Contract;
}

interface Proven {
  asserted: AssertedState;
  total: bigint;
  proof: Proof;
}

/** Development only: whoever reads zk/srs.ts can forge what this verifier takes. */
async function deployVerifier(system: SolvencySystem, circuit: Circuit): Promise<Contract> {
  return deployCode(system, await verifierSource(circuit, INSECURE_SRS, insecureTwist()));
}

async function deployCode(system: SolvencySystem, source: string): Promise<Contract> {
  const code = compileVerifier(source);
  const abi = readArtifact("interfaces/IProvenSum:IProofVerifier").abi as never;
  return (await new hre.ethers.ContractFactory(abi, code, system.user).deploy()) as unknown as Contract;
}

async function deployContracts(system: SolvencySystem, size: number): Promise<Contracts> {
  const circuit = await compileCircuit(size, CACHE);
  await makeInsecureSrs(INSECURE_SRS, pointsFor(circuit));
  const verifier = await deployVerifier(system, circuit);
  const deploy = async (name: string, ...args: unknown[]): Promise<Contract> =>
    (await hre.ethers.deployContract(name, args)) as unknown as Contract;
  const sums = await deploy("ProvenSum", system.portal.target, verifier.target);
  return {
    verifier,
    sums,
    oracle: await deploy("SolvencyOracle", system.tokenBridge.target, sums.target, ZeroAddress),
  };
}

async function proveSum(sums: Contract, asserted: AssertedState, size: number): Promise<Proven> {
  const circuit = await compileCircuit(size, CACHE);
  const { stateRoot } = asserted.output;
  const { blocks, total } = accountBlocks(asserted.nodes, stateRoot);
  const { chainId } = await hre.ethers.provider.getNetwork();
  const l1Contract = (sums.target as string).toLowerCase() as Hex;
  const witness = await solve(circuit, { stateRoot, total, chainId, l1Contract }, blocks);
  return { asserted, total, proof: await prove(circuit, witness, INSECURE_SRS) };
}

/** Of a world in which the user has withdrawn 1 of 100 ether and paid fees of half of one. */
async function smallWorld(
  { deployment, user }: SolvencySystem,
  balance = (197n * ETHER) / 2n,
): Promise<Pick<SolvencySystem, "deployment">> {
  const alloc = {
    [PREDEPLOYS.messagePasser]: {},
    [PREDEPLOYS.l2Bridge]: { nonce: "1" },
    [(await user.getAddress()).toLowerCase()]: { balance: `${balance}`, nonce: "300" },
  };
  return { deployment: { ...deployment, genesis: { ...deployment.genesis, alloc } } };
}

describe("Proof of solvency on L1", () => {
  let system: SolvencySystem;
  let verifier: Contract;
  let sums: Contract;
  let oracle: Contract;
  let first: Proven;

  before(async function () {
    requireProver(this);
    this.timeout(1_800_000);
    system = await deploySolvency("RebasingToken", "zk");
    ({ verifier, sums, oracle } = await deployContracts(system, SIZE.small));
    const asserted = await assertBooks(await smallWorld(system), system.user, { number: 1, passer: ETHER });
    first = await proveSum(sums, asserted, SIZE.small);
  });

  const bring = async (
    { asserted, total, proof }: Proven,
    changed: { on?: Contract; total?: bigint; at?: AssertedState; bytes?: Hex } = {},
  ) =>
    (changed.on ?? sums).prove(
      (changed.at ?? asserted).index,
      evidenceOf(changed.at ?? asserted, ETHER_ASSET).output,
      changed.total ?? total,
      changed.bytes ?? proof.bytes,
    ) as Promise<{ wait(): Promise<{ gasUsed: bigint }> }>;

  it("proves what accounts and withdrawals are owed, and becomes a second family behind the backing", async () => {
    const { asserted, total } = first;
    expect(total).to.equal((199n * ETHER) / 2n);
    await asserted.confirm();
    await (await oracle.prove(ETHER_ASSET, evidenceOf(asserted, ETHER_ASSET))).wait();
    expect((await oracle.health(ETHER_ASSET)).proofFamilies).to.equal(1n);
    const { gasUsed } = await (await bring(first)).wait();
    expectPinned("gas.solvency", "proof of solvency: verify and record a sum", Number(gasUsed), MOST_GAS);
    expect(await sums.sumOf(asserted.id)).to.deep.equal([total, true]);
    expect((await oracle.health(ETHER_ASSET)).proofFamilies).to.equal(2n);
    expect((await oracle.backing(ETHER_ASSET)).ratio).to.equal(ETHER);
  });

  it("proves ether in accounts that L1 never took in: backing falls", async function () {
    this.timeout(600_000);
    const world = await smallWorld(system, 150n * ETHER);
    const asserted = await assertBooks(world, system.user, { number: 2, passer: ETHER }, { on: first.asserted });
    const minted = await proveSum(sums, asserted, SIZE.small);
    await (await oracle.prove(ETHER_ASSET, evidenceOf(asserted, ETHER_ASSET))).wait();
    expect((await oracle.backing(ETHER_ASSET)).ratio).to.equal(ETHER);
    await (await bring(minted)).wait();
    expect(await sums.isCovered(asserted.id)).to.equal(false);
    expect((await oracle.backing(ETHER_ASSET)).ratio).to.equal((ETHER * 100n) / 151n);
  });

  it("refuses a wrong sum, by one wei, by all, or by the field's order", async () => {
    for (const total of [first.total - 1n, first.total + 1n, 0n]) await expect(bring(first, { total })).to.be.reverted;
    const inputs = [...first.proof.publicInputs];
    expect(await verifier.verify(first.proof.bytes, inputs)).to.equal(true);
    inputs[2] = toBeHex(first.total + FIELD, 32) as Hex;
    await expect(verifier.verify(first.proof.bytes, inputs)).to.be.reverted;
  });

  it("refuses a proof for another root", async () => {
    const at = await assertBooks(system, system.user, { number: 2, passer: 1n }, { on: first.asserted });
    await expect(bring(first, { at })).to.be.reverted;
    // Nor does the preimage of the right root help under another assertion.
    const output = evidenceOf(first.asserted, ETHER_ASSET).output;
    await expect(sums.prove(at.index, output, first.total, first.proof.bytes)).to.be.revertedWithCustomError(
      sums,
      "OutputMismatch",
    );
  });

  it("refuses a proof for another rollup: another contract or another chain", async () => {
    const other = (await hre.ethers.deployContract("ProvenSum", [
      system.portal.target,
      verifier.target,
    ])) as unknown as Contract;
    await expect(bring(first, { on: other })).to.be.reverted;
    for (const place of [3, 4]) {
      const inputs = [...first.proof.publicInputs];
      inputs[place] = toBeHex(BigInt(inputs[place]) + 1n, 32) as Hex;
      await expect(verifier.verify(first.proof.bytes, inputs)).to.be.reverted;
    }
  });

  it("refuses a proof with any word of it changed, cut or longer", async () => {
    const bytes = first.proof.bytes;
    const words = (bytes.length - 2) / 64;
    for (let word = 0; word < words; word += 13) {
      const at = 2 + 64 * word + 63;
      const digit = (parseInt(bytes[at], 16) ^ 1).toString(16);
      const changed: Hex = `0x${bytes.slice(2, at)}${digit}${bytes.slice(at + 1)}`;
      await expect(bring(first, { bytes: changed }), `word ${word}`).to.be.reverted;
    }
    await expect(bring(first, { bytes: bytes.slice(0, -64) as Hex })).to.be.reverted;
    await expect(bring(first, { bytes: `${bytes}${"00".repeat(32)}` })).to.be.reverted;
  });

  it("refuses every proof where the ceremony's point stands instead of the development setup's", async function () {
    this.timeout(600_000);
    const circuit = await compileCircuit(SIZE.small, CACHE);
    const refused: unknown = await verifierSource(circuit, INSECURE_SRS).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(SolventError).with.property("code", "zk-points-wrong");
    const source = insecureTwist().reduce(
      (text, coordinate, i) => text.replace(toBeHex(coordinate, 32), toBeHex(CEREMONY_TWIST[i], 32)),
      await verifierSource(circuit, INSECURE_SRS, insecureTwist()),
    );
    const real = await deployCode(system, source);
    const { bytes, publicInputs } = first.proof;
    await expect(real.verify(bytes, publicInputs)).to.be.reverted;
  });

  it("proves what a deployment's genesis owes: all that its bridge holds", async function () {
    this.timeout(3_600_000);
    const large = await deployContracts(system, SIZE.genesis);
    const asserted = await assertBooks(system, system.user, { number: 3 }, { on: first.asserted });
    const { total, proof } = await proveSum(large.sums, asserted, SIZE.genesis);
    expect(total).to.equal(await system.portal.genesisBalance());
    const { output } = evidenceOf(asserted, ETHER_ASSET);
    await (await large.sums.prove(asserted.index, output, total, proof.bytes)).wait();
    expect(await large.sums.isCovered(asserted.id)).to.equal(true);
  });
});
