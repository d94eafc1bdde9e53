import {
  BrowserProvider,
  JsonRpcApiProvider,
  NonceManager,
  Wallet,
  type Eip1193Provider,
  type JsonRpcPayload,
  type JsonRpcResult,
} from "ethers";
import type { LayerProvider, LayerSigner } from "../../../client/types";
import { quantity } from "../../../protocol/quantity";
import { config, l1, node } from "../live";
import { RpcFailure, RpcSocket } from "../rpc";

/** What ethers takes for an answer; its types know only results. */
type Answer = JsonRpcResult | { id: number; error: { code: number; message: string; data?: unknown } };

/** An ethers provider over one of the page's sockets. */
class SocketProvider extends JsonRpcApiProvider {
  private readonly socket: RpcSocket;

  constructor(socket: RpcSocket) {
    super(undefined, { batchMaxCount: 1, cacheTimeout: -1, polling: true, pollingInterval: 300 });
    this.socket = socket;
    this._start();
  }

  override async _send(payload: JsonRpcPayload | JsonRpcPayload[]): Promise<JsonRpcResult[]> {
    const answers = [payload].flat().map(async ({ id, method, params }): Promise<Answer> => {
      try {
        await this.socket.opened();
        return { id, result: await this.socket.send<unknown>(method, params as unknown[]) };
      } catch (error) {
        if (!(error instanceof RpcFailure)) throw error;
        return { id, error: { code: error.code, message: error.message, data: error.data } };
      }
    });
    return (await Promise.all(answers)) as JsonRpcResult[];
  }
}

const known = new Map<RpcSocket, SocketProvider>();
let sequencer: RpcSocket | null = null;

function providerOver(socket: RpcSocket): LayerProvider {
  let provider = known.get(socket);
  if (provider === undefined) known.set(socket, (provider = new SocketProvider(socket)));
  return provider;
}

/** @throws Error where the page was started without L1. */
export function l1Provider(): LayerProvider {
  if (l1 === null) throw new Error("this page was started without L1: add --l1 URL");
  return providerOver(l1);
}

/** L2 where transactions are sent: the sequencer, or the node where none is known. */
export function l2Provider(): LayerProvider {
  if (config.sequencer === null) return providerOver(node);
  return providerOver((sequencer ??= new RpcSocket("/rpc/sequencer")));
}

/** Who acts: signs on both layers. */
export interface Actor {
  address: string;
  /** Whether a wallet signs, not a key of the devnet. */
  isWallet: boolean;
  signer(layer: "l1" | "l2"): Promise<LayerSigner>;
}

/** One of the devnet's accounts, whose keys everybody knows. */
export function devnetActor({ address, privateKey }: { address: string; privateKey: string }): Actor {
  const signerOn = (layer: "l1" | "l2"): LayerSigner => {
    const provider = layer === "l1" ? l1Provider() : l2Provider();
    return new NonceManager(new Wallet(privateKey, provider)) as unknown as LayerSigner;
  };
  return { address, isWallet: false, signer: (layer) => Promise.resolve(signerOn(layer)) };
}

/** The wallet that a browser's extension puts into the page (EIP-1193); null where there is none. */
export function injectedWallet(): Eip1193Provider | null {
  return (window as unknown as { ethereum?: Eip1193Provider }).ethereum ?? null;
}

/**
 * Asks the wallet for an account; it is asked to change its network before it signs for a layer.
 * @throws what the wallet answers, e.g. that the user refused.
 */
export async function walletActor(wallet: Eip1193Provider): Promise<Actor> {
  const [address] = (await wallet.request({ method: "eth_requestAccounts" })) as string[];
  return {
    address: address.toLowerCase(),
    isWallet: true,
    async signer(layer) {
      const { chainId } = await (layer === "l1" ? l1Provider() : l2Provider()).getNetwork();
      const params = [{ chainId: quantity(chainId) }];
      await wallet.request({ method: "wallet_switchEthereumChain", params });
      return (await new BrowserProvider(wallet).getSigner(address)) as unknown as LayerSigner;
    },
  };
}
