import { createPublicKey, createSign, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { AbiCoder } from "ethers";
import { p256 } from "@noble/curves/nist.js";
import { expect } from "chai";
import { keccak256, toHex } from "../../../protocol";
import { artifact } from "./support/artifact";
import { Session } from "./support/session";

const BUILD = "@openzeppelin/contracts/build/contracts";
const VALID = "0x024ad318";
const INVALID = "0xffffffff";
const HASH = keccak256(new TextEncoder().encode("solvent"));

describe("OpenZeppelin's P256 and RSA verifiers on the engine, next to @ethereumjs/vm", function () {
  this.timeout(120_000);
  let session: Session;

  before(async () => {
    session = await Session.create();
  });

  it("verifies signatures over P-256 by the precompile", async () => {
    const verifier = await session.deploy(artifact(`${BUILD}/ERC7913P256Verifier.json`));
    const secret = keccak256(Uint8Array.of(5));
    const key = p256.getPublicKey(secret, false).subarray(1);
    const signature = p256.sign(HASH, secret, { prehash: false, lowS: true });
    const verify = async (hash: Uint8Array, bytes: Uint8Array) =>
      (await session.read(verifier, "verify", toHex(key), toHex(hash), toHex(bytes)))[0];
    expect(await verify(HASH, signature)).to.equal(VALID);
    expect(await verify(keccak256(HASH), signature)).to.equal(INVALID);
    expect(
      await verify(
        HASH,
        signature.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
      ),
    ).to.equal(INVALID);
    const sent = await session.send(verifier, "verify", [toHex(key), toHex(HASH), toHex(signature)]);
    expect(sent.success).to.equal(true);
  });

  for (const bits of process.env.SOLVENT_FULL === undefined ? [2048] : [2048, 4096]) {
    it(`verifies RSA signatures of ${bits} bits by modexp and sha256`, async () => {
      const verifier = await session.deploy(artifact(`${BUILD}/ERC7913RSAVerifier.json`));
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
      const key = encodeKey(createPublicKey(privateKey));
      const signature = new Uint8Array(createSign("RSA-SHA256").update(HASH).sign(privateKey));
      const verify = async (bytes: Uint8Array) =>
        (await session.read(verifier, "verify", key, toHex(HASH), toHex(bytes)))[0];
      expect(await verify(signature)).to.equal(VALID);
      expect(await verify(new Uint8Array(sign("sha512", HASH, privateKey)))).to.equal(INVALID);
      const sent = await session.send(verifier, "verify", [key, toHex(HASH), toHex(signature)]);
      expect(sent.success).to.equal(true);
    });
  }
});

/** abi.encode(exponent, modulus). */
function encodeKey(key: KeyObject): string {
  const { e, n } = key.export({ format: "jwk" });
  const bytes = (text: string | undefined) => Buffer.from(text!, "base64url");
  return AbiCoder.defaultAbiCoder().encode(["bytes", "bytes"], [bytes(e), bytes(n)]);
}
