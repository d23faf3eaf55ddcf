// The GPU's part of the page: keeps a filter plan for the current choice and paints with it. Loaded when a picture is first shown.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import type { Size } from "../common/photos.ts";
import { FilterPlan, type Picture, planKey } from "./filter-plan.ts";
import { Painter } from "./painter.ts";
import { type Programs, makePrograms } from "./programs.ts";
import { type Screen, screenFor } from "./screens.ts";
import type { Settings } from "./settings.ts";
import { Timekeeper, type Times } from "./timekeeper.ts";

export { explainFailure, pageEngine } from "../common/engine.ts";

/** The events of the GPU's part. */
export interface Listener extends Times {
  planned(plan: ConvPlan, output: Size): void;
  lost(error: ConvError): void;
}

export class Live {
  readonly engine: Engine;
  readonly #programs: Programs;
  readonly #painter: Painter;
  readonly #timekeeper: Timekeeper;
  readonly #listener: Listener;
  #settings: Settings;
  #shown: { readonly picture: Picture; readonly size: Size } | undefined;
  #filter: FilterPlan | undefined;
  /** The key of the current filter plan, or of the last one that failed. */
  #key = "";
  #planning: Promise<void> | undefined;
  #scheduled = 0;
  #closed = false;

  private constructor(engine: Engine, screen: Screen, programs: Programs, settings: Settings, listener: Listener) {
    this.engine = engine;
    this.#programs = programs;
    this.#painter = new Painter(engine.device, screen);
    this.#timekeeper = new Timekeeper(engine.device, listener);
    this.#settings = settings;
    this.#listener = listener;
    void engine.lost.then((error) => {
      if (this.#closed) return;
      this.close();
      listener.lost(error);
    });
    engine.device.addEventListener("uncapturederror", (event) => {
      event.preventDefault();
      this.#fail(event.error);
    });
  }

  /**
   * @param copies whether frames are read back to be shown
   * @param settings the current settings
   */
  static async open(
    engine: Engine,
    canvas: HTMLCanvasElement,
    copies: boolean,
    settings: Settings,
    listener: Listener,
  ): Promise<Live> {
    const screen = screenFor(engine.device, canvas, copies);
    return new Live(engine, screen, await makePrograms(engine.device, screen.format), settings, listener);
  }

  /** Shows another picture, or the same one after a change. */
  show(picture: Picture, size: Size): void {
    this.#shown = { picture, size };
    this.#refresh();
  }

  /** Applies settings, and returns whether the current plan supports them. */
  set(settings: Settings): boolean {
    this.#settings = settings;
    this.#refresh();
    return this.#filter !== undefined && this.#key === this.#wantedKey();
  }

  /** Paints the current picture, for each frame of a video. Returns whether it could and the GPU kept up. */
  frame(): boolean {
    if (this.#timekeeper.busy) return false;
    const start = performance.now();
    const painted = this.#paint();
    if (painted) this.#timekeeper.frame(start);
    return painted;
  }

  /** Returns the result as a PNG, or undefined if there is none. */
  async save(): Promise<Blob | undefined> {
    await this.#planning;
    const { picture } = this.#shown ?? {};
    return this.#filter && picture && this.#painter.png(this.#filter, picture);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    cancelAnimationFrame(this.#scheduled);
    this.#drop();
    this.#painter.close();
  }

  #wantedKey(): string {
    return this.#shown ? planKey(this.#shown.size, this.#settings) : "";
  }

  /** Starts whatever is needed to paint the current choice. */
  #refresh(): void {
    if (!this.#shown || this.#closed) return;
    if (this.#wantedKey() !== this.#key) {
      this.#planning ??= this.#plan().finally(() => (this.#planning = undefined));
      return;
    }
    if (!this.#filter) return;
    this.#filter.write(this.#settings);
    this.#schedule(this.#filter);
  }

  /** Makes plans until there is one for the latest request. A video continues with the previous one meanwhile. */
  async #plan(): Promise<void> {
    while (!this.#closed && this.#wantedKey() !== this.#key) {
      const key = this.#wantedKey();
      let filter: FilterPlan | undefined;
      let failure: unknown;
      try {
        filter = await FilterPlan.make(this.engine, this.#programs, this.#shown!.size, this.#settings);
      } catch (error) {
        failure = error;
      }
      if (this.#closed || key !== this.#wantedKey()) {
        filter?.destroy();
        continue;
      }
      this.#drop();
      this.#key = key;
      if (filter) this.#take(filter);
      else this.#fail(failure);
    }
  }

  #take(filter: FilterPlan): void {
    this.#filter = filter;
    filter.write(this.#settings);
    this.#painter.resize(filter.output);
    this.#listener.planned(filter.plan, filter.output);
    this.#schedule(filter);
    // Only a read reveals failures on the GPU, such as running out of memory.
    filter.settle().catch((error: unknown) => this.#fail(error));
  }

  #drop(): void {
    this.#timekeeper.stop();
    this.#filter?.destroy();
    this.#filter = undefined;
  }

  /** Paints in the next animation frame, once for any number of changes. */
  #schedule(filter: FilterPlan): void {
    // Camera frames would be timed along with it.
    if (!(this.#shown?.picture instanceof HTMLVideoElement)) this.#timekeeper.later(filter, () => this.#paint());
    cancelAnimationFrame(this.#scheduled);
    const turn = (): void => {
      if (this.#timekeeper.busy) this.#scheduled = requestAnimationFrame(turn);
      else this.frame();
    };
    this.#scheduled = requestAnimationFrame(turn);
  }

  #paint(): boolean {
    const filter = this.#filter;
    if (!filter || !this.#shown || !filter.takes(this.#shown.size)) return false;
    try {
      this.#painter.paint(filter, this.#shown.picture);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    const lost = error instanceof ConvError && error.code === "device-lost";
    if (!this.#closed && !lost) this.#listener.failed(error);
  }
}
