import { formatEther, isAddress, parseEther } from "ethers";
import { useState } from "preact/hooks";
import { depositEther, depositStatus, forceTransaction, type Deposit } from "../../../client/deposit";
import { finalizeWithdrawal, proveWithdrawal } from "../../../client/settle";
import { startWithdrawal } from "../../../client/withdrawal";
import { quantity } from "../../../protocol/quantity";
import type { Assertion } from "../chain/types";
import { duration, units } from "../format";
import { config, l1, node, useQuery } from "../live";
import { Facts, Hash, Link, Loaded, Section, Table } from "../parts/parts";
import { devnetActor, injectedWallet, l2Provider, walletActor, type Actor } from "./providers";
import { readWithdrawals, rollupAddresses, type SeenWithdrawal } from "./withdrawals";
import { WithdrawalState } from "./WithdrawalState";

/** What was done in this session, newest first. */
interface Done {
  text: string;
  deposit?: Deposit;
}

const MOST_WITHDRAWALS = 10;

/** The whole way of money as buttons: in, out, and in spite of the sequencer. */
export function Journey() {
  const [actor, setActor] = useState<Actor | null>(config.accounts.length > 0 ? devnetActor(config.accounts[0]) : null);
  if (l1 === null) return <p class="failure">The journey goes over L1: start the page with --l1 URL.</p>;
  return (
    <>
      <h1>A journey of money</h1>
      <Who actor={actor} onChosen={setActor} />
      {actor !== null && <Acts key={actor.address} actor={actor} />}
    </>
  );
}

function Who({ actor, onChosen }: { actor: Actor | null; onChosen: (actor: Actor) => void }) {
  const [failure, setFailure] = useState("");
  const wallet = injectedWallet();
  const connect = (): void => {
    setFailure("");
    walletActor(wallet!).then(onChosen, (error: Error) => setFailure(error.message));
  };
  return (
    <Section title="Who acts">
      <div class="actions">
        {config.accounts.length > 0 && (
          <>
            <label for="account">an account of the devnet</label>
            <select
              id="account"
              value={actor?.isWallet === true ? "" : actor?.address}
              onChange={(event) => {
                const chosen = config.accounts.find(({ address }) => address === event.currentTarget.value);
                if (chosen !== undefined) onChosen(devnetActor(chosen));
              }}
            >
              {actor?.isWallet === true && <option value="">none: the wallet acts</option>}
              {config.accounts.map(({ address }, i) => (
                <option key={address} value={address}>
                  {i}: {address}
                </option>
              ))}
            </select>
          </>
        )}
        {wallet === null ? (
          <span class="quiet">No wallet in this browser (EIP-1193).</span>
        ) : (
          <button type="button" onClick={connect}>
            Use this browser’s wallet
          </button>
        )}
      </div>
      {failure !== "" && <p class="failure">{failure}</p>}
      {actor !== null && (
        <p>
          Acts: <code class="long">{actor.address}</code>{" "}
          {actor.isWallet ? "of this browser’s wallet" : "of the devnet: everybody knows its key"}
        </p>
      )}
    </Section>
  );
}

