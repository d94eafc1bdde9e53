import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import type { Signer } from "ethers";
import type { Hex } from "../../protocol/types";
import { EXIT_TYPES, exitDomain, proveEther, proveTokens, proveWithdrawal } from "../../verifier/exit";
import {
  aliasOf,
  deployExited,
  hashWithdrawal,
  L2_TOKEN,
  messageArgument,
  OWED,
  VAULT,
  type TrappedSystem,
} from "../contracts/support/trapped";

const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 40 : 3;
const STEPS = IS_FULL ? 120 : 60;

const number = fc.integer({ min: 0, max: 10_000 });
const steps = fc.array(fc.tuple(number, number, number, number), { minLength: STEPS, maxLength: STEPS, size: "max" });

/** One claim against the escrow: what it is worth, whose it is, and how it is asked for. */
interface Claim {
  name: string;
  /** Address on L2 whose money it is; undefined: anyone may ask, the receiver is fixed. Never: nobody's. */
  owner: Hex | undefined | "nobody";
  ether: bigint;
  tokens: bigint;
  isPaid: boolean;
  ask(by: Signer | "relay", to: string, signature: string): Promise<{ wait(): Promise<unknown> }>;
  contract: "portal" | "token bridge";
}

describe(`Exits from a trapped program under random calls (seed ${SEED})`, function () {
  this.timeout(IS_FULL ? 3_600_000 : 300_000);

  it(`V71 pay each claim once, to its owner, and never more than the escrow, in ${RUNS} x ${STEPS} steps`, async () => {
    const total: Record<string, number> = {};
    const property = fc.asyncProperty(steps, async (play) => {
      const system = await loadFixture(deployExited);
      const claims = claimsOf(system);
      const callers = [...system.signers.slice(0, 7), "relay" as const];
      for (const [a, b, c, d] of play) {
        const claim = claims[a % claims.length];
        // The owner asks every third time, else anyone, with or without a signature of anyone.
        const owner = callers.find((one) => addressOf(system, one) === claim.owner);
        const by = b % 3 === 0 && owner !== undefined ? owner : callers[b % callers.length];
        const signer = system.signers[d % 2 === 0 ? c % 7 : system.signers.findIndex((one) => one === owner)];
        const isSigned = c % 2 === 0 && signer !== undefined;
        const to = `0x${(0xbeef0000 + (d % 5)).toString(16).padStart(40, "0")}`;
        const signature = isSigned ? await sign(system, signer, claim.contract, to) : "0x";
        const speaks = isSigned ? signer.address.toLowerCase() : addressOf(system, by);
        const isExpected = !claim.isPaid && (claim.owner === undefined || claim.owner === speaks);
        const receipt = await claim.ask(by, to, signature).then(
          (sent) => sent.wait(),
          (error: unknown) => (/revert|invalid|Panic/i.test(String(error)) ? null : Promise.reject(error as Error)),
        );
        expect(receipt !== null, `${claim.name} asked for by ${speaks}`).to.equal(isExpected);
        if (isExpected) claim.isPaid = true;
        const what = isExpected ? claim.name : "refused";
        total[what] = (total[what] ?? 0) + 1;
        await expectEscrow(system, claims);
      }
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: !IS_FULL });
    console.log(`        ${JSON.stringify(total)}`);
    for (const { name, owner } of claimsOf(await loadFixture(deployExited)))
      if (owner !== "nobody") expect(total[name], name).to.be.greaterThan(0);
  });
});

/** Rationale: what is held is exactly what is not paid yet, a contract's on L2 included. */
async function expectEscrow(system: TrappedSystem, claims: readonly Claim[]): Promise<void> {
  const open = claims.filter(({ isPaid }) => !isPaid);
  const ether = open.reduce((sum, claim) => sum + claim.ether, 0n);
  const tokens = open.reduce((sum, claim) => sum + claim.tokens, 0n);
  expect(await hre.ethers.provider.getBalance(system.portal.target)).to.equal(ether);
  expect(await system.tokenBridge.escrow(system.token.target)).to.equal(tokens);
  expect(await system.token.balanceOf(system.tokenBridge.target)).to.equal(tokens);
}

