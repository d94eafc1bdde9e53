import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Search } from "./chain/Search";
import { Overview } from "./chain/Overview";
import { Block, Blocks } from "./chain/blocks";
import { l1, useConnection } from "./live";
import { Link } from "./parts/parts";
import { addressOf, navigate, usePlace, withQuery, type Place } from "./router";

/** A page of its own script, fetched when it is opened. */
type Lazy = () => Promise<ComponentType<{ place: Place }>>;

/** What an address shows, by its first part. */
const PAGES: Readonly<Record<string, { title: string; load: Lazy }>> = {
  blocks: { title: "Blocks", load: () => Promise.resolve(Blocks) },
  block: { title: "Block", load: () => Promise.resolve(Block) },
  tx: { title: "Transaction", load: async () => (await import("./chain/Transaction")).Transaction },
  address: { title: "Address", load: async () => (await import("./chain/Address")).Address },
  tokens: { title: "Tokens", load: async () => (await import("./chain/Tokens")).Tokens },
  batches: { title: "Batches", load: async () => (await import("./chain/batches")).Batches },
  batch: { title: "Batch", load: async () => (await import("./chain/batches")).Batch },
  messages: { title: "Messages", load: async () => (await import("./chain/Messages")).Messages },
  disputes: { title: "Disputes", load: async () => (await import("./disputes/Disputes")).Disputes },
  dispute: { title: "Dispute", load: async () => (await import("./disputes/Disputes")).DisputePage },
  money: { title: "Money", load: async () => (await import("./money/Money")).Money },
  play: { title: "Play", load: async () => (await import("./play/Play")).Play },
  docs: { title: "Docs", load: async () => (await import("./Docs")).Docs },
  journey: { title: "Journey", load: async () => (await import("./money/Journey")).Journey },
};

/** What the head of the page links to; the key goes there. */
const MENU = [
  ["o", "Overview", "/"],
  ["b", "Blocks", "/blocks"],
  ["a", "Batches", "/batches"],
  ["m", "Messages", "/messages"],
  ["t", "Tokens", "/tokens"],
  ["d", "Disputes", "/disputes"],
  ["e", "Money", "/money"],
  ["j", "Journey", "/journey"],
  ["y", "Play", "/play"],
] as const;

/** The whole page: head, menu, whether the node answers, and what the address names. */
export function App() {
  const place = usePlace();
  const name = place.parts[0];
  const page = name !== undefined && Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  const isPresenting = place.query.has("present");
  const theme = place.query.get("theme");
  useEffect(() => {
    document.title = `${[...(page === undefined ? ["Overview"] : [page.title]), ...place.parts.slice(1, 2)].join(" ")} - Solvent`;
    document.documentElement.classList.toggle("present", isPresenting);
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  });
  useEffect(() => {
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <a class="skip" href="#main">
        to the content
      </a>
      <header>
        <p class="brand">
          <Link href="/">Solvent</Link>
        </p>
        <nav aria-label="pages">
          {MENU.map(([key, title, href]) => (
            <Link key={href} href={href} title={`key: ${key}`} aria-current={isAt(place, href) ? "page" : undefined}>
              {title}
            </Link>
          ))}
          {/* Pages of their own, built by `npm run docs`. */}
          <a href="/docs/">Docs</a>
        </nav>
        <Search />
        <Looks isPresenting={isPresenting} theme={theme} />
      </header>
      <Connection />
      <main id="main" tabIndex={-1}>
        {name === undefined ? (
          <Overview />
        ) : page === undefined ? (
          <NotFound what={`no page "${name}"`} />
        ) : (
          <Loader key={name} load={page.load} place={place} />
        )}
      </main>
    </>
  );
}

function NotFound({ what }: { what: string }) {
  return (
    <>
      <h1>Not found</h1>
      <p>{what}</p>
    </>
  );
}

function Loader({ load, place }: { load: Lazy; place: Place }) {
  const [Page, setPage] = useState<ComponentType<{ place: Place }> | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const isConnected = useConnection().node;
  const isMissed = useRef(false);
  // A script that was asked for while nobody served it is asked for anew: its address names the whole page.
  useEffect(() => {
    if (failure === null) return;
    if (isConnected && isMissed.current) location.reload();
    isMissed.current = !isConnected;
  }, [failure, isConnected]);
  useEffect(() => {
    load().then(
      (loaded) => setPage(() => loaded),
      (error: Error) => setFailure(error.message),
    );
  }, []);
  if (failure !== null) return <p class="failure">{failure}</p>;
  return Page === null ? <p class="quiet">loading …</p> : <Page place={place} />;
}

/** Nothing where all answer; else who does not, at once and until it is back. */
function Connection() {
  const connection = useConnection();
  const [isEarly, setIsEarly] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setIsEarly(false), 1_500);
    return () => clearTimeout(timer);
  }, []);
  const silent = [...(connection.node ? [] : ["the node"]), ...(connection.l1 || l1 === null ? [] : ["L1"])];
  const isShown = silent.length > 0 && !isEarly;
  return (
    <div role="status" class={isShown ? "offline" : ""}>
      {isShown
        ? `Not connected: ${silent.join(" and ")} ${silent.length > 1 ? "do" : "does"} not answer. What is shown is what was last known; trying again.`
        : ""}
    </div>
  );
}

function Looks({ isPresenting, theme }: { isPresenting: boolean; theme: string | null }) {
  const isDark = theme === null ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  return (
    <div class="looks">
      <button
        type="button"
        aria-pressed={isPresenting}
        onClick={() => navigate(withQuery({ present: isPresenting ? null : "" }), true)}
        title="large type for a projector; key: p"
      >
        Projector
      </button>
      <button type="button" onClick={() => navigate(withQuery({ theme: isDark ? "light" : "dark" }), true)}>
        {isDark ? "Light" : "Dark"}
      </button>
    </div>
  );
}

function isAt({ parts }: Place, href: string): boolean {
  return `/${parts[0] ?? ""}` === href;
}

/** One key goes to a page, as long as nobody is writing. */
function onKey(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
    return;
  }
  if (event.key === "p")
    return navigate(withQuery({ present: new URLSearchParams(location.search).has("present") ? null : "" }), true);
  const item = MENU.find(([key]) => key === event.key);
  if (item !== undefined) navigate(addressOf(item[2]));
}