function Acts({ actor }: { actor: Actor }) {
  const [amount, setAmount] = useState("0.1");
  const [to, setTo] = useState(actor.address);
  const [done, setDone] = useState<Done[]>([]);
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState("");
  const { address } = actor;
  const balances = useQuery(
    `balances ${address}`,
    () => Promise.all([l1!, node].map((socket) => socket.send<string>("eth_getBalance", [address, "latest"]))),
    ["l1", "l2"],
  );
  const withdrawals = useQuery(`withdrawals ${address}`, () => readWithdrawals(MOST_WITHDRAWALS, address), ["l1"]);

  /** One act at a time; what goes wrong is said in the words of who refused. */
  const act = async (name: string, work: () => Promise<Done>): Promise<void> => {
    setBusy(name);
    setFailure("");
    try {
      const result = await work();
      setDone((before) => [result, ...before]);
    } catch (error) {
      setFailure(`${name}: ${reasonOf(error)}`);
    }
    setBusy(null);
  };
  const wei = (): bigint => {
    if (!isAddress(to)) throw new Error(`${to} is no address`);
    return parseEther(amount);
  };
  const deposit = async (): Promise<Done> => {
    const value = wei();
    const sent = await depositEther(await actor.signer("l1"), await rollupAddresses(), { amount: value, to });
    return { text: `Deposited ${formatEther(value)} ether for ${to}: message ${sent.index}`, deposit: sent };
  };
  const force = async (): Promise<Done> => {
    const value = wei();
    const sent = await forceTransaction(await actor.signer("l1"), await rollupAddresses(), { to, value });
    return { text: `Sent ${formatEther(value)} ether on L2 by way of L1: message ${sent.index}`, deposit: sent };
  };
  const withdraw = async (): Promise<Done> => {
    const value = wei();
    const started = await startWithdrawal(await actor.signer("l2"), { amount: value, to });
    return { text: `Withdrawal of ${formatEther(value)} ether started in L2 block ${started.l2Block}` };
  };
  const prove = async ({ withdrawal }: SeenWithdrawal): Promise<Done> => {
    await proveWithdrawal(await actor.signer("l1"), l2Provider(), await rollupAddresses(), withdrawal);
    return { text: `Withdrawal of block ${withdrawal.l2Block} proven on L1: the challenge period runs` };
  };
  const finalize = async ({ withdrawal }: SeenWithdrawal): Promise<Done> => {
    const after = await finalizeWithdrawal(await actor.signer("l1"), await rollupAddresses(), withdrawal);
    if (after.state === "held")
      return { text: `Held by the brake, at most until ${new Date(after.until * 1_000).toISOString()}` };
    return { text: `${formatEther(withdrawal.transaction.value)} ether paid on L1` };
  };

  return (
    <>
      <Section title="Act">
        <Loaded query={balances}>
          {([onL1, onL2]) => (
            <Facts
              rows={[
                ["on L1", `${units(onL1)} ether`],
                ["on L2", `${units(onL2)} ether`],
              ]}
            />
          )}
        </Loaded>
        <div class="actions">
          <label for="amount">ether</label>
          <input
            id="amount"
            inputMode="decimal"
            value={amount}
            onInput={(event) => setAmount(event.currentTarget.value)}
          />
          <label for="to">for</label>
          <input
            id="to"
            size={44}
            value={to}
            spellcheck={false}
            onInput={(event) => setTo(event.currentTarget.value)}
          />
        </div>
        <div class="actions">
          <button type="button" disabled={busy !== null} onClick={() => void act("Deposit", deposit)}>
            Deposit to L2
          </button>
          <button type="button" disabled={busy !== null} onClick={() => void act("Withdraw", withdraw)}>
            Withdraw to L1
          </button>
          <button type="button" disabled={busy !== null} onClick={() => void act("Force", force)}>
            Send on L2 in spite of the sequencer
          </button>
        </div>
        <Times />
        <p role="status">{busy === null ? "" : `${busy}: waiting for the block …`}</p>
        {failure !== "" && <p class="failure">{failure}</p>}
        <ul class="tree">
          {done.map((one, i) => (
            <li key={done.length - i}>
              {one.text} {one.deposit !== undefined && <OnL2 deposit={one.deposit} />}
            </li>
          ))}
        </ul>
      </Section>
      <Section title="My withdrawals">
        <Loaded query={withdrawals}>
          {(list) => (
            <Table
              label="my withdrawals"
              head={["withdrawal", "ether", "state", "next"]}
              rows={list.map((one) => [
                <Hash value={one.l2Hash} to="tx" />,
                units(one.withdrawal.transaction.value),
                <WithdrawalState status={one.status} coveredAt={one.coveredAt} />,
                one.status.state === "ready-to-prove" ? (
                  <button type="button" disabled={busy !== null} onClick={() => void act("Prove", () => prove(one))}>
                    Prove
                  </button>
                ) : one.status.state === "ready-to-finalize" ? (
                  <button
                    type="button"
                    disabled={busy !== null}
                    onClick={() => void act("Finalise", () => finalize(one))}
                  >
                    Finalise
                  </button>
                ) : (
                  ""
                ),
              ])}
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}

/** What each way takes. */
function Times() {
  const period = useQuery("challenge period", readPeriod, ["l1"]);
  return (
    <p class="quiet">
      A deposit is on L2 with the next batches. A withdrawal waits until an assertion covers its L2 block; you prove it
      on L1 then, and it is paid after the challenge period
      {period.data === undefined || period.data === null ? "" : ` of ${duration(period.data)}`}, longer where the
      assertion is in <Link href="/disputes">dispute</Link>. What is sent in spite of the sequencer goes over L1.
    </p>
  );
}

async function readPeriod(): Promise<number | null> {
  const [latest] = await node.send<Assertion[]>("rollup_getAssertions", [quantity(1)]);
  return latest?.challengePeriod ?? null;
}

function OnL2({ deposit }: { deposit: Deposit }) {
  const status = useQuery(`deposit ${deposit.l2Hash}`, () => depositStatus(l2Provider(), deposit), ["l2"]);
  if (status.data?.state !== "included") return <span class="quiet">not on L2 yet</span>;
  return (
    <>
      on L2 in <Hash value={deposit.l2Hash} to="tx" />
      {status.data.callSucceeded ? "" : ", its call failed"}
    </>
  );
}

/** ethers puts the node's words into a longer message. */
function reasonOf(error: unknown): string {
  const { shortMessage, message } = error as { shortMessage?: string; message: string };
  return shortMessage ?? message;
}
