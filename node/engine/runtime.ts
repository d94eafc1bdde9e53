import { OverlayStore } from "./overlay";
import { EMPTY_INBOX, StoreHost } from "./host";
import { Instance, loadModule } from "./instance";
import type { EngineOptions } from "./types";
import { Tracer } from "./trace/tracer";

/** An instance of engine.wasm, what answers its host calls, and what watches it. */
export interface Room {
  instance: Instance;
  host: StoreHost;
  tracer: Tracer;
}

/**
 * What the operations share: engine.wasm, instantiated when first used and kept as long as it does not trap.
 * Two rooms, so that what a call makes (codes of contracts that it creates) never reaches the store.
 */
export class EngineRuntime {
  private readonly module: WebAssembly.Module;
  private readonly overlay: OverlayStore;
  private lasting: Room | null = null;
  private passing: Room | null = null;

  constructor(private readonly options: EngineOptions) {
    this.module = loadModule("engine.wasm", options.buildDir);
    this.overlay = new OverlayStore(options.nodes);
  }

  /** The chain id where the state has none. */
  get fallbackChainId(): bigint {
    return this.options.chainId ?? 0n;
  }

  /** Runs with what is made going to the store. */
  withStore<T>(work: (room: Room) => T): T {
    this.lasting ??= this.open(new StoreHost(this.options.nodes, this.options.precompileAnswers));
    return this.attempt(this.lasting, work);
  }

  /** Runs with nothing remembered. */
  withoutStore<T>(work: (room: Room) => T): T {
    this.passing ??= this.open(new StoreHost(this.overlay, this.options.precompileAnswers ?? this.overlay));
    this.overlay.clear();
    this.passing.host.begin(EMPTY_INBOX);
    return this.attempt(this.passing, work);
  }

  private open(host: StoreHost): Room {
    const tracer = new Tracer();
    const instance = new Instance(this.module, host, { tracer: tracer.imports() });
    tracer.watch(instance);
    return { instance, host, tracer };
  }

  /** An instance that ended in the middle of a run is not used again. */
  private attempt<T>(room: Room, work: (room: Room) => T): T {
    try {
      return work(room);
    } catch (error) {
      if (room === this.lasting) this.lasting = null;
      else this.passing = null;
      throw error;
    }
  }
}
