// What was used last, by long texts: so many entries, and so many characters of all keys together. The least recently used goes first.
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #mostCharacters: number;
  readonly #dropped: (value: Value) => void;
  #characters = 0;

  /** @param dropped called with a value that is not kept any more */
  constructor(most: number, mostCharacters: number, dropped: (value: Value) => void = () => {}) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which is thereby the latest used. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Keeps a value, and the latest of the others that fit beside it. */
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
