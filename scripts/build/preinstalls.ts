import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { concat, getCreate2Address, keccak256, toBeHex, ZeroHash } from "ethers";
import initCodes from "../../devnet/preinstalls/initCode.json";
import { PREINSTALLS_FILE, type Preinstall } from "../../devnet/preinstalls";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { Hex } from "../../protocol/types";

/** Where a contract stands on every public chain, and the init code that brings it there. */
interface Published {
  address: string;
  initCode: string;
  /** Of CREATE2; zero by default. */
  salt?: string;
}

const SAFE = "@safe-global/safe-contracts/build/artifacts/contracts";
const ACCOUNTS = "@account-abstraction/contracts/artifacts";

/** Through the deterministic deployment proxy. Sources: the projects' own deployment pages and packages. */
const BY_PROXY: Readonly<Record<string, Published>> = {
  Permit2: {
    address: "0x000000000022D473030F116dDEE9F6B43aC78BA3",
    initCode: initCodes.Permit2.initCode,
    salt: "0x0000000000000000000000000000000000000000d3af2663da51c10215000000",
  },
  "EntryPoint 0.7": {
    address: "0x0000000071727De22E5E9d8BAf0edAc6f37da032",
    initCode: initCodes["EntryPoint 0.7"].initCode,
    salt: "0x90d8084deab30c2a37c45e8d47f49f2f7965183cb6990a98943ef94940681de3",
  },
  "SimpleAccountFactory 0.7": {
    address: "0x91E60e0613810449d098b0b5Ec8b51A0FE8c8985",
    initCode: withAddress(initCodes["SimpleAccountFactory 0.7"].initCode, "0x0000000071727De22E5E9d8BAf0edAc6f37da032"),
  },
  "EntryPoint 0.8": {
    address: "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108",
    initCode: packed(`${ACCOUNTS}/EntryPoint.json`),
    salt: "0x0a59dbff790c23c976a548690c27297883cc66b4c67024f9117b0238995e35e9",
  },
  "SimpleAccountFactory 0.8": {
    address: "0x13E9ed32155810FDbd067D4522C492D6f68E5944",
    initCode: withAddress(
      packed(`${ACCOUNTS}/SimpleAccountFactory.json`),
      "0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108",
    ),
  },
};

/** Safe 1.4.1, through Safe's singleton factory. Source: npm @safe-global/safe-deployments. */
const BY_SAFE_FACTORY: Readonly<Record<string, Published>> = {
  Safe: safe("Safe.sol/Safe", "0x41675C099F32341bf84BFc5382aF534df5C7461a"),
  SafeL2: safe("SafeL2.sol/SafeL2", "0x29fcB43b46531BcA003ddC8FCB67FFE91900C762"),
  SafeProxyFactory: safe("proxies/SafeProxyFactory.sol/SafeProxyFactory", "0x4e1DCf7AD4e460CfD30791CCC4F9c8a4f820ec67"),
  CompatibilityFallbackHandler: safe(
    "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler",
    "0xfd0732Dc9E303f09fCEf3a7388Ad10A83459Ec99",
  ),
  MultiSend: safe("libraries/MultiSend.sol/MultiSend", "0x38869bf66a61cF6bDB996A6aE40D5853Fd43B526"),
  MultiSendCallOnly: safe(
    "libraries/MultiSendCallOnly.sol/MultiSendCallOnly",
    "0x9641d764fc13c8B624c04430C7356C1C7C8102e2",
  ),
  SignMessageLib: safe("libraries/SignMessageLib.sol/SignMessageLib", "0xd53cd0aB83D845Ac265BE939c57F53AD838012c9"),
  CreateCall: safe("libraries/CreateCall.sol/CreateCall", "0x9b35Af71d77eaf8d7e40252370304687390A1A52"),
  SimulateTxAccessor: safe(
    "accessors/SimulateTxAccessor.sol/SimulateTxAccessor",
    "0x3d4BA2E0884aa488718476ca2FB8Efc291A46199",
  ),
};

/** Writes what a devnet needs to put the contracts that clients ask for in their places; who installs the package has no such packages. */
export function writePreinstalls(): void {
  const all = [
    ...preinstalls(PREDEPLOYS.deploymentProxy, BY_PROXY),
    ...preinstalls(PREDEPLOYS.safeSingletonFactory, BY_SAFE_FACTORY),
  ];
  mkdirSync(dirname(PREINSTALLS_FILE), { recursive: true });
  writeFileSync(PREINSTALLS_FILE, `${JSON.stringify(all)}\n`);
}

/** @throws Error where code does not belong to its address: the address follows from it. */
function preinstalls(factory: Hex, published: Readonly<Record<string, Published>>): Preinstall[] {
  return Object.entries(published).map(([name, { address, initCode, salt = ZeroHash }]) => {
    const found = getCreate2Address(factory, salt, keccak256(initCode));
    if (found !== address) throw new Error(`${name}: this code stands at ${found}, not at ${address}`);
    return { name, address: address as Hex, factory, data: concat([salt, initCode]) as Hex };
  });
}

function safe(path: string, address: string): Published {
  return { address, initCode: packed(`${SAFE}/${path}.json`) };
}

/** Init code of an artifact in a package. */
function packed(path: string): string {
  return (JSON.parse(readFileSync(require.resolve(path), "utf8")) as { bytecode: string }).bytecode;
}

/** Init code with an address as its constructor's argument. */
function withAddress(initCode: string, address: string): string {
  return concat([initCode, toBeHex(address, 32)]);
}
