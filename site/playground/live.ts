// The GPU's part of the page: keeps a filter plan for what is chosen and paints with it. Loaded when a picture is first asked for.
import { ConvError, type ConvPlan, type Engine } from "convoke";
import { FilterPlan, type Picture, type Size, planKey } from "./filter-plan.ts";
import { Painter } from "./painter.ts";
import { type Programs, makePrograms } from "./programs.ts";
import { type Screen, screenFor } from "./screens.ts";
import type { Settings } from "./settings.ts";
import { Timekeeper, type Times } from "./timekeeper.ts";

export { explainFailure, pageEngine } from "../common/engine.ts";

/** What becomes of what was asked for. */
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
  /** The key of the filter plan there is, or of the one that could not be made. */
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
   * @param copies whether frames are to be read back to be shown
   * @param settings what is chosen now
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

  /** Shows another picture, or the same one after it changed. */
  show(picture: Picture, size: Size): void {
    this.#shown = { picture, size };
    this.#refresh();
  }

  /** Takes other settings. Whether the plan that there is serves them. */
  set(settings: Settings): boolean {
    this.#settings = settings;
    this.#refresh();
    return this.#filter !== undefined && this.#key === this.#wantedKey();
  }

  /** Paints the picture as it is now: for each frame of a video. Whether it could, and the GPU was not too far behind. */
  frame(): boolean {
    if (this.#timekeeper.busy) return false;
    const start = performance.now();
    const painted = this.#paint();
    if (painted) this.#timekeeper.frame(start);
    return painted;
  }

  /** The result as a PNG, or nothing where there is none. */
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

  /** Sees to it that what is painted becomes what was asked for. */
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

  /** Makes plans until there is one for what was asked for last. A video goes on with the one before meanwhile. */
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
    // What the GPU itself refuses, for want of memory say, is told by a read alone.
    filter.settle().catch((error: unknown) => this.#fail(error));
  }

  #drop(): void {
    this.#timekeeper.stop();
    this.#filter?.destroy();
    this.#filter = undefined;
  }

  /** Paints at the next turn of the display, once for however many changes. */
  #schedule(filter: FilterPlan): void {
    // Frames of a camera would be timed along with it.
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
