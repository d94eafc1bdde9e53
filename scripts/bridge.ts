import { isAddress, isError, isHexString } from "ethers";
import { QuietProvider } from "../actor/provider";
import { createCommand, runCommand } from "../actor/command";
import type { RollupAddresses } from "../client";
import { SolventError } from "../protocol/errors";
import { DevnetClient, type Target } from "./support/ask";
import { BridgeUser, type Connection } from "./support/bridgeUser";

interface Flags extends Target {
  l1?: string;
  l2?: string;
  key?: string;
  token?: string;
  to?: string;
  wait?: boolean;
}

/** A command over the bridge: its argument, what it is for, its own flags, what it does. */
interface BridgeCommand {
  usage: string;
  about: string;
  flags: readonly (readonly [flag: string, about: string])[];
  run(user: BridgeUser, argument: string, flags: Flags): Promise<void>;
}

const TO = ["--to <address>", "who gets it; the sender by default"] as const;
const WAIT = ["--wait", "waits until that is possible"] as const;

/** What `solvent NAME` does over the bridge, on a devnet or on any other deployment. */
export const BRIDGE: Readonly<Record<string, BridgeCommand>> = {
  deposit: {
    usage: "<amount>",
    about: "brings ether or tokens from L1 to L2",
    flags: [
      ["--token <address>", "of tokens on L1, instead of ether; their L2 token is made where there is none yet"],
      TO,
      ["--wait", "waits until L2 has it"],
    ],
    run: (user, amount, { token, to, wait = false }) => user.deposit({ amount, token, to, wait }),
  },
  withdraw: {
    usage: "<amount>",
    about: "starts a withdrawal of ether or tokens on L2",
    flags: [
      ["--token <address>", "of tokens on L2, instead of ether"],
      TO,
      ["--wait", "goes all of the way: proves and finalizes as soon as that is possible"],
    ],
    run: (user, amount, { token, to, wait = false }) => user.withdraw({ amount, token, to, wait }),
  },
  withdrawal: {
    usage: "<hash>",
    about: "says where the withdrawal is that this transaction of L2 started",
    flags: [],
    run: async (user, hash) => user.tell(await user.statusOf(await user.withdrawalOf(hash))),
  },
  prove: {
    usage: "<hash>",
    about: "proves on L1 the withdrawal that this transaction of L2 started",
    flags: [WAIT],
    run: async (user, hash, { wait }) => {
      const withdrawal = await user.withdrawalOf(hash);
      await (wait === true ? user.follow(withdrawal, "in-challenge-period") : user.prove(withdrawal));
    },
  },
  finalize: {
    usage: "<hash>",
    about: "has L1 pay a proven withdrawal, once its assertion is confirmed",
    flags: [WAIT],
    run: async (user, hash, { wait }) => {
      const withdrawal = await user.withdrawalOf(hash);
      await (wait === true ? user.follow(withdrawal, "finalized") : user.finalize(withdrawal));
    },
  },
};

/** `solvent NAME ARGUMENT [--url URL | --datadir DIR | --l1 URL --l2 URL] [--key KEY] ...`. */
export function runBridge(name: string): Promise<void> {
  const { usage, about, flags: own, run } = BRIDGE[name];
  return runCommand(`solvent ${name}`, async () => {
    const command = createCommand(`solvent ${name}`, about).arguments(usage);
    for (const [flag, text] of own) command.option(flag, text);
    const [argument] = command
      .option("--url <url>", "JSON-RPC of a devnet's L1; http://127.0.0.1:8545 by default")
      .option("--datadir <dir>", "the folder that the devnet was started with")
      .option("--l1 <url>", "JSON-RPC of L1, where there is no devnet; with --l2")
      .option("--l2 <url>", "JSON-RPC of a node of L2; it names the contracts")
      .option("--key <key>", "private key of who pays on both layers; else SOLVENT_KEY, else a devnet's first account")
      .parse().args;
    const flags = command.opts<Flags>();
    requireAddresses(flags);
    const user = new BridgeUser(await connectionOf(flags), (line) => console.log(line));
    try {
      await run(user, argument, flags);
    } catch (error) {
      throw refused(error);
    } finally {
      user.close();
    }
  });
}

function requireAddresses({ token, to }: Flags): void {
  for (const [flag, address] of Object.entries({ token, to }))
    if (address !== undefined && !isAddress(address))
      throw new SolventError("config-invalid", `--${flag} takes an address, not ${address}`);
}

/** @throws SolventError `config-invalid`, or `l1-unavailable` where nothing answers. */
async function connectionOf(flags: Flags): Promise<Connection> {
  const given = flags.key ?? process.env.SOLVENT_KEY;
  if (given !== undefined && !isHexString(given, 32))
    throw new SolventError("config-invalid", "a private key is 0x and 64 hex digits");
  const { l1, l2 } = flags;
  if (l1 !== undefined && l2 !== undefined) {
    if (given === undefined) throw new SolventError("config-invalid", "name who pays: --key, or SOLVENT_KEY");
    return { l1, l2, key: given, rollup: await askRollup(l2) };
  }
  if (l1 !== undefined || l2 !== undefined)
    throw new SolventError("config-invalid", "--l1 and --l2 go together; a devnet is named by --url or --datadir");
  const client = new DevnetClient(flags);
  try {
    const info = await client.info();
    const node = info.l2.sequencer ?? info.l2.verifier;
    if (node === null)
      throw new SolventError("config-invalid", "this devnet has no node of L2: name one by --l1 and --l2");
    const key = given ?? info.accounts[0].privateKey;
    return { l1: info.l1.url, l2: node, key, rollup: info.deployment.addresses };
  } finally {
    await client.close();
  }
}

async function askRollup(l2: string): Promise<RollupAddresses> {
  const provider = new QuietProvider(l2, undefined, { staticNetwork: true });
  try {
    return (await provider.send("rollup_config", [])) as RollupAddresses;
  } finally {
    provider.destroy();
  }
}

/** What a layer refuses is no bug of this command: in the node's own words, which ethers hides in what it throws. */
function refused(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SolventError || !("shortMessage" in error)) return error;
  const { shortMessage, error: inner, info } = error as unknown as EthersError;
  const reason = inner?.message ?? info?.error?.message ?? shortMessage;
  const isPoor = isError(error, "INSUFFICIENT_FUNDS") || /enough funds|insufficient funds/i.test(reason);
  return new SolventError(isPoor ? "funds-missing" : "transaction-reverted", reason, { cause: error });
}

interface EthersError {
  shortMessage: string;
  error?: { message: string };
  info?: { error?: { message: string } };
}
