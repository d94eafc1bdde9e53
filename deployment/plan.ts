import { AbiCoder, concat, id, Interface, keccak256, ZeroAddress } from "ethers";
import type { Hex } from "../protocol/types";
import { genesisFromJson, type Genesis, type GenesisJson } from "../node/state/genesis";
import { predictAddress, systemSalt, type SystemAddresses, type SystemContract } from "./addresses";
import { MULTICALL3_INIT_CODE, readArtifact } from "./artifacts";
import type { DeploymentConfig } from "./config";
import { createGenesis, genesisBalance } from "./genesis";
import { inboxContract } from "./inboxContract";
import { PREDEPLOY_CONTRACTS } from "../protocol/predeploys";
import { sumRootsArguments, SUM_ROOTS } from "./sums";

/** A contract to deploy. */
export interface PlannedContract {
  name: SystemContract;
  salt: Hex;
  address: Hex;
  /** With constructor arguments. */
  initCode: Hex;
  /** Wei paid to the constructor. */
  value: bigint;
}

export interface DeploymentPlan {
  from: Hex;
  config: DeploymentConfig;
  addresses: SystemAddresses;
  genesisJson: GenesisJson;
  genesis: Genesis;
  /** In order: each may ask those before it. */
  contracts: PlannedContract[];
}

/** A contract in the place of a standard one: a toy prover, a queue under test. */
export interface ContractChoice {
  /** As `readArtifact` takes it. */
  source: string;
  /** What else tells two of them apart than configuration and code: the program's hash. */
  fingerprint?(): string;
  args(context: { config: DeploymentConfig; addresses: SystemAddresses; genesis: Genesis }): unknown[];
}

export type ContractChoices = Record<"prover" | "queue", ContractChoice>;

/**
 * What has to be on L1 for this configuration, when `from` deploys it. Pure: addresses first, then genesis, then code.
 * @param choices - Contracts other than the standard ones.
 */
export function planDeployment(from: string, config: DeploymentConfig, choices: ContractChoices): DeploymentPlan {
  const code = codeHash(config, choices);
  const at = (name: SystemContract) => predictAddress(from, systemSalt(config, code, name));
  const { sums } = config;
  const addresses: SystemAddresses = {
    prover: at("prover"),
    inbox: at("inbox"),
    queue: at("queue"),
    portal: at("portal"),
    tokenBridge: at("tokenBridge"),
    multicall3: at("multicall3"),
    ...(sums === undefined ? {} : { sumRoots: at("sumRoots") }),
  };
  const genesisJson = createGenesis(config, addresses);
  const genesis = genesisFromJson(genesisJson, { get: () => undefined, put: () => undefined });
  const balance = genesisBalance(genesisJson);
  const plan = (name: SystemContract, initCode: Hex, value = 0n): PlannedContract => ({
    name,
    salt: systemSalt(config, code, name),
    address: at(name),
    initCode,
    value,
  });
  const chosen = (name: "prover" | "queue") => {
    const { source, args } = choices[name];
    return plan(name, initCode(source, args({ config, addresses, genesis })));
  };
  const inbox = inboxContract(config, addresses.portal);
  const { sources: bridge, limits } = bridgeOf(config);
  const contracts = [
    plan("inbox", initCode(inbox.source, inbox.args), inbox.value),
    chosen("prover"),
    chosen("queue"),
    plan("portal", initCode(bridge.portal, [addresses.inbox, addresses.queue, balance, ...limits.portal]), balance),
    plan("tokenBridge", initCode(bridge.tokenBridge, [addresses.portal, ...limits.tokenBridge])),
    plan("multicall3", MULTICALL3_INIT_CODE),
    ...(sums === undefined ? [] : [plan("sumRoots", initCode(SUM_ROOTS, sumRootsArguments(sums, addresses.portal)))]),
  ];
  return { from: from.toLowerCase() as Hex, config, addresses, genesisJson, genesis, contracts };
}

/** The bridge's contracts: those with a brake only where there is something to brake. `limits`: their last argument, or none. */
function bridgeOf({ brake }: DeploymentConfig) {
  const ether = brake?.ether === undefined ? [] : [{ asset: ZeroAddress, ...brake.ether }];
  const tokens = Object.entries(brake?.tokens ?? {}).map(([asset, limit]) => ({
    asset: asset.toLowerCase(),
    ...limit,
  }));
  const choose = (name: string, limits: object[]) => `bridge/${limits.length === 0 ? "" : "Braked"}${name}`;
  return {
    sources: { portal: choose("Portal", ether), tokenBridge: choose("TokenBridge", tokens) },
    limits: { portal: ether.length === 0 ? [] : [ether], tokenBridge: tokens.length === 0 ? [] : [tokens] },
  };
}

/** Contracts on L1, as `readArtifact` names them. */
export function sourcesOf(config: DeploymentConfig, choices: ContractChoices): string[] {
  const inbox = inboxContract(config, ZeroAddress as Hex).source;
  const { portal, tokenBridge } = bridgeOf(config).sources;
  const own = config.sums === undefined ? [] : [SUM_ROOTS];
  return [inbox, portal, tokenBridge, choices.prover.source, choices.queue.source, ...own];
}

/** Hash over everything that is deployed, on both layers. */
function codeHash(config: DeploymentConfig, choices: ContractChoices): Hex {
  const l1 = sourcesOf(config, choices);
  const l2 = Object.values(PREDEPLOY_CONTRACTS).map((name) => `l2/${name}`);
  const code = [...l1, ...l2].map((source) => keccak256(readArtifact(source).bytecode));
  const prints = [choices.prover, choices.queue].map((choice) => id(choice.fingerprint?.() ?? ""));
  return keccak256(concat([...code, ...prints])) as Hex;
}

function initCode(source: string, args: readonly unknown[]): Hex {
  const { abi, bytecode } = readArtifact(source);
  const inputs = new Interface(abi).deploy.inputs;
  return concat([bytecode, AbiCoder.defaultAbiCoder().encode(inputs, args)]) as Hex;
}
