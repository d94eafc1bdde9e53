export { deployerAddress, SYSTEM_CONTRACTS, type SystemContract } from "./addresses";
export { readArtifact, type Artifact } from "./artifacts";
export {
  configToJson,
  GAMES,
  deploymentWarnings,
  longestHold,
  parseDeploymentConfig,
  requireEdges,
  type EdgesConfig,
  type GameType,
  stringify,
  type DeploymentConfig,
  type DeploymentConfigInput,
} from "./config";
export { DATA_MODES, type DataMode } from "./dataMode";
export { deploymentToJson, parseDeployment, readDeployment, type Deployment } from "./deployment";
export { deploySystem, describeDeployment, type DeployOptions } from "./deploySystem";
export { requireFitsL1 } from "./fitsL1";
export { createGenesis, genesisBalance } from "./genesis";
export { ensureCompiled } from "./onDemand";
export { planDeployment, sourcesOf, type ContractChoice, type ContractChoices, type DeploymentPlan } from "./plan";
export { PREDEPLOYS } from "../protocol/predeploys";
export { readProgramFile, type ProgramFile } from "./program";
export { standardContracts } from "./standardContracts";
