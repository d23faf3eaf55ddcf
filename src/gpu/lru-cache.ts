// LRU cache with long texts as keys, bounded in entries and in the characters of all keys, because the keys are most of its memory.
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #mostCharacters: number;
  readonly #dropped: (value: Value) => void;
  #characters = 0;

  /** @param dropped called with each value that leaves the cache */
  constructor(most: number, mostCharacters: number, dropped: (value: Value) => void = () => {}) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  values(): Iterable<Value> {
    return this.#entries.values();
  }

  /** Returns the value of a key, and marks it as the most recently used. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Adds a value, and drops the least recently used others until the rest fits. A value whose key exceeds the bound is cached alone. */
  set(key: string, value: Value): void {
    this.delete(key);
    this.#entries.set(key, value);
    this.#characters += key.length;
    for (const oldest of this.#entries.keys()) {
      const fits = this.#entries.size <= this.#most && this.#characters <= this.#mostCharacters;
      if (fits || oldest === key) return;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#characters -= key.length;
    this.#dropped(value);
  }

  clear(): void {
    for (const key of [...this.#entries.keys()]) this.delete(key);
  }
}
