import { Wallet, concat, hexlify, toBeHex, type BytesLike } from "ethers";
import { p256 } from "@noble/curves/nist.js";

const word = (value: bigint): string => toBeHex(value, 32);
const DIGEST = word(0x1234567890abcdefn);
const SIGNATURE = new Wallet(word(7n)).signingKey.sign(DIGEST);
/** The generators of bn254, and that of G1 negated: e(P, Q) * e(-P, Q) = 1. */
const FIELD = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
const G2 = [
  11559732032986387107991004021392285783925812861821192530917403151452391805634n,
  10857046999023057135944570762232829481370756359578518086990519993285655852781n,
  4082367875863433681332203403145435568316851327593401208105741076214120093531n,
  8495653923123431417604973247489272438418190587263600148770280649306958101930n,
].map(word);

function p256Input(): string {
  const secret = new Uint8Array(32).fill(3);
  const message = new Uint8Array(32).fill(9);
  const signature = p256.sign(message, secret, { prehash: false });
  return concat([message, signature, p256.getPublicKey(secret, false).slice(1)].map((bytes) => hexlify(bytes)));
}

/** A valid call of each precompile that is more than a copy. */
export const PRECOMPILE_CALLS: readonly { name: string; address: number; input: BytesLike }[] = [
  {
    name: "ecrecover",
    address: 0x01,
    input: concat([DIGEST, word(BigInt(SIGNATURE.v)), SIGNATURE.r, SIGNATURE.s]),
  },
  { name: "sha256 of 1,024 bytes", address: 0x02, input: `0x${"a5".repeat(1024)}` },
  { name: "ripemd160 of 256 bytes", address: 0x03, input: `0x${"5a".repeat(256)}` },
  {
    name: "modexp of 32 bytes",
    address: 0x05,
    input: concat([word(32n), word(32n), word(32n), word(3n), word(2n ** 255n - 19n), word(FIELD)]),
  },
  { name: "bn254 add", address: 0x06, input: concat([word(1n), word(2n), word(1n), word(2n)]) },
  { name: "bn254 mul", address: 0x07, input: concat([word(1n), word(2n), word(2n ** 200n)]) },
  {
    name: "bn254 pairing of 2",
    address: 0x08,
    input: concat([word(1n), word(2n), ...G2, word(1n), word(FIELD - 2n), ...G2]),
  },
  { name: "blake2f of 12 rounds", address: 0x09, input: concat([toBeHex(12, 4), `0x${"11".repeat(208)}`, "0x01"]) },
  { name: "P-256 verify", address: 0x100, input: p256Input() },
];
