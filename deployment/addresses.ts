import { AbiCoder, getCreate2Address, getCreateAddress, id, keccak256, ZeroHash } from "ethers";
import type { Hex } from "../protocol/types";
import { readArtifact } from "./artifacts";
import { stringify, type DeploymentConfig } from "./config";
import { PREDEPLOYS } from "../protocol/predeploys";

/** Hash of the init code of OpenZeppelin's Create3 proxy. Source: @openzeppelin/contracts 5.7.0, utils/Create3.sol. */
const CREATE3_PROXY_INIT_CODE_HASH = "0x57a34f6e879358dd76825d6700df87013ad6a3fb43c0d0c602f70a8772c153bd";

/** What every system has on L1, in the order it is made. */
export const SYSTEM_CONTRACTS = ["inbox", "prover", "queue", "portal", "tokenBridge", "multicall3"] as const;
/** The same with what a configuration may ask for, made after all others. */
export type SystemContract = (typeof SYSTEM_CONTRACTS)[number] | "sumRoots";
/** Those that every system has, and what else was asked for. */
export type SystemAddresses = Record<(typeof SYSTEM_CONTRACTS)[number], Hex> & { sumRoots?: Hex };

/** Where the Deployer contract stands on every chain that has the deterministic deployment proxy. */
export function deployerAddress(): Hex {
  const initCodeHash = keccak256(readArtifact("deploy/Deployer").bytecode);
  return getCreate2Address(PREDEPLOYS.deploymentProxy, ZeroHash, initCodeHash).toLowerCase() as Hex;
}

/**
 * Salt of a contract: equal for equal configurations and code, so deploying twice finds what stands, and another program, queue or
 * predeploy makes another system.
 */
export function systemSalt(config: DeploymentConfig, codeHash: string, name: string): Hex {
  return id(`solvent.deployment:${name}:${codeHash}:${stringify(config)}`) as Hex;
}

/** Twin of `Deployer.addressOf`: where `from` deploys with `salt`. */
export function predictAddress(from: string, salt: Hex): Hex {
  const ownSalt = keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [from, salt]));
  const proxy = getCreate2Address(deployerAddress(), ownSalt, CREATE3_PROXY_INIT_CODE_HASH);
  return getCreateAddress({ from: proxy, nonce: 1 }).toLowerCase() as Hex;
}
