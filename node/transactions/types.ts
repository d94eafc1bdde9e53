/** One entry of an EIP-2930 access list. */
export interface AccessListEntry {
  address: string;
  storageKeys: string[];
}

/** One authorization of a type 4 transaction, as signed. */
export interface Authorization {
  chainId: bigint;
  address: string;
  nonce: bigint;
  yParity: number;
  r: bigint;
  s: bigint;
}

/**
 * A decoded transaction envelope of any type. Addresses and data are lower-case 0x hex; amounts are wei.
 * Fields that a type does not have are absent.
 */
export interface DecodedTransaction {
  type: number;
  /** keccak256 of the EIP-2718 bytes. */
  hash: string;
  /** The EIP-2718 bytes. */
  raw: Uint8Array;
  /** Recovered signer; for a deposit the sender it names. */
  from: string;
  /** What the signer signed; absent where the sender was known beforehand, and of deposits. */
  signingHash?: Uint8Array;
  to: string | null;
  nonce: bigint;
  gasLimit: bigint;
  value: bigint;
  data: string;
  chainId?: bigint;
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  maxFeePerBlobGas?: bigint;
  blobVersionedHashes?: string[];
  accessList?: AccessListEntry[];
  authorizationList?: Authorization[];
  v?: bigint;
  yParity?: number;
  r?: bigint;
  s?: bigint;
  /** Deposits (0x7e) only. */
  sourceHash?: string;
  mint?: bigint;
  isSystemTx?: boolean;
}
