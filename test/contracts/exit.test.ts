import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, setBalance, setCode, time } from "@nomicfoundation/hardhat-network-helpers";
import { getAddress, keccak256, ZeroHash, type Contract, type Signer } from "ethers";
import { HonestPlayer, OutputTree } from "../../games/edges";
import { Liabilities } from "../../games/sums/liabilities";
import { messageHash, ZERO_HASH } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { attachGame } from "../../simulator/boards/contracts/chain";
import { ETHER } from "../../simulator/boards/setup";
import { unsettled } from "../../simulator/invariants";
import { VmLie, VmTruth } from "../../simulator/truths/vmTruth";
import { Escrow } from "../../verifier/audit/escrow";
import { EXIT_TYPES, exitDomain, proveEther, proveTokens, proveTrap, proveWithdrawal } from "../../verifier/exit";
import { expectNone } from "../support/game/expectNone";
import { expectPinned } from "../support/snapshot";
import {
  aliasOf,
  assertHistory,
  childOriginOf,
  deployExited,
  deployTrapped,
  hashWithdrawal,
  HEIGHTS,
  L2_TOKEN,
  messageArgument,
  OWED,
  trapArgument,
  trueHistory,
  VAULT,
  type TrappedSystem,
} from "./support/trapped";

const LAST = 2;
const TO = "0x00000000000000000000000000000000000000AA";
let system: TrappedSystem;

const lower = (account: { address: string }) => account.address.toLowerCase() as Hex;
const balanceOf = (address: string) => hre.ethers.provider.getBalance(address);
const refusal = (name: string) => [system.portal, name] as const;

function exitEther(by: Signer, account: string, to: string, signature = "0x", proof = proofOf(account)) {
  const call = system.portal.connect(by).getFunction("exitEther");
  return call(account, to, proof.accountProof, proof.delegation.length === 48 ? proof.delegation : "0x", signature);
}

function proofOf(account: string) {
  return proveEther(system.chain.state, account.toLowerCase() as Hex);
}

function exitToken(by: Signer, account: string, to: string, signature = "0x", l2Token: Hex = L2_TOKEN) {
  const proof = proveTokens(system.chain.state, L2_TOKEN, account.toLowerCase() as Hex);
  return system.tokenBridge.connect(by).getFunction("exitToken")(l2Token, account, to, proof, signature);
}

function exitWithdrawal(which: "ether" | "tokens", gasLimit = 1_000_000) {
  const withdrawal = system.withdrawals[which];
  const proof = proveWithdrawal(system.chain.state, hashWithdrawal(withdrawal));
  return system.portal.exitWithdrawal(withdrawal, proof, { gasLimit });
}

function exitDeposit(by: Signer, index: number, to: string, signature = "0x") {
  const call = system.portal.connect(by).getFunction("exitDeposit");
  return call(index, messageArgument(system.messages[index]), to, signature);
}

function exitTokenDeposit(index: number) {
  const message = system.messages[index];
  return system.tokenBridge.exitTokenDeposit(index, messageArgument(message), message.data);
}

/** Lets an L1 contract do it. */
function relayed(data: string, to = system.portal.target) {
  return system.relay.relay(to, data) as Promise<{ wait(): Promise<unknown> }>;
}

async function sign(by: Signer, contract: "portal" | "token bridge", to: string, chainId = 31_337): Promise<string> {
  const address = contract === "portal" ? system.portal.target : system.tokenBridge.target;
  const message = { account: await by.getAddress(), to };
  return by.signTypedData(exitDomain(contract, address as Hex, chainId), EXIT_TYPES, message);
}