function claimsOf(system: TrappedSystem): Claim[] {
  const { portal, tokenBridge, chain, messages, withdrawals, user, other, delegated, sleeper, relay } = system;
  const alias = aliasOf(relay);
  const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;
  const send = (by: Signer | "relay", contract: typeof portal | typeof tokenBridge, name: string, args: unknown[]) => {
    const data = contract.interface.encodeFunctionData(name as never, args as never) as string;
    // Fixed gas: what reverts is mined, too, and estimation would only say the same twice.
    return by === "relay"
      ? relay.relay(contract.target, data)
      : by.sendTransaction({ to: contract.target, data, gasLimit: 1_500_000 });
  };
  const ether = (owner: Hex | "nobody", account: Hex, amount: bigint): Claim => ({
    ...{ name: `ether of ${account}`, owner, ether: amount, tokens: 0n, isPaid: false, contract: "portal" },
    ask(by, to, signature) {
      const { accountProof, delegation } = proveEther(chain.state, account);
      const code = delegation.length === 48 ? delegation : "0x";
      return send(by, portal, "exitEther", [account, to, accountProof, code, signature]);
    },
  });
  const tokens = (owner: Hex | "nobody", account: Hex, amount: bigint): Claim => ({
    ...{ name: `tokens of ${account}`, owner, ether: 0n, tokens: amount, isPaid: false, contract: "token bridge" },
    ask: (by, to, signature) =>
      send(by, tokenBridge, "exitToken", [
        ...[L2_TOKEN, account, to, proveTokens(chain.state, L2_TOKEN, account), signature],
      ]),
  });
  const withdrawal = (which: "ether" | "tokens", inEther: bigint, inTokens: bigint): Claim => ({
    ...{ name: `withdrawal of ${which}`, owner: undefined, ether: inEther, tokens: inTokens, isPaid: false },
    contract: "portal",
    ask: (by) =>
      send(by, portal, "exitWithdrawal", [
        ...[withdrawals[which], proveWithdrawal(chain.state, hashWithdrawal(withdrawals[which]))],
      ]),
  });
  const deposit = (owner: Hex, index: number, amount: bigint): Claim => ({
    ...{ name: `deposit ${index}`, owner, ether: amount, tokens: 0n, isPaid: false, contract: "portal" },
    ask: (by, to, signature) =>
      send(by, portal, "exitDeposit", [index, messageArgument(messages[index]), to, signature]),
  });
  return [
    ether(lower(user), lower(user), OWED.ether.user),
    ether(lower(delegated), lower(delegated), OWED.ether.delegated),
    ether(alias, alias, OWED.ether.relay),
    ether("nobody", VAULT, OWED.ether.vault),
    tokens(lower(user), lower(user), OWED.tokens.user),
    tokens(lower(sleeper), lower(sleeper), OWED.tokens.sleeper),
    tokens("nobody", VAULT, OWED.tokens.vault),
    withdrawal("ether", OWED.withdrawn, 0n),
    withdrawal("tokens", 0n, OWED.tokensWithdrawn),
    deposit(lower(other), 2, OWED.deposits.other),
    deposit(alias, 4, OWED.deposits.relay),
    {
      ...{ name: "deposit of tokens", owner: undefined, ether: 0n, tokens: OWED.deposits.tokens, isPaid: false },
      contract: "token bridge",
      ask: (by) => send(by, tokenBridge, "exitTokenDeposit", [3, messageArgument(messages[3]), messages[3].data]),
    },
  ];
}

function addressOf(system: TrappedSystem, who: { address: string } | "relay"): string {
  return who === "relay" ? aliasOf(system.relay) : who.address.toLowerCase();
}

async function sign(system: TrappedSystem, by: Signer, contract: Claim["contract"], to: string): Promise<string> {
  const address = (contract === "portal" ? system.portal.target : system.tokenBridge.target) as Hex;
  return by.signTypedData(exitDomain(contract, address, 31_337), EXIT_TYPES, { account: await by.getAddress(), to });
}
