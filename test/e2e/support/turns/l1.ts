import hre from "hardhat";
import { Interface, id, toQuantity, type Signer } from "ethers";
import { devAccount, ROLES } from "../../../../devnet/accounts";
import { ownDeploymentConfig } from "../../../../devnet/contracts";
import { L1Server } from "../../../../devnet/l1/server";
import { DEFAULT_OPTIONS } from "../../../../devnet/options";
import { freePort } from "../../../../devnet/processes";
import { deploySystem, readArtifact, type Deployment } from "../../../../deployment";
import type { Hex } from "../../../../protocol/types";
import { compileOnce } from "../../../../simulator/boards/contracts/compile";

export const FORCE_DELAY = 12;
/** As much as one transaction may have. */
const MOST_GAS = 16_777_216n;
/** Of a call that may be refused: nothing is estimated. */
const CALL_GAS = toQuantity(1_000_000);
/** EIP-4788: the contract of beacon roots, and in whose name a block writes its parent's. Hardhat's network has it and writes none. */
const BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";
const SYSTEM = "0xfffffffffffffffffffffffffffffffffffffffe";
/** Slots of a term whose order is drawn: none may be shorter than 64 seconds. */
export const DRAWN_SLOTS = 12;
/** Blocks that L1 can take back, at most. */
const DEPTH = 3;

/** Of the inbox that is deployed here, and of the portal. */
export const [INBOX, PORTAL] = ["inbox/RotatingInbox", "bridge/Portal"].map(
  (source) => new Interface(readArtifact(source).abi),
);

/** Hardhat's network in this process with all contracts of a rotation. It makes a block when it is told, at a time that it is told. */
export class TurnsL1 {
  /** Time of the last block, in seconds. */
  now = 0;
  /** States to go back to, the oldest first. */
  private readonly states: string[] = [];

  private constructor(
    readonly deployment: Deployment,
    readonly url: string,
    private readonly server: L1Server,
    readonly isDrawn: boolean,
  ) {}

  /** @param isDrawn - beacon roots draw the order of turns; each block has one then. */
  static async start(isDrawn: boolean): Promise<TurnsL1> {
    await compileOnce();
    const port = await freePort();
    const server = new L1Server({
      request: (method, params) => hre.network.provider.send(method, params),
    });
    await server.start(port);
    const options = { ...DEFAULT_OPTIONS, sequencing: "rotation", forceDelaySeconds: FORCE_DELAY } as const;
    const config = ownDeploymentConfig(options);
    if (isDrawn) {
      config.sequencing = { ...config.sequencing!, order: "beaconRoot", termSlots: DRAWN_SLOTS };
      await hre.network.provider.send("hardhat_impersonateAccount", [SYSTEM]);
      await hre.network.provider.send("hardhat_setBalance", [SYSTEM, toQuantity(10n ** 24n)]);
      await writeBeaconRoot(id("before the deployment"));
    }
    const signer: Signer = await hre.ethers.getSigner(devAccount(ROLES.deployer).address);
    const deployment = await deploySystem(signer, config, { gasLimit: MOST_GAS });
    const l1 = new TurnsL1(deployment, `http://127.0.0.1:${port}`, server, isDrawn);
    await l1.ask("evm_setAutomine", [false]);
    return l1;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.ask("evm_setAutomine", [true]);
  }

  ask<T>(method: string, params: readonly unknown[]): Promise<T> {
    return hre.network.provider.send(method, [...params]) as Promise<T>;
  }

  get inbox(): Hex {
    return this.deployment.addresses.inbox as Hex;
  }

  /** A view of the inbox. */
  async view<T>(name: string, args: readonly unknown[] = []): Promise<T> {
    const call = { to: this.inbox, data: INBOX.encodeFunctionData(name, args) };
    const [value] = INBOX.decodeFunctionResult(name, await this.ask<string>("eth_call", [call, "latest"]));
    return value as T;
  }

  /** Puts a call into L1's pool; whether it is refused shows when it is mined. @returns its hash. */
  call(from: string, to: string, data: string, value = 0n): Promise<Hex> {
    return this.ask("eth_sendTransaction", [{ from, to, data, gas: CALL_GAS, value: toQuantity(value) }]);
  }

  /** The next block, with what waits in the pool. */
  async mine(time: number): Promise<void> {
    this.states.push(await this.ask("evm_snapshot", []));
    if (this.states.length > DEPTH) this.states.shift();
    if (this.isDrawn) await writeBeaconRoot(id(`root at ${time}`));
    await this.ask("evm_mine", [time]);
    this.now = time;
  }

  /** Takes back so many blocks at most; the next one is another, since it is later. */
  async goBack(blocks: number): Promise<void> {
    const [state] = this.states.splice(Math.max(0, this.states.length - blocks));
    if (state !== undefined) await this.ask("evm_revert", [state]);
  }

  /** Names a state that `restore` goes back to. */
  async keep(): Promise<string> {
    this.states.length = 0;
    return this.ask("evm_snapshot", []);
  }

  /** @returns the state's next name. */
  async restore(state: string): Promise<string> {
    if (!(await this.ask<boolean>("evm_revert", [state]))) throw new Error("L1 has no such state");
    return this.keep();
  }
}

/** Into the next block. */
async function writeBeaconRoot(root: string): Promise<void> {
  await hre.network.provider.send("eth_sendTransaction", [
    { from: SYSTEM, to: BEACON_ROOTS, data: root, gas: CALL_GAS },
  ]);
}
