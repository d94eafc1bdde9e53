/** @returns what the work gave, how long it took, and the longest time nothing else could run, in milliseconds. */
export async function measured<T>(work: () => T | Promise<T>): Promise<{ result: T; took: number; longest: number }> {
  const began = performance.now();
  let [last, longest] = [began, 0];
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 5);
  await new Promise((resolve) => setImmediate(resolve));
  const result = await work();
  look();
  clearInterval(timer);
  return { result, took: performance.now() - began, longest };
}
