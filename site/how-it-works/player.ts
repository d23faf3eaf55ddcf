// Steps through the animation on a timer until stopped or finished.

export class Player {
  readonly #step: () => boolean;
  readonly #changed: (playing: boolean) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds between steps. */
  pace = 700;

  /** @param step moves one step on; returns false if that was the last */
  constructor(step: () => boolean, changed: (playing: boolean) => void) {
    this.#step = step;
    this.#changed = changed;
  }

  get playing(): boolean {
    return this.#timer !== undefined;
  }

  play(): void {
    if (this.playing) return;
    this.#wait();
    this.#changed(true);
  }

  pause(): void {
    if (!this.playing) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed(false);
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      if (this.#step()) this.#wait();
      else this.pause();
    }, this.pace);
  }
}
