/*
 * The compression function of BLAKE2b with a free number of rounds (EIP-152), as straight code over 16 locals (generated, read one
 * block). About 200 steps a round, which costs one gas. Source: RFC 7693, section 3.2.
 */

const iv = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1, 0x510e527fade682d1,
  0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);
/** Message words in the order of each of ten rounds, as byte offsets. */
const sigma = memory.data<u8>([
  0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 112, 80, 32, 64, 72, 120, 104, 48, 8, 96, 0, 16, 88,
  56, 40, 24, 88, 64, 96, 0, 40, 16, 120, 104, 80, 112, 24, 48, 56, 8, 72, 32, 56, 72, 24, 8, 104, 96, 88, 112, 16, 48,
  40, 80, 32, 0, 120, 64, 72, 0, 40, 56, 16, 32, 80, 120, 112, 8, 88, 96, 48, 64, 24, 104, 16, 96, 48, 80, 0, 88, 64,
  24, 32, 104, 56, 40, 120, 112, 8, 72, 96, 40, 8, 120, 112, 104, 32, 80, 0, 56, 48, 24, 72, 16, 64, 88, 104, 88, 56,
  112, 96, 8, 24, 72, 40, 0, 120, 32, 64, 48, 16, 80, 48, 120, 112, 72, 88, 24, 0, 64, 96, 16, 104, 56, 8, 32, 80, 40,
  80, 16, 64, 32, 56, 48, 8, 40, 120, 88, 72, 112, 24, 96, 104, 0,
]);
const message = memory.data(128, 8);

/**
 * Applies F.
 * @param input 213 bytes: rounds u32 (big-endian) | h, 64 bytes | m, 128 bytes | t, 16 bytes (little-endian words) | final flag.
 * @param outPtr 64 bytes: the new h; apart from the input.
 */
export function blake2f(input: usize, outPtr: usize): void {
  const rounds = bswap<u32>(load<u32>(input));
  const h = input + 4;
  for (let offset: usize = 0; offset < 128; offset += 8) store<u64>(message + offset, load<u64>(input + 68 + offset));
  let v0 = load<u64>(h, 0);
  let v1 = load<u64>(h, 8);
  let v2 = load<u64>(h, 16);
  let v3 = load<u64>(h, 24);
  let v4 = load<u64>(h, 32);
  let v5 = load<u64>(h, 40);
  let v6 = load<u64>(h, 48);
  let v7 = load<u64>(h, 56);
  let v8 = load<u64>(iv, 0);
  let v9 = load<u64>(iv, 8);
  let v10 = load<u64>(iv, 16);
  let v11 = load<u64>(iv, 24);
  let v12 = load<u64>(iv, 32) ^ load<u64>(input, 196);
  let v13 = load<u64>(iv, 40) ^ load<u64>(input, 204);
  let v14 = load<u64>(iv, 48);
  let v15 = load<u64>(iv, 56);
  if (load<u8>(input, 212)) v14 = ~v14;
  let row = sigma;
  for (let round: u32 = 0; round < rounds; round++) {
    v0 += v4 + load<u64>(message + load<u8>(row, 0));
    v12 = rotr<u64>(v12 ^ v0, 32);
    v8 += v12;
    v4 = rotr<u64>(v4 ^ v8, 24);
    v0 += v4 + load<u64>(message + load<u8>(row, 1));
    v12 = rotr<u64>(v12 ^ v0, 16);
    v8 += v12;
    v4 = rotr<u64>(v4 ^ v8, 63);
    v1 += v5 + load<u64>(message + load<u8>(row, 2));
    v13 = rotr<u64>(v13 ^ v1, 32);
    v9 += v13;
    v5 = rotr<u64>(v5 ^ v9, 24);
    v1 += v5 + load<u64>(message + load<u8>(row, 3));
    v13 = rotr<u64>(v13 ^ v1, 16);
    v9 += v13;
    v5 = rotr<u64>(v5 ^ v9, 63);
    v2 += v6 + load<u64>(message + load<u8>(row, 4));
    v14 = rotr<u64>(v14 ^ v2, 32);
    v10 += v14;
    v6 = rotr<u64>(v6 ^ v10, 24);
    v2 += v6 + load<u64>(message + load<u8>(row, 5));
    v14 = rotr<u64>(v14 ^ v2, 16);
    v10 += v14;
    v6 = rotr<u64>(v6 ^ v10, 63);
    v3 += v7 + load<u64>(message + load<u8>(row, 6));
    v15 = rotr<u64>(v15 ^ v3, 32);
    v11 += v15;
    v7 = rotr<u64>(v7 ^ v11, 24);
    v3 += v7 + load<u64>(message + load<u8>(row, 7));
    v15 = rotr<u64>(v15 ^ v3, 16);
    v11 += v15;
    v7 = rotr<u64>(v7 ^ v11, 63);
    v0 += v5 + load<u64>(message + load<u8>(row, 8));
    v15 = rotr<u64>(v15 ^ v0, 32);
    v10 += v15;
    v5 = rotr<u64>(v5 ^ v10, 24);
    v0 += v5 + load<u64>(message + load<u8>(row, 9));
    v15 = rotr<u64>(v15 ^ v0, 16);
    v10 += v15;
    v5 = rotr<u64>(v5 ^ v10, 63);
    v1 += v6 + load<u64>(message + load<u8>(row, 10));
    v12 = rotr<u64>(v12 ^ v1, 32);
    v11 += v12;
    v6 = rotr<u64>(v6 ^ v11, 24);
    v1 += v6 + load<u64>(message + load<u8>(row, 11));
    v12 = rotr<u64>(v12 ^ v1, 16);
    v11 += v12;
    v6 = rotr<u64>(v6 ^ v11, 63);
    v2 += v7 + load<u64>(message + load<u8>(row, 12));
    v13 = rotr<u64>(v13 ^ v2, 32);
    v8 += v13;
    v7 = rotr<u64>(v7 ^ v8, 24);
    v2 += v7 + load<u64>(message + load<u8>(row, 13));
    v13 = rotr<u64>(v13 ^ v2, 16);
    v8 += v13;
    v7 = rotr<u64>(v7 ^ v8, 63);
    v3 += v4 + load<u64>(message + load<u8>(row, 14));
    v14 = rotr<u64>(v14 ^ v3, 32);
    v9 += v14;
    v4 = rotr<u64>(v4 ^ v9, 24);
    v3 += v4 + load<u64>(message + load<u8>(row, 15));
    v14 = rotr<u64>(v14 ^ v3, 16);
    v9 += v14;
    v4 = rotr<u64>(v4 ^ v9, 63);
    row += 16;
    if (row == sigma + 160) row = sigma;
  }
  store<u64>(outPtr, load<u64>(h, 0) ^ v0 ^ v8, 0);
  store<u64>(outPtr, load<u64>(h, 8) ^ v1 ^ v9, 8);
  store<u64>(outPtr, load<u64>(h, 16) ^ v2 ^ v10, 16);
  store<u64>(outPtr, load<u64>(h, 24) ^ v3 ^ v11, 24);
  store<u64>(outPtr, load<u64>(h, 32) ^ v4 ^ v12, 32);
  store<u64>(outPtr, load<u64>(h, 40) ^ v5 ^ v13, 40);
  store<u64>(outPtr, load<u64>(h, 48) ^ v6 ^ v14, 48);
  store<u64>(outPtr, load<u64>(h, 56) ^ v7 ^ v15, 56);
}
