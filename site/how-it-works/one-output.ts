// The first part: its options, the chosen cell, the animation, and their display.
import { byId, el } from "../common/dom.ts";
import { type Choice, cellCount, indexOf, placeAt } from "./choice.ts";
import { figures } from "./figures.ts";
import { type Geometry, refusal } from "./geometry.ts";
import type { How } from "./map.ts";
import { listenToOptions, showOptions } from "./options.ts";
import { Player } from "./player.ts";
import { describe, writtenOut } from "./sentence.ts";
import { Stage } from "./stage.ts";
import { type Scene, fitting } from "./state.ts";
import { type Values, makeValues } from "./values.ts";

export class OneOutput {
  #scene: Scene;
  #values: Values;
  /** Whether outputs that the animation has not reached are hidden. */
  #partial = false;
  readonly #stage: Stage;
  readonly #player: Player;
  readonly #changed: (scene: Scene) => void;

  constructor(scene: Scene, changed: (scene: Scene) => void) {
    this.#scene = scene;
    this.#values = makeValues(scene.geometry, scene.seed);
    this.#changed = changed;
    const holders = { input: byId("input-maps"), kernel: byId("kernel-maps"), output: byId("output-maps") };
    this.#stage = new Stage(holders, (choice, how) => this.#choose(choice, how));
    this.#player = new Player(
      () => this.#advance(),
      (playing) => this.#showPlaying(playing),
    );
    this.#listen();
    this.show(scene);
  }

  /** Shows another scene, for example after going back in the history. */
  show(scene: Scene): void {
    this.#player.pause();
    this.#partial = false;
    this.#scene = scene;
    const { geometry, seed } = scene;
    this.#values = makeValues(geometry, seed);
    showOptions(geometry);
    const refused = refusal(geometry);
    byId("refusal").replaceChildren(...(refused === undefined ? [] : [el("p", { class: "notice bad" }, refused)]));
    byId("stage").hidden = byId("figures").hidden = refused !== undefined;
    if (refused !== undefined) return;
    this.#stage.build(geometry, this.#values);
    this.#showFigures(geometry);
    this.#showChoice();
  }

  #change(part: Partial<Geometry>, seed = this.#scene.seed): void {
    let geometry = { ...this.#scene.geometry, ...part };
    // With fewer channels than groups, the channels win: they are what the visitor changed.
    if (geometry.groups > geometry.channels) geometry = { ...geometry, groups: geometry.channels };
    this.show({ geometry, seed, choice: fitting(geometry, this.#scene.choice) });
    this.#changed(this.#scene);
  }

  #choose(choice: Choice, how: How): void {
    if (how === "point" && this.#player.playing) return;
    const { geometry } = this.#scene;
    const isSame = choice.side === this.#scene.choice.side && indexOf(geometry, choice) === this.#index();
    if (isSame && !this.#partial) return;
    this.#player.pause();
    this.#partial = false;
    this.#go(choice);
  }

  #index(): number {
    return indexOf(this.#scene.geometry, this.#scene.choice);
  }

  #go(choice: Choice): void {
    this.#scene = { ...this.#scene, choice };
    this.#showChoice();
    this.#changed(this.#scene);
  }

  #goTo(index: number): void {
    const { geometry, choice } = this.#scene;
    this.#go({ side: choice.side, cell: placeAt(geometry, choice.side, index) });
  }

  #count(): number {
    return cellCount(this.#scene.geometry, this.#scene.choice.side);
  }

  /** Moves one cell on; returns false at the last. */
  #advance(): boolean {
    this.#goTo(this.#index() + 1);
    return this.#index() < this.#count() - 1;
  }

  #play(): void {
    if (this.#player.playing) return this.#player.pause();
    if (!this.#partial || this.#index() >= this.#count() - 1) {
      this.#partial = true;
      this.#goTo(0);
    }
    if (this.#count() > 1) this.#player.play();
  }

  #step(): void {
    this.#player.pause();
    this.#goTo((this.#index() + 1) % this.#count());
  }

  #view(side: Choice["side"]): void {
    this.#player.pause();
    this.#partial = false;
    this.#go(fitting(this.#scene.geometry, { side, cell: this.#scene.choice.cell }));
  }

  #showPlaying(playing: boolean): void {
    byId("play").textContent = playing ? "Pause" : "Play";
    // A screen reader would read every step aloud.
    byId("sentence").setAttribute("aria-live", playing ? "off" : "polite");
  }

  #showChoice(): void {
    const { geometry, choice } = this.#scene;
    this.#stage.show(choice, this.#partial);
    byId("sentence").textContent = describe(geometry, this.#values, choice);
    byId("sum").replaceChildren(...writtenOut(geometry, this.#values, choice));
    byId("gather").setAttribute("aria-pressed", String(choice.side === "output"));
    byId("scatter").setAttribute("aria-pressed", String(choice.side === "input"));
    byId("kernel-title").textContent =
      geometry.channels === 1 || geometry.channels === geometry.groups ? "Kernel" : "Kernels";
  }

  #showFigures(geometry: Geometry): void {
    byId("figures").replaceChildren(
      ...figures(geometry).map(({ name, formula, numbers, result }) =>
        el(
          "div",
          { class: "card figure" },
          el("dt", {}, name),
          el("dd", {}, el("strong", { class: "number result" }, String(result))),
          el("dd", { class: "formula" }, `= ${formula}`),
          el("dd", { class: "formula muted" }, `= ${numbers}`),
        ),
      ),
    );
  }

  #listen(): void {
    listenToOptions((part) => this.#change(part));
    byId("reseed").addEventListener("click", () => this.#change({}, (this.#scene.seed + 1) % 10_000));
    byId("play").addEventListener("click", () => this.#play());
    byId("step").addEventListener("click", () => this.#step());
    byId("gather").addEventListener("click", () => this.#view("output"));
    byId("scatter").addEventListener("click", () => this.#view("input"));
    const pace = byId("pace", HTMLSelectElement);
    pace.addEventListener("change", () => (this.#player.pace = Number(pace.value)));
  }
}
