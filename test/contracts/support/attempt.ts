/** @returns whether L1 took it; false where it reverts. @throws what else went wrong. */
export async function attempt(sent: Promise<{ wait(): Promise<unknown> }>): Promise<boolean> {
  try {
    await (await sent).wait();
    return true;
  } catch (error) {
    if (/revert/.test(String(error))) return false;
    throw error;
  }
}
