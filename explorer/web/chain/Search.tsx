import { useState } from "preact/hooks";
import { node } from "../live";
import { addressOf, navigate } from "../router";

/** Finds blocks, batches (`batch 5`), transactions, addresses and assertions. */
export function Search() {
  const [text, setText] = useState("");
  const [miss, setMiss] = useState("");
  const find = async (event: Event): Promise<void> => {
    event.preventDefault();
    const found = await pageOf(text.trim());
    setMiss(found === null ? `nothing found for "${text.trim().slice(0, 70)}"` : "");
    if (found === null) return;
    setText("");
    navigate(addressOf(found));
  };
  return (
    <form role="search" onSubmit={(event) => void find(event)}>
      <label class="hidden" for="search">
        block, batch, transaction, address or assertion
      </label>
      <input
        id="search"
        placeholder="block, hash, address"
        title="key: /"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit">Find</button>
      <span role="status" class={miss === "" ? "" : "miss"}>
        {miss}
      </span>
    </form>
  );
}

/** The page of what a person typed; null where there is none. */
async function pageOf(text: string): Promise<string | null> {
  if (/^(block\s*)?\d+$/i.test(text)) return `/block/${BigInt(text.replace(/\D/g, ""))}`;
  const batch = /^batch\s*(\d+)$/i.exec(text);
  if (batch !== null) return `/batch/${BigInt(batch[1])}`;
  if (/^0x[0-9a-f]{40}$/i.test(text)) return `/address/${text.toLowerCase()}`;
  if (!/^0x[0-9a-f]{64}$/i.test(text)) return null;
  const hash = text.toLowerCase();
  const [block, transaction, assertions] = await Promise.all([
    node.send("eth_getBlockByHash", [hash, false]).catch(() => null),
    node.send("eth_getTransactionByHash", [hash]).catch(() => null),
    node.send<{ id: string; mutualId: string }[]>("rollup_getAssertions", ["0x3e8"]).catch(() => []),
  ]);
  if (block !== null) return `/block/${hash}`;
  if (transaction !== null) return `/tx/${hash}`;
  const assertion = assertions.find(({ id, mutualId }) => id === hash || mutualId === hash);
  if (assertion !== undefined) return `/dispute/${assertion.mutualId}`;
  // A transaction of L1 has a page, too, and says so itself where there is none.
  return `/tx/${hash}`;
}
