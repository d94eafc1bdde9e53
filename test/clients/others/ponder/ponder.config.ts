import { createConfig } from "ponder";
import { parseAbi } from "viem";
export default createConfig({
  database: { kind: "pglite", directory: process.env.SOLVENT_PONDER_DIR },
  chains: { solvent: { id: 42161001, rpc: process.env.SOLVENT_URL, pollingInterval: 200 } },
  contracts: {
    WETH: {
      chain: "solvent",
      abi: parseAbi([
        "event Deposit(address indexed dst, uint256 wad)",
        "event Transfer(address indexed src, address indexed dst, uint256 wad)",
        "function balanceOf(address) view returns (uint256)",
      ]),
      address: "0x4200000000000000000000000000000000000006",
      startBlock: 0,
    },
  },
});
