import { useEffect } from "preact/hooks";
import { Section } from "./parts/parts";

/** How often it is looked whether the documentation is there now. */
const LOOK_MS = 2_000;

/** What stands at the documentation's address while it is not built; the server has pages of its own there once it is. */
export function Docs() {
  useEffect(() => {
    const timer = setInterval(() => void openIfBuilt(), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <h1>Docs</h1>
      <Section title="Not built yet">
        <p>
          The documentation (spec, decisions, games, the workshop and the libraries’ API, with search) is made from the
          repository’s <code>docs/</code>. Run this there; it takes less than a minute and needs no network:
        </p>
        <pre tabIndex={0} aria-label="command">
          npm run docs
        </pre>
        <p class="quiet">This page opens it by itself once it is there.</p>
      </Section>
    </>
  );
}

async function openIfBuilt(): Promise<void> {
  try {
    const response = await fetch("/config.json", { cache: "no-store" });
    if (((await response.json()) as { hasDocs: boolean }).hasDocs) location.assign("/docs/");
  } catch {
    // The server is gone: the next look asks again.
  }
}
