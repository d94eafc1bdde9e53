/** The manifest's version, and the folder below the checkout's root. */
export const VERSION: number;
export const FOLDER: string;
/** SHA-256 of a file, hex; null where there is none. */
export function hashOf(file: string): string | null;
/** The folder of bundles of the sources below the root as they are now; null where there are none. */
export function freshFolder(root: string): string | null;
