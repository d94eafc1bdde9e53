import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { verifyLiability, type LiabilityProof } from "../../../protocol/liability";
import { quantity } from "../../../protocol/quantity";
import { count, units } from "../format";
import { node, useQuery } from "../live";
import { Badge, Facts, Hash, Link, Loaded, Section } from "../parts/parts";
import { findSettled, type SettledSum } from "./settledSum";

const UNSETTLED = {
  "no-l1": "not asked: this page was started without L1",
  "no-contract": "not asked: this rollup has no contract for sums",
  none: "no sum of a confirmed state is settled there yet: anybody may post one",
} as const;

/** The proof that a balance is counted in what the chain owes, fetched from the node and checked here, and in what L1 has settled of that. */
export function Liability() {
  const [address, setAddress] = useState("");
  const [asked, setAsked] = useState("");
  const result = useQuery(`liability ${asked}`, async () => {
    if (asked === "") return null;
    const proof = await fetchProof(asked);
    return { proof, total: BigInt(proof?.total ?? 0), settled: await findSettled((block) => fetchProof(asked, block)) };
  });
  return (
    <Section title="Is my balance counted?">
      <p class="quiet">
        The node proves that an account’s ether is part of the sum that L2 owes, and this browser checks the proof.
      </p>
      <form
        class="actions"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(address.trim().toLowerCase());
        }}
      >
        <label for="liable">address</label>
        <input
          id="liable"
          value={address}
          onInput={(event) => setAddress(event.currentTarget.value)}
          spellcheck={false}
        />
        <button type="submit">Check</button>
      </form>
      {asked !== "" && (
        <Loaded query={result}>
          {(found) =>
            found?.proof ? (
              <Facts
                rows={[
                  ["verdict", <Badge kind="good">the proof holds, checked in this browser</Badge>],
                  ["balance", `${units(found.proof.balance)} ether`],
                  ["counted in", `${units(found.total)} ether that L2 owes`],
                  ["state root", <Hash value={found.proof.stateRoot} />],
                  ["root of the sums", <Hash value={found.proof.root} />],
                  ["on L1", describe(found.settled)],
                ]}
              />
            ) : (
              <p>L2’s state has no such account: nothing is owed to it.</p>
            )
          }
        </Loaded>
      )}
    </Section>
  );
}

/** @returns null for an account that the state does not have. @throws Error where the node's proof is wrong. */
async function fetchProof(address: string, block?: number): Promise<LiabilityProof | null> {
  const params = block === undefined ? [address] : [address, quantity(block)];
  const proof = await node.send<LiabilityProof | null>("rollup_proveLiability", params);
  if (proof !== null && (!verifyLiability(proof) || proof.address.toLowerCase() !== address))
    throw new Error("the node’s proof does not hold");
  return proof;
}

function describe(settled: SettledSum): ComponentChildren {
  if (settled.state !== "settled") return UNSETTLED[settled.state];
  const { l2Block, total, proof } = settled;
  const block = <Link href={`/block/${l2Block}`}>L2 block {count(l2Block)}</Link>;
  if (proof === null) return <>a sum is settled of {block}, in which there was no such account yet</>;
  return (
    <>
      <Badge kind="good">settled</Badge> of {block}: L1 counts {units(proof.balance)} ether of this account in{" "}
      {units(total)} ether
    </>
  );
}
