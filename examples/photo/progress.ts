// One line that says how far the work has come: rewritten in place on a terminal, one line after the other elsewhere.

export class Progress {
  readonly #total: number;
  readonly #stream: NodeJS.WriteStream;
  #done = 0;

  constructor(total: number, stream: NodeJS.WriteStream = process.stdout) {
    this.#total = total;
    this.#stream = stream;
  }

  /** Says what is being done now. */
  step(what: string): void {
    this.#done++;
    const line = `[${this.#done}/${this.#total}] ${what}`;
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[2K");
  }
}
