import type { Hex } from "./types";

/** L2's own contracts. @see docs/spec/01-interfaces.md#predeploys */
export const PREDEPLOYS = {
  weth: "0x4200000000000000000000000000000000000006",
  gasPriceOracle: "0x420000000000000000000000000000000000000f",
  l2Bridge: "0x4200000000000000000000000000000000000010",
  feeVault: "0x4200000000000000000000000000000000000011",
  tokenFactory: "0x4200000000000000000000000000000000000012",
  l1BlockInfo: "0x4200000000000000000000000000000000000015",
  messagePasser: "0x4200000000000000000000000000000000000016",
  blockHashHistory: "0x0000f90827f1c53a10cb7a02335b175320002935",
  multicall3: "0xca11bde05977b3631167028862be2a173976ca11",
  deploymentProxy: "0x4e59b44847b379578588920ca78fbf26c0b4956c",
  safeSingletonFactory: "0x914d7fec6aac8cd542e72bca78b30650d45643d7",
} as const satisfies Record<string, Hex>;

/** Contracts of contracts/l2 behind the predeploys. */
export const PREDEPLOY_CONTRACTS = {
  weth: "WETH",
  gasPriceOracle: "GasPriceOracle",
  l2Bridge: "L2Bridge",
  feeVault: "FeeVault",
  tokenFactory: "L2TokenFactory",
  l1BlockInfo: "L1BlockInfo",
  messagePasser: "MessagePasser",
} as const;

/** Runtime code of the block hash history. Source: EIP-2935. */
export const HISTORY_CODE: Hex =
  "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

/**
 * Runtime code of the deterministic deployment proxy: CREATE2 with the first word of calldata as salt and the rest as init code.
 * Source: github.com/Arachnid/deterministic-deployment-proxy, as it stands on every public chain. Safe's singleton factory is the same code
 * at another address: github.com/safe-global/safe-singleton-factory.
 */
export const DEPLOYMENT_PROXY_CODE: Hex =
  "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";

/** The transaction, signed by nobody's key, that makes the proxy on a chain that lacks it; costs 0.01 ether at 100 gwei. */
export const DEPLOYMENT_PROXY_TRANSACTION: Hex =
  "0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222";
