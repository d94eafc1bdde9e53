import { useEffect, useState } from "preact/hooks";

/** Where the page is: every state that can be shared is in here. */
export interface Place {
  /** Parts of the path, e.g. `["block", "5"]`; empty on the overview. */
  parts: string[];
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
window.addEventListener("popstate", () => listeners.forEach((listener) => listener()));

/** Goes to an address of this page. @param isStep - A small change of the same view: it replaces the entry in the history. */
export function navigate(href: string, isStep = false): void {
  if (isStep) history.replaceState(null, "", href);
  else {
    history.pushState(null, "", href);
    scrollTo(0, 0);
  }
  for (const listener of listeners) listener();
}

/** The present place; the component is drawn again when it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const listener = (): void => setPlace(read());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return place;
}

/** The present address with some of its query changed; null takes a key away. */
export function withQuery(changes: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return location.pathname + (text === "" ? "" : `?${text}`);
}

/** An address that keeps how the page is shown (`present`, `theme`). */
export function addressOf(href: string): string {
  const now = new URLSearchParams(location.search);
  const url = new URL(href, location.origin);
  for (const key of ["present", "theme"]) if (now.has(key)) url.searchParams.set(key, now.get(key)!);
  return url.pathname + url.search;
}

function read(): Place {
  return {
    parts: location.pathname.split("/").filter((part) => part !== ""),
    query: new URLSearchParams(location.search),
  };
}
