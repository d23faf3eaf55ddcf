// The cache of compiled plans and operations. The key is a text of everything that they depend on.
import type { GpuContext } from "./context.ts";
import { LruCache } from "./lru-cache.ts";

/** Characters of all keys together. */
const MAX_CHARACTERS = 2 ** 24;

export class ReadyCache<Value extends { destroy(): void }> {
  readonly #gpu: GpuContext;
  readonly #cache: LruCache<Value>;
  #generation = 0;

  /** @param most number of values; the least recently used is destroyed first */
  constructor(gpu: GpuContext, most: number) {
    this.#gpu = gpu;
    this.#cache = new LruCache(most, MAX_CHARACTERS, (value) => value.destroy());
  }

  /** Returns the value of a key, made now if necessary. After a GPU error that may have invalidated the values, all are made again. */
  get(key: string, make: () => Value): Value {
    if (this.#generation !== this.#gpu.generation) {
      this.#generation = this.#gpu.generation;
      this.clear();
    }
    let value = this.#cache.get(key);
    if (value === undefined) {
      value = make();
      this.#cache.set(key, value);
    }
    return value;
  }

  values(): Iterable<Value> {
    return this.#cache.values();
  }

  delete(key: string): void {
    this.#cache.delete(key);
  }

  /** Destroys all values. */
  clear(): void {
    this.#cache.clear();
  }
}
