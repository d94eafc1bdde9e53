/** Answers an input with the output. @throws InvalidInput where the call fails. */
export type Precompile = (input: Uint8Array) => Uint8Array;
