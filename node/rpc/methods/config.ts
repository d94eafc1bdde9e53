import { fromHex } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import type { Hex } from "../../../protocol/types";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import type { ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";

/** Precompiles of Osaka, by the names that their EIPs gave them. Twin of stf/evm/precompiles/dispatch.ts. */
const PRECOMPILES: readonly [name: string, address: number][] = [
  ...[
    ...["ECREC", "SHA256", "RIPEMD160", "ID", "MODEXP", "BN254_ADD", "BN254_MUL", "BN254_PAIRING", "BLAKE2F"],
    ...["KZG_POINT_EVALUATION", "BLS12_G1ADD", "BLS12_G1MSM", "BLS12_G2ADD", "BLS12_G2MSM", "BLS12_PAIRING_CHECK"],
    ...["BLS12_MAP_FP_TO_G1", "BLS12_MAP_FP2_TO_G2"],
  ].map((name, i): [string, number] => [name, i + 1]),
  ["P256VERIFY", 0x100],
];
/** The reversed polynomial of CRC-32. */
const CRC_POLYNOMIAL = 0xedb88320;
/** Of Osaka, without effect where no blob is ever taken. */
const BLOB_FEE_FRACTION = 5_007_716;

/** `eth_config`: one set of rules from genesis on, and none planned. Source: EIP-7910. */
export function configMethods(chain: ChainReader): RpcMethods {
  return {
    eth_config: () => ({
      current: {
        activationTime: 0,
        blobSchedule: { baseFeeUpdateFraction: BLOB_FEE_FRACTION, max: 0, target: 0 },
        chainId: quantity(chain.chainId),
        forkId: `0x${crc32(fromHex(chain.head("earliest").hash))
          .toString(16)
          .padStart(8, "0")}`,
        precompiles: Object.fromEntries(PRECOMPILES.map(([name, address]) => [name, addressOf(address)])),
        systemContracts: { HISTORY_STORAGE_ADDRESS: PREDEPLOYS.blockHashHistory },
      },
      next: null,
      last: null,
    }),
  };
}

function addressOf(number: number): Hex {
  return `0x${number.toString(16).padStart(40, "0")}`;
}

/** The fork id of a chain whose rules are those of genesis: EIP-2124's checksum over its hash. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
