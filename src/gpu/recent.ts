// What was used last, by long texts: so many entries, and so many characters of all keys together. The least recently used goes first.
export class Recent<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;
  readonly #mostCharacters: number;
  #characters = 0;

  constructor(most: number, mostCharacters: number) {
    this.#most = most;
    this.#mostCharacters = mostCharacters;
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
    if (this.#entries.delete(key)) this.#characters -= key.length;
  }
}
