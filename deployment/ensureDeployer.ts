import { Interface, type Provider, type Signer, ZeroHash, concat } from "ethers";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { deployerAddress } from "./addresses";
import { readArtifact } from "./artifacts";
import { DEPLOYMENT_PROXY_TRANSACTION, PREDEPLOYS } from "../protocol/predeploys";
import { sendTransaction } from "./sendTransaction";

/** Who the proxy's transaction recovers to, and what it costs: 100,000 gas at 100 gwei. */
const PROXY_SIGNER = "0x3fab184622dc19b6109349b94811493bf2a45362";
const PROXY_COST = 10n ** 16n;

/** Interface of contracts/deploy/Deployer.sol. */
export const DEPLOYER_INTERFACE = new Interface([
  "function deploy(bytes32 salt, bytes initCode) payable returns (address)",
  "function addressOf(address deployer, bytes32 salt) view returns (address)",
  "event Deployed(address indexed deployer, bytes32 indexed salt, address account)",
]);

/**
 * Makes sure that the deterministic deployment proxy and the Deployer behind it stand on L1.
 * @returns the Deployer's address.
 * @throws SolventError `deployer-unavailable` where L1 refuses the proxy's transaction.
 */
export async function ensureDeployer(signer: Signer): Promise<Hex> {
  const provider = requireProvider(signer);
  const address = deployerAddress();
  if (await hasCode(provider, address)) return address;
  if (!(await hasCode(provider, PREDEPLOYS.deploymentProxy))) await deployProxy(signer, provider);
  const data = concat([ZeroHash, readArtifact("deploy/Deployer").bytecode]);
  await sendTransaction(signer, { to: PREDEPLOYS.deploymentProxy, data });
  return address;
}

/** The signer's provider. @throws SolventError `provider-missing`. */
export function requireProvider(signer: Signer): Provider {
  if (signer.provider === null) throw new SolventError("provider-missing", "the deploying signer has no provider");
  return signer.provider;
}

/** Whether a contract stands at the address. */
export async function hasCode(provider: Provider, address: string): Promise<boolean> {
  return (await provider.getCode(address)) !== "0x";
}

async function deployProxy(signer: Signer, provider: Provider): Promise<void> {
  const missing = PROXY_COST - (await provider.getBalance(PROXY_SIGNER));
  if (missing > 0n) await sendTransaction(signer, { to: PROXY_SIGNER, value: missing });
  try {
    const sent = await provider.broadcastTransaction(DEPLOYMENT_PROXY_TRANSACTION);
    await sent.wait();
  } catch (cause) {
    throw new SolventError(
      "deployer-unavailable",
      `L1 does not take the transaction of the deterministic deployment proxy (${PREDEPLOYS.deploymentProxy}): it needs ` +
        "transactions without chain id and a base fee under 100 gwei",
      { cause },
    );
  }
}
