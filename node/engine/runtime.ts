import { OverlayStore } from "./overlay";
import { EMPTY_INBOX, StoreHost } from "./host";
import { Instance, loadModule } from "./instance";
import type { EngineOptions } from "./types";
import { Tracer } from "./trace/tracer";

/** An instance of engine.wasm, what answers its host calls, and what watches it. */
export interface EngineContext {
  instance: Instance;
  host: StoreHost;
  tracer: Tracer;
}

/**
 * What the operations share: engine.wasm, instantiated when first used and kept as long as it does not trap.
 * Two contexts, so that what a call makes (codes of contracts that it creates) never reaches the store.
 */
export class EngineRuntime {
  private readonly module: WebAssembly.Module;
  private readonly overlay: OverlayStore;
  private persistent: EngineContext | null = null;
  private ephemeral: EngineContext | null = null;

  constructor(private readonly options: EngineOptions) {
    this.module = loadModule("engine.wasm", options.buildDir);
    this.overlay = new OverlayStore(options.nodes);
  }

  /** The chain id where the state has none. */
  get fallbackChainId(): bigint {
    return this.options.chainId ?? 0n;
  }

  /** Runs with what is made going to the store. */
  withStore<T>(work: (context: EngineContext) => T): T {
    this.persistent ??= this.open(new StoreHost(this.options.nodes, this.options.precompileAnswers));
    return this.attempt(this.persistent, work);
  }

  /** Runs with nothing remembered. */
  withoutStore<T>(work: (context: EngineContext) => T): T {
    this.ephemeral ??= this.open(new StoreHost(this.overlay, this.options.precompileAnswers ?? this.overlay));
    this.overlay.clear();
    this.ephemeral.host.begin(EMPTY_INBOX);
    return this.attempt(this.ephemeral, work);
  }

  private open(host: StoreHost): EngineContext {
    const tracer = new Tracer();
    const instance = new Instance(this.module, host, { tracer: tracer.imports() });
    tracer.watch(instance);
    return { instance, host, tracer };
  }

  /** An instance that ended in the middle of a run is not used again. */
  private attempt<T>(context: EngineContext, work: (context: EngineContext) => T): T {
    try {
      return work(context);
    } catch (error) {
      if (context === this.persistent) this.persistent = null;
      else this.ephemeral = null;
      throw error;
    }
  }
}
