// A cache by long texts, bounded in entries and in characters of all keys: the least recently used is dropped first.
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #mostCharacters: number;
  readonly #dropped: (value: Value) => void;
  #characters = 0;

  /** @param dropped called with each value that the cache drops */
  constructor(most: number, mostCharacters: number, dropped: (value: Value) => void = () => {}) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Returns the value of a key, and marks it as used last. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Adds a value, and drops the least recently used of the others until all fit. A value too large for the cache is kept alone. */
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
