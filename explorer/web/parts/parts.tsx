import type { AnchorHTMLAttributes, ComponentChildren } from "preact";
import { shorten } from "../format";
import { addressOf, navigate } from "../router";
import { roleOf, type Query } from "../live";

/** A link within the page: no load, but an address like any other. */
export function Link({ href, children, ...rest }: { href: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const address = addressOf(href);
  const go = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(address);
  };
  return (
    <a href={address} onClick={go} {...rest}>
      {children}
    </a>
  );
}

/** A hash, an address or an id, shortened; its whole text is in the title and what a screen reader reads. */
export function Hash({ value, to }: { value: string; to?: string }) {
  const text = (
    <code class="whole" title={value}>
      {shorten(value)}
    </code>
  );
  return to === undefined ? text : <Link href={`/${to}/${value}`}>{text}</Link>;
}

/** An account's or contract's address, with the part that it plays where the server names one. */
export function Account({ value }: { value: string | null | undefined }) {
  if (value === null || value === undefined) return <span>new contract</span>;
  const role = roleOf(value);
  const hash = <Hash value={value} to="address" />;
  return role === null ? (
    hash
  ) : (
    <>
      {hash} <span class="quiet">{role}</span>
    </>
  );
}

/** The same where there is room for one of them: the part, else the address. */
export function Party({ value }: { value: string }) {
  const role = roleOf(value);
  if (role === null) return <Account value={value} />;
  return (
    <Link href={`/address/${value}`} title={value}>
      {role}
    </Link>
  );
}

/** The same within a sentence. */
export function partyName(address: string): string {
  const role = roleOf(address);
  return role === null ? shorten(address) : `${shorten(address)} (${role})`;
}

/** A section with its heading. */
export function Section({ title, children, wide }: { title: string; children: ComponentChildren; wide?: boolean }) {
  return (
    <section class={wide === true ? "wide" : undefined}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Names and values, one below the other. */
export function Facts({ rows }: { rows: readonly (readonly [name: string, value: ComponentChildren] | null)[] }) {
  return (
    <dl class="facts">
      {rows
        .filter((row) => row !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A table that scrolls by itself where the screen is narrow. */
export function Table({
  head,
  rows,
  label,
  empty = "none yet",
  wraps = false,
}: {
  head: readonly string[];
  rows: readonly (readonly ComponentChildren[])[];
  label: string;
  empty?: string;
  /** Whether cells hold sentences, which break into lines. */
  wraps?: boolean;
}) {
  if (rows.length === 0) return <p class="quiet">{empty}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={wraps ? "wraps" : undefined}>
        <thead>
          <tr>
            {head.map((text) => (
              <th key={text} scope="col">
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, i) => (
            <tr key={i}>
              {cells.map((cell, j) => (
                <td key={j} data-head={wraps ? head[j] : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A state in a word: its colour is never the only sign. */
export function Badge({ kind, children }: { kind: "good" | "bad" | "open" | "plain"; children: ComponentChildren }) {
  return <span class={`badge ${kind}`}>{children}</span>;
}

/** What a question got; words while it is on its way, the node's own where it failed. */
export function Loaded<T>({ query, children }: { query: Query<T>; children: (data: T) => ComponentChildren }) {
  if (query.error !== null) return <p class="failure">{query.error.message}</p>;
  if (query.data === undefined) return <p class="quiet">loading …</p>;
  return <>{children(query.data)}</>;
}

/** Bytes as hex, in lines that break. */
export function Bytes({ value, label }: { value: string; label: string }) {
  return (
    <pre class="bytes" tabIndex={0} aria-label={label}>
      {value}
    </pre>
  );
}
