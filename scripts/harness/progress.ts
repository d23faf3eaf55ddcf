// A line of progress: rewritten in place on a terminal, printed again for each step elsewhere.

export class Progress {
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;
  #done = 0;

  constructor(total: number, stream: NodeJS.WriteStream = process.stdout) {
    this.#total = total;
    this.#stream = stream;
  }

  /** Reports the step that begins now. */
  step(what: string): void {
    this.#done++;
    const line = `[${this.#done}/${this.#total}] ${what}`;
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  /** Erases the line. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[2K");
  }
}