/** Everybody leaves who can. */
async function exitAll(): Promise<void> {
  const { user, other, delegated, sleeper, relay, portal } = system;
  const deposit = portal.interface.encodeFunctionData("exitDeposit", [
    4,
    messageArgument(system.messages[4]),
    TO,
    "0x",
  ]);
  const alias = aliasOf(relay);
  const ether = portal.interface.encodeFunctionData("exitEther", [alias, TO, proofOf(alias).accountProof, "0x", "0x"]);
  const calls = [
    () => exitEther(user, user.address, TO),
    () => exitEther(delegated, delegated.address, TO),
    () => relayed(ether),
    () => exitWithdrawal("ether"),
    () => exitWithdrawal("tokens"),
    () => exitToken(user, user.address, TO),
    () => exitToken(sleeper, sleeper.address, TO),
    () => exitDeposit(other, 2, TO),
    () => exitTokenDeposit(3),
    () => relayed(deposit),
  ];
  for (const call of calls) await (await call()).wait();
}

describe("Exit from a trapped program", function () {
  this.timeout(240_000);

  describe("end to end", () => {
    it("V71 pays everybody after a lie about a run that traps is lost and the zero root is confirmed", async () => {
      system = await loadFixture(deployTrapped);
      const { queue, parameters, signers, deployedAt, genesis, chain, program } = system;
      for (const account of signers.slice(0, 2))
        await (await (queue.connect(account) as Contract).deposit({ value: 100n * ETHER })).wait();
      const game = attachGame(queue, parameters, signers as never, deployedAt);
      const truth = new VmTruth(program, chain, HEIGHTS);
      // The liar says that the program did not trap.
      const lie = new VmLie(truth, { run: LAST, machine: 0, step: 0 });
      const players = [truth, lie].map((source, i) => {
        const options = { account: lower(signers[i]), from: genesis };
        return new HonestPlayer(source, { ...options, propose: ({ id }) => id === genesis.id });
      });
      for (let idle = 0; idle < 4;) {
        let isMoved = false;
        for (const [i, player] of players.entries()) {
          const { moves } = player.decide(await game.replica());
          if (moves.length === 0) continue;
          isMoved = true;
          await game.send(moves, signers[i]);
        }
        if (isMoved) continue;
        idle++;
        const { nowSeconds } = await game.replica();
        await game.mineTogether([], nowSeconds + Math.ceil(parameters.challengePeriodSeconds / 2));
      }
      const replica = await game.replica();
      const expected = { truth, genesis, honest: lower(signers[0]), deposited: 200n * ETHER, reason: "proof" } as const;
      expectNone(unsettled(replica, expected));

      const winner = [...replica.assertions.values()].find(({ id }) => replica.edge(id)?.status === "confirmed")!;
      const count = Number(await queue.gameCount());
      const games = await Promise.all(Array.from({ length: count }, async (_, i) => (await queue.gameAtIndex(i))[2]));
      const index = BigInt(games.indexOf(await queue.gameOf(winner.id)));
      const { origin } = winner as unknown as { origin: Parameters<typeof proveTrap>[0]["origin"] };
      const proof = proveTrap({ index, id: winner.id, origin }, truth.runs(genesis).tree);
      expect(proof.index, "first zero leaf").to.equal(LAST);
      await expect(system.portal.proveTrap(proof, chain.outputs[LAST]))
        .to.emit(system.portal, "TrapProven")
        .withArgs(winner.id, chain.roots[LAST], LAST, 2, 2);

      await exitAll();
      // What stays is the contract's on L2, and nothing else.
      expect(await balanceOf(system.portal.target as string)).to.equal(OWED.ether.vault);
      expect(await system.tokenBridge.escrow(system.token.target)).to.equal(OWED.tokens.vault);
      expect(await system.token.balanceOf(system.tokenBridge.target)).to.equal(OWED.tokens.vault);
      const { user, delegated, relay } = OWED.ether;
      const { deposits } = OWED;
      expect(await balanceOf(TO)).to.equal(user + delegated + relay + deposits.other + deposits.relay);
      expect(await system.token.balanceOf(TO)).to.equal(OWED.tokens.user + OWED.tokens.sleeper);
      expect(await balanceOf(system.receiver)).to.equal(OWED.withdrawn);
      expect(await system.token.balanceOf(system.receiver)).to.equal(OWED.tokensWithdrawn);
    });
  });

  describe("the last root", () => {
    beforeEach(async () => {
      system = await loadFixture(deployTrapped);
    });

    it("V71 pays nothing while no trap is proven, nor before the zero root is confirmed", async () => {
      const { user, other, portal, chain } = system;
      const asserted = await assertHistory(system, other, trueHistory(chain));
      await expect(portal.proveTrap(trapArgument(asserted), chain.outputs[LAST])).to.be.revertedWithCustomError(
        ...refusal("NoConfirmedTrap"),
      );
      await expect(exitEther(user, user.address, TO)).to.be.revertedWithCustomError(...refusal("NotTrapped"));
      await expect(exitWithdrawal("ether")).to.be.revertedWithCustomError(...refusal("NotTrapped"));
      await expect(exitDeposit(other, 2, TO)).to.be.revertedWithCustomError(...refusal("NotTrapped"));
      await expect(exitToken(user, user.address, TO)).to.be.revertedWithCustomError(...refusal("NotTrapped"));
      await expect(exitTokenDeposit(3)).to.be.revertedWithCustomError(...refusal("NotTrapped"));
      expect((await portal.lastState()).isKnown).to.equal(false);
    });

    it("V71 takes no false zero assertion, which loses, and no root that is not zero", async () => {
      const { other, liar, portal, chain } = system;
      // Zero from the first run on: everything after genesis would be undone.
      const lie = await assertHistory(system, liar, new OutputTree(HEIGHTS[0], [ZERO_HASH]));
      const truth = await assertHistory(system, other, new OutputTree(HEIGHTS[0], chain.roots.slice(1)), {
        output: chain.outputs[LAST],
      });
      const proof = trapArgument(lie);
      await expect(portal.proveTrap(proof, chain.outputs[0])).to.be.revertedWithCustomError(
        ...refusal("NoConfirmedTrap"),
      );
      // Rivals stop each other's clocks; that the truth wins is the game's part. Its history is not zero either.
      await time.increase(system.parameters.challengePeriodSeconds);
      await expect(lie.confirm()).to.be.revertedWithCustomError(system.queue, "TimerTooLow");
      const other_ = { ...proof, disputeGameIndex: truth.index };
      await expect(portal.proveTrap(other_, chain.outputs[0])).to.be.revertedWithCustomError(
        ...refusal("NoConfirmedTrap"),
      );
      expect(() => proveTrap(truth, truth.tree)).to.throw("not the one in which the program trapped");
    });

    it("takes one root and no other: neither an earlier nor a zero one, nor another history or origin", async () => {
      const { other, portal, chain } = system;
      const asserted = await assertHistory(system, other, trueHistory(chain));
      await asserted.confirm();
      const proof = trapArgument(asserted);
      const { tree, origin } = asserted;
      const path = (leaf: number) => proveTrap(asserted, tree) && pathsOf(tree, leaf);
      const refused = [
        ["an earlier root", { ...proof, index: 1, trapPath: path(1), lastPath: path(0) }, 1, "NotInHistory"],
        ["a later place", { ...proof, index: 3, trapPath: path(3), lastPath: path(2) }, 2, "NotInHistory"],
        ["the parent's root", { ...proof, index: 0, trapPath: path(0), lastPath: [] }, 0, "NotInHistory"],
        ["a place beyond the tree", { ...proof, index: LAST + 4 }, 2, "NotInHistory"],
        ["a short path", { ...proof, trapPath: proof.trapPath.slice(1) }, 2, "NotInHistory"],
        ["another preimage", proof, 1, "NotInHistory"],
        [
          "another tree",
          { ...proof, root: trueHistory({ ...chain, roots: chain.roots.slice(1) }).root },
          2,
          "TrapMismatch",
        ],
        ["another start", { ...proof, origin: { ...origin, start: chain.roots[2] } }, 2, "TrapMismatch"],
        ["another inbox", { ...proof, origin: { ...origin, inbox: ZeroHash } }, 2, "TrapMismatch"],
      ] as const;
      for (const [what, wrong, output, error] of refused) {
        const call = portal.proveTrap(wrong, chain.outputs[output]);
        await expect(call, what).to.be.revertedWithCustomError(...refusal(error));
      }
      await expect(
        portal.proveTrap(proof, { stateRoot: ZeroHash, messagePasserStorageRoot: ZeroHash, header: "0x" }),
      ).to.be.revertedWithCustomError(system.queue, "MalformedHeader");
      expect((await portal.lastState()).isKnown).to.equal(false);
      await (await portal.proveTrap(proof, chain.outputs[LAST])).wait();
      expect((await portal.lastState()).stateRoot).to.equal(chain.outputs[LAST].stateRoot);
    });

    it("takes the parent's root where the first run traps, and never a later assertion of zeros", async () => {
      const { other, portal, chain } = system;
      const first = await assertHistory(system, other, new OutputTree(HEIGHTS[0], chain.roots.slice(1)), {
        output: chain.outputs[LAST],
      });
      const childOrigin = await childOriginOf(system, first);
      await first.confirm();
      const zeros = new OutputTree(HEIGHTS[0], [ZERO_HASH]);
      const second = await assertHistory(system, other, zeros, { origin: childOrigin });
      const grandchild = await childOriginOf(system, second);
      await second.confirm();
      const third = await assertHistory(system, other, zeros, { origin: grandchild });
      await third.confirm();
      const late = { ...trapArgument(second), disputeGameIndex: third.index, origin: third.origin };
      await expect(portal.proveTrap(late, chain.outputs[LAST])).to.be.revertedWithCustomError(
        ...refusal("NotInHistory"),
      );
      const proof = trapArgument(second);
      expect(proof.index).to.equal(0);
      await (await portal.proveTrap(proof, chain.outputs[LAST])).wait();
      const state = await portal.lastState();
      expect([state.stateRoot, state.delayedCount, state.l2BlockNumber]).to.deep.equal([
        ...[chain.outputs[LAST].stateRoot, 2n, 2n],
      ]);
      // Again, or with anything else: nothing changes.
      await (await portal.proveTrap(late, chain.outputs[0])).wait();
      expect((await portal.lastState()).stateRoot).to.equal(chain.outputs[LAST].stateRoot);
    });
  });

  it("pays a withdrawal that was finalised before the trap not again", async () => {
    system = await loadFixture(deployTrapped);
    const { other, portal, chain, withdrawals } = system;
    const tree = new OutputTree(HEIGHTS[0], chain.roots.slice(1));
    const first = await assertHistory(system, other, tree, { output: chain.outputs[LAST] });
    const origin = await childOriginOf(system, first);
    const { stateRoot, messagePasserStorageRoot, header } = chain.outputs[LAST];
    const output = { version: ZeroHash, stateRoot, messagePasserStorageRoot, latestBlockhash: keccak256(header) };
    const proof = proveWithdrawal(chain.state, hashWithdrawal(withdrawals.ether));
    for (const which of ["ether", "tokens"] as const) {
      const nodes = proveWithdrawal(chain.state, hashWithdrawal(withdrawals[which]));
      await (await portal.proveWithdrawalTransaction(withdrawals[which], first.index, output, nodes)).wait();
    }
    await first.confirm();
    await (await portal.finalizeWithdrawalTransaction(withdrawals.ether)).wait();
    const second = await assertHistory(system, other, new OutputTree(HEIGHTS[0], [ZERO_HASH]), { origin });
    await second.confirm();
    await (await portal.proveTrap(trapArgument(second), chain.outputs[LAST])).wait();
    await expect(portal.exitWithdrawal(withdrawals.ether, proof)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_AlreadyFinalized"),
    );
    // And the other way round: what the exit has paid, a proof from before gives nothing for.
    await (await exitWithdrawal("tokens")).wait();
    await expect(portal.finalizeWithdrawalTransaction(withdrawals.tokens)).to.be.revertedWithCustomError(
      ...refusal("OptimismPortal_AlreadyFinalized"),
    );
  });

  describe("payments", () => {
    beforeEach(async () => {
      system = await loadFixture(deployExited);
    });

    it("pays each thing once", async () => {
      const { user, other, sleeper } = system;
      await exitAll();
      await expect(exitEther(user, user.address, TO)).to.be.revertedWithCustomError(...refusal("AlreadyExited"));
      await expect(exitToken(sleeper, sleeper.address, TO)).to.be.revertedWithCustomError(...refusal("AlreadyExited"));
      await expect(exitDeposit(other, 2, TO)).to.be.revertedWithCustomError(...refusal("AlreadyExited"));
      await expect(exitTokenDeposit(3)).to.be.revertedWithCustomError(...refusal("AlreadyExited"));
      for (const which of ["ether", "tokens"] as const)
        await expect(exitWithdrawal(which)).to.be.revertedWithCustomError(
          ...refusal("OptimismPortal_AlreadyFinalized"),
        );
      expect(await system.portal.isEtherExited(user.address)).to.equal(true);
      expect(await system.tokenBridge.isTokenExited(L2_TOKEN, sleeper.address)).to.equal(true);
    });

    it("D1 V71 the audit counts what left by proof as paid, so that nothing seems missing, and sees under which root", async () => {
      const { portal, tokenBridge, token, chain } = system;
      const [portalAddress, bridgeAddress] = [portal, tokenBridge].map(({ target }) => String(target) as Hex);
      const l1 = {
        send: <T>(method: string, params: readonly unknown[]) =>
          hre.network.provider.send(method, [...params]) as Promise<T>,
      };
      const options = { portal: portalAddress, tokenBridge: bridgeAddress, startBlock: 0, logRange: 7 };
      const escrow = new Escrow(l1, options);
      const asset = String(token.target).toLowerCase() as Hex;
      const read = async () => {
        const block = (await hre.ethers.provider.getBlock("latest"))!;
        const [hash, parentHash] = [block.hash as Hex, block.parentHash as Hex];
        const at = { number: block.number, hash, parentHash, time: block.timestamp };
        await escrow.follow(at, () => true);
        return { ether: await escrow.held("ether", at), tokens: await escrow.held(asset, at) };
      };
      const before = await read();
      expect([escrow.exited.size, escrow.paid.size, escrow.lastRoot]).to.deep.equal([0, 0, chain.roots[LAST]]);
      await exitAll();
      const after = await read();
      const { ether, tokens, deposits } = OWED;
      const left = ether.user + ether.delegated + ether.relay + deposits.other + deposits.relay;
      expect(escrow.exited.get("ether")).to.equal(left);
      expect(escrow.exited.get(asset)).to.equal(tokens.user + tokens.sleeper + deposits.tokens);
      expect(escrow.paid.size).to.equal(2);
      expect(before.ether - after.ether).to.equal(left + OWED.withdrawn);
      expect(before.tokens - after.tokens).to.equal(escrow.exited.get(asset)! + OWED.tokensWithdrawn);
    });

    it("takes off on L1 what leaves, while the sum of the last root stays what it was", async () => {
      const { portal, chain } = system;
      const { total } = new Liabilities(chain.nodes, chain.outputs[LAST].stateRoot);
      const { ether, deposits } = OWED;
      const taken = await portal.deposited();
      // What went in is owed to accounts and withdrawals, or on its way to them.
      expect(total + deposits.other + deposits.relay).to.equal(taken);
      await exitAll();
      expect(await portal.deposited()).to.equal(taken);
      const held = await balanceOf(portal.target as string);
      const paid = taken - held;
      expect(paid).to.be.above(0n);
      expect([held, total + deposits.other + deposits.relay - paid]).to.deep.equal([ether.vault, ether.vault]);
    });

    it("pays an account to itself alone, or where its signature says", async () => {
      const { user, other, liar, portal, relay, delegated } = system;
      await expect(exitEther(liar, user.address, TO)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      const alias = aliasOf(relay);
      await expect(exitEther(liar, alias, TO)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      // A contract does not speak for the account at its own address on L2.
      const own = portal.interface.encodeFunctionData("exitEther", [relay.target, TO, [], "0x", "0x"]);
      await expect(relayed(own))
        .to.be.revertedWithCustomError(...refusal("NotOwner"))
        .withArgs(getAddress(alias), relay.target);
      const signature = await sign(user, "portal", TO);
      await expect(exitEther(liar, user.address, liar.address, signature)).to.be.revertedWithCustomError(
        ...refusal("NotOwner"),
      );
      await expect(exitEther(liar, delegated.address, TO, signature)).to.be.revertedWithCustomError(
        ...refusal("NotOwner"),
      );
      for (const wrong of [await sign(user, "token bridge", TO), await sign(user, "portal", TO, 1)])
        await expect(exitEther(liar, user.address, TO, wrong)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      await expect(exitEther(liar, user.address, TO, signature))
        .to.emit(portal, "EtherExited")
        .withArgs(user.address, TO, OWED.ether.user);
      await expect(exitEther(other, user.address, TO, signature)).to.be.revertedWithCustomError(
        ...refusal("AlreadyExited"),
      );
      expect(await balanceOf(TO)).to.equal(OWED.ether.user);
    });

    it("pays tokens and deposits by signature, too, each contract by its own", async () => {
      const { sleeper, other, liar, tokenBridge } = system;
      await expect(exitToken(liar, sleeper.address, TO)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      const foreign = await sign(sleeper, "portal", TO);
      await expect(exitToken(liar, sleeper.address, TO, foreign)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      await expect(exitToken(liar, sleeper.address, TO, await sign(sleeper, "token bridge", TO)))
        .to.emit(tokenBridge, "TokenExited")
        .withArgs(
          system.token.target,
          getAddress(L2_TOKEN),
          sleeper.address,
          TO,
          OWED.tokens.sleeper,
          OWED.tokens.sleeper,
        );
      await expect(exitDeposit(liar, 2, TO)).to.be.revertedWithCustomError(...refusal("NotOwner"));
      await expect(exitDeposit(liar, 2, TO, await sign(other, "portal", TO)))
        .to.emit(system.portal, "DepositExited")
        .withArgs(2, other.address, TO, OWED.deposits.other);
    });

    it("pays no account with code but a delegated one, and no code that is not the account's", async () => {
      const { portal, delegated, chain } = system;
      await hre.network.provider.send("hardhat_impersonateAccount", [VAULT]);
      await setBalance(VAULT, ETHER);
      const vault = await hre.ethers.getSigner(VAULT);
      // Even if it had a key: as nobody can send a transaction from an account with code (EIP-3607).
      await expect(exitEther(vault, VAULT, TO))
        .to.be.revertedWithCustomError(...refusal("HasCode"))
        .withArgs(getAddress(VAULT));
      const { accountProof } = proofOf(VAULT);
      const call = portal.connect(vault).getFunction("exitEther");
      for (const code of ["0x00", system.delegation, "0x"])
        await expect(call(VAULT, TO, accountProof, code, "0x")).to.be.revertedWithCustomError(...refusal("HasCode"));
      const bare = portal.connect(delegated).getFunction("exitEther");
      const proof = proveEther(chain.state, lower(delegated));
      await expect(bare(delegated.address, TO, proof.accountProof, "0x", "0x")).to.be.revertedWithCustomError(
        ...refusal("HasCode"),
      );
      await (await exitEther(delegated, delegated.address, TO)).wait();
      expect(await balanceOf(TO)).to.equal(OWED.ether.delegated);
      // The passer's ether is the withdrawals'; it has code as every predeploy.
      const passer = "0x4200000000000000000000000000000000000016";
      await hre.network.provider.send("hardhat_impersonateAccount", [passer]);
      await setBalance(passer, ETHER);
      await expect(exitEther(await hre.ethers.getSigner(passer), passer, TO)).to.be.revertedWithCustomError(
        ...refusal("HasCode"),
      );
    });

    it("refuses proofs of other accounts, other states, cut short or padded, and absent accounts", async () => {
      const { user, other, delegated, liar, chain } = system;
      const mine = proofOf(user.address);
      const nodes = mine.accountProof;
      const genesis = { ...mine, accountProof: proofOf(delegated.address).accountProof };
      const wrong = [
        genesis,
        { ...mine, accountProof: nodes.slice(0, -1) },
        { ...mine, accountProof: nodes.slice(1) },
        { ...mine, accountProof: [...nodes, nodes[nodes.length - 1]] },
        { ...mine, accountProof: [] as Hex[] },
        { ...mine, accountProof: [...nodes.slice(0, -1), flipBit(nodes[nodes.length - 1])] },
      ];
      for (const proof of wrong) await expect(exitEther(user, user.address, TO, "0x", proof)).to.be.reverted;
      await expect(exitEther(liar, liar.address, TO)).to.be.reverted;
      await expect(exitEther(other, other.address, TO, "0x", mine)).to.be.reverted;
      // Another token, whose registration the proof is not of; a holder of nothing.
      await expect(exitToken(user, user.address, TO, "0x", VAULT)).to.be.reverted;
      await expect(exitToken(liar, liar.address, TO)).to.be.reverted;
      const tokens = proveTokens(chain.state, L2_TOKEN, lower(user));
      const call = system.tokenBridge.connect(liar).getFunction("exitToken");
      await expect(call(L2_TOKEN, liar.address, TO, tokens, "0x")).to.be.reverted;
      await expect(call(L2_TOKEN, liar.address, TO, { ...tokens, balance: tokens.registration }, "0x")).to.be.reverted;
      expect(await balanceOf(TO)).to.equal(0);
    });

    it("pays no withdrawal that L2 did not record, and marks it in the books of finalisation", async () => {
      const { portal, withdrawals, chain } = system;
      const forged = { ...withdrawals.ether, value: withdrawals.ether.value + 1n };
      const proof = proveWithdrawal(chain.state, hashWithdrawal(withdrawals.ether));
      // Where the forged hash's way ends is chance: the proof is refused, or the trie's library cannot read an empty node.
      await expect(portal.exitWithdrawal(forged, proof)).to.be.reverted;
      await (await exitWithdrawal("ether")).wait();
      expect(await portal.finalizedWithdrawals(hashWithdrawal(withdrawals.ether))).to.equal(true);
    });

    it("pays back no deposit that L2 took in, none that is not in the Inbox, and none as another", async () => {
      const { relay, portal, messages, user, tokenBridge } = system;
      const consumed = portal.interface.encodeFunctionData("exitDeposit", [
        ...[0, messageArgument(messages[0]), TO, "0x"],
      ]);
      await expect(relayed(consumed))
        .to.be.revertedWithCustomError(...refusal("MessageConsumed"))
        .withArgs(0, 2);
      await expect(exitTokenDeposit(1)).to.be.revertedWithCustomError(...refusal("MessageConsumed"));
      const mine = { ...messageArgument(messages[2]), sender: user.address };
      const call = portal.connect(user).getFunction("exitDeposit");
      await expect(call(2, mine, TO, "0x")).to.be.revertedWithCustomError(...refusal("MessageMismatch"));
      await expect(call(9, mine, TO, "0x")).to.be.revertedWithCustomError(...refusal("MessageMismatch"));
      const more = { ...messageArgument(messages[2]), mint: 100n * ETHER };
      const other = portal.connect(system.other).getFunction("exitDeposit");
      await expect(other(2, more, TO, "0x")).to.be.revertedWithCustomError(...refusal("MessageMismatch"));
      const alias = messages[4];
      expect(alias.sender.toLowerCase()).to.equal(aliasOf(relay));
      // Anyone's message to the L2 bridge is no deposit of the token bridge.
      await expect(exitTokenDeposit(2)).to.be.revertedWithCustomError(tokenBridge, "NotTokenDeposit");
      const swapped = tokenBridge.exitTokenDeposit(3, messageArgument(messages[3]), messages[1].data);
      await expect(swapped).to.be.revertedWithCustomError(tokenBridge, "NotTokenDeposit");
    });

    it("hashes a message as the Inbox does", async () => {
      const { inbox, messages } = system;
      for (const [index, message] of messages.entries()) {
        const previous = index === 0 ? ZERO_HASH : await inbox.messageHash(index - 1);
        const fields = { ...message, previous, inbox: system.deployment.addresses.inbox };
        const data = hre.ethers.getBytes(message.data);
        expect(messageHash({ ...fields, data } as never)).to.equal(await inbox.messageHash(index));
      }
    });

    it("pays no contract of the system, and nobody from within a finalisation", async () => {
      const { user, portal, inbox, queue } = system;
      for (const target of [portal.target, inbox.target, queue.target])
        await expect(exitEther(user, user.address, target as string)).to.be.revertedWithCustomError(
          ...refusal("OptimismPortal_BadTarget"),
        );
      // The withdrawal's target asks for an exit, which its signature allows, while it is being paid.
      const hostile = await hre.ethers.deployContract("HostileReceiver", [portal.target]);
      await setCode(system.receiver, await hre.ethers.provider.getCode(hostile.target));
      const signature = await sign(user, "portal", TO);
      const { accountProof } = proofOf(user.address);
      const again = portal.interface.encodeFunctionData("exitEther", [user.address, TO, accountProof, "0x", signature]);
      const target = hostile.attach(system.receiver) as typeof hostile;
      await (await target.setMode(2, again)).wait();
      await (await exitWithdrawal("ether", 2_000_000)).wait();
      expect(await target.innerError()).to.equal(portal.interface.getError("OptimismPortal_NoReentrancy")!.selector);
      expect(await balanceOf(TO)).to.equal(0);
    });

    it("stays open where a receiver refuses, and gives a re-entrant one nothing more", async () => {
      const { user, portal } = system;
      const hostile = await hre.ethers.deployContract("HostileReceiver", [portal.target]);
      await (await hostile.setMode(1, "0x")).wait();
      await expect(exitEther(user, user.address, hostile.target as string)).to.be.revertedWithCustomError(
        ...refusal("ExitFailed"),
      );
      expect(await portal.isEtherExited(user.address)).to.equal(false);
      const signature = await sign(user, "portal", hostile.target as string);
      const { accountProof } = proofOf(user.address);
      const again = portal.interface.encodeFunctionData("exitEther", [
        ...[user.address, hostile.target, accountProof, "0x", signature],
      ]);
      await (await hostile.setMode(2, again)).wait();
      await (await exitEther(user, user.address, hostile.target as string)).wait();
      expect(await hostile.innerError()).to.equal(portal.interface.getError("AlreadyExited")!.selector);
      expect(await balanceOf(hostile.target as string)).to.equal(OWED.ether.user);
    });

    it("pins the gas", async () => {
      const { user, sleeper, other } = system;
      const gas = async (call: Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>) =>
        Number((await (await call).wait())!.gasUsed);
      const FILE = "gas.bridge";
      expectPinned(FILE, "portal: exit with ether", await gas(exitEther(user, user.address, TO) as never), 200_000);
      expectPinned(FILE, "portal: exit with a withdrawal", await gas(exitWithdrawal("ether") as never), 200_000);
      expectPinned(FILE, "portal: exit with a deposit", await gas(exitDeposit(other, 2, TO) as never), 120_000);
      expectPinned(
        FILE,
        "token bridge: exit with tokens",
        await gas(exitToken(sleeper, sleeper.address, TO) as never),
        350_000,
      );
      expectPinned(FILE, "token bridge: exit with a deposit", await gas(exitTokenDeposit(3) as never), 150_000);
      system = await loadFixture(deployTrapped);
      const asserted = await assertHistory(system, system.other, trueHistory(system.chain));
      await asserted.confirm();
      const prove = system.portal.proveTrap(trapArgument(asserted), system.chain.outputs[LAST]);
      expectPinned(FILE, "portal: prove a trap", await gas(prove as never), 250_000);
    });
  });
});

function pathsOf(tree: { height: number; node(height: number, index: number): Hex }, leaf: number): Hex[] {
  return Array.from({ length: tree.height }, (_, height) => tree.node(height, (leaf >> height) ^ 1));
}

function flipBit(bytes: Hex): Hex {
  const last = (parseInt(bytes.slice(-1), 16) ^ 1).toString(16);
  return `${bytes.slice(0, -1)}${last}` as Hex;
}
