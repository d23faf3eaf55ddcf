// Pool of freed buffers. A new buffer is filled with zeros by the browser, and needs new bind groups; one from the pool needs neither.

/** A buffer of the engine, and its place among all by the time of their creation. */
export interface Pooled {
  readonly buffer: GPUBuffer;
  readonly serial: number;
}

/** Buffers are equal for reuse if this is: usages are less than 1024. */
const kindOf = ({ size, usage }: { readonly size: number; readonly usage: number }): number => size * 1024 + usage;

export class BufferPool<Entry extends Pooled> {
  /**
   * The buffers by kind, the least recently used kind first. Those of a kind are in the order of their creation, in which they are taken: so
   * calls that repeat themselves get the same buffers each time, in whatever order these were freed, and find their bind groups again.
   */
  readonly #kinds = new Map<number, Entry[]>();
  #size = 0;

  /** Number of buffers. */
  get size(): number {
    return this.#size;
  }

  /** Takes out the oldest buffer of a size and usage, if there is one. */
  take(wanted: { readonly size: number; readonly usage: number }): Entry | undefined {
    const kind = kindOf(wanted);
    const entries = this.#kinds.get(kind);
    return entries && this.#taken(kind, entries, entries.shift());
  }

  put(entry: Entry): void {
    this.#size++;
    const kind = kindOf(entry.buffer);
    const entries = this.#kinds.get(kind) ?? [];
    let at = entries.length;
    while (at > 0 && entries[at - 1]!.serial > entry.serial) at--;
    entries.splice(at, 0, entry);
    this.#kinds.delete(kind);
    this.#kinds.set(kind, entries);
  }

  /** Takes out a buffer of the least recently used kind: the newest, which is taken last. */
  drop(): Entry | undefined {
    const [first] = this.#kinds;
    if (!first) return undefined;
    const [kind, entries] = first;
    return this.#taken(kind, entries, entries.pop());
  }

  #taken(kind: number, rest: readonly Entry[], entry: Entry | undefined): Entry | undefined {
    this.#size--;
    if (rest.length === 0) this.#kinds.delete(kind);
    return entry;
  }
}
