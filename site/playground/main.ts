// The playground: the settings, the picture they apply to, and the GPU, which starts once a picture is picked.
import { byId, el } from "../common/dom.ts";
import type { Size } from "../common/photos.ts";
import { Controls } from "./controls.ts";
import type { Picture } from "./filter-plan.ts";
import type { Listener, Live } from "./live.ts";
import { type Settings, START, fromHash, toHash } from "./settings.ts";
import { Sources } from "./sources.ts";
import { Stage } from "./stage.ts";

/** Milliseconds from a choice to the change of the address: browsers limit how often it may change. */
const HASH_DELAY = 250;

const stage = new Stage();

let live: Live | undefined;
let opening: Promise<void> | undefined;
let shown: { readonly picture: Picture; readonly size: Size } | undefined;
/** Whether results are read back to be shown. */
let copies = false;
/** Whether the GPU has finished a frame. */
let framed = false;
let writing: ReturnType<typeof setTimeout> | undefined;

/** Shows a failure, unless its picture is gone by then. */
async function refuse(error: unknown): Promise<void> {
  const failing = live;
  const { explainFailure } = await import("./live.ts");
  if (failing === live) stage.refuse(explainFailure(error));
}

const listener: Listener = {
  planned: (plan, output) => stage.planned(plan, output, controls.settings),
  failed: (error) => void refuse(error),
  lost(error) {
    live = undefined;
    if (!copies && !framed) {
      // Drawing on the canvas lost the device: start again with another, and read frames back.
      copies = true;
      stage.renewResult();
    }
    stage.lost(error, () => void begin());
  },
  frameTook(milliseconds) {
    framed = true;
    stage.facts.frameTook(milliseconds);
  },
  measured: (frame, convolution) => stage.facts.measured(frame, convolution),
};

/** Starts the GPU if necessary, and shows the picture with it. */
async function begin(): Promise<void> {
  if (!live) {
    stage.asking();
    try {
      opening ??= open();
      await opening;
    } catch (error) {
      await refuse(error);
      return;
    } finally {
      opening = undefined;
    }
  }
  // Both may have changed while the GPU started.
  live?.set(controls.settings);
  if (shown) live?.show(shown.picture, shown.size);
}

async function open(): Promise<void> {
  const { Live: Opened, pageEngine } = await import("./live.ts");
  const engine = await pageEngine();
  copies ||= engine.info.adapter.isFallback;
  byId("copies").hidden = !copies;
  live = await Opened.open(engine, stage.result, copies, controls.settings, listener);
  controls.offerAlgorithms(engine.algorithms.map(({ name }) => name));
}

function take(settings: Settings): void {
  if (live?.set(settings)) stage.describe(settings);
}

/** Keeps the settings in the address, so that a link restores them. */
function writeHash(): void {
  clearTimeout(writing);
  writing = setTimeout(() => {
    history.replaceState(null, "", toHash(controls.settings) || location.pathname + location.search);
  }, HASH_DELAY);
}

/** Shows which picture of the page a link was made with; the visitor still has to pick it. */
function showLinked(): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-photo]"))
    button.classList.toggle("linked", button.dataset["photo"] === controls.settings.photo);
}

async function save(): Promise<void> {
  try {
    const png = await live?.save();
    if (!png) return;
    const address = URL.createObjectURL(png);
    el("a", { href: address, download: `convoke-${controls.settings.filter}.png` }).click();
    // By then the download has begun.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    await refuse(error);
  }
}

const controls = new Controls(fromHash(location.hash), (settings) => {
  take(settings);
  writeHash();
});
showLinked();

globalThis.addEventListener("hashchange", () => {
  // Keeps the picture: a link may name one, but the visitor picks it.
  const settings = { ...fromHash(location.hash), ...(shown && { photo: controls.settings.photo }) };
  controls.show(settings);
  take(settings);
  showLinked();
});

byId("reset").addEventListener("click", () => {
  const settings = { ...START, photo: controls.settings.photo };
  controls.show(settings);
  take(settings);
  writeHash();
});

stage.save.addEventListener("click", () => void save());

new Sources({
  picked(picture, size, caption, photo) {
    shown = { picture, size };
    stage.picked(picture, size, caption);
    controls.show({ ...controls.settings, photo });
    writeHash();
    void begin();
  },
  frame() {
    if (live?.frame()) stage.facts.turned();
  },
  failed: (error) => stage.complain(error),
}).listen();
