// The page that makes a photo twice as large: picks it, runs the network, and shows both results with a slider between them.
import chelsea from "../../examples/photo/images/chelsea.png";
import coffee from "../../examples/photo/images/coffee.png";
import { licence } from "../../examples/upscale/files.ts";
import { byId } from "../common/dom.ts";
import { drawPhoto, loadFile, loadPhoto, onFile } from "../common/photos.ts";

const PHOTOS = {
  chelsea: { address: chelsea, name: "The cat" },
  coffee: { address: coffee, name: "The coffee" },
} as const;

type PhotoName = keyof typeof PHOTOS;

const stage = byId("stage");
const trouble = byId("trouble");
const status = byId("status");
const progress = byId("progress", HTMLProgressElement);
const stop = byId("stop", HTMLButtonElement);
const save = byId("save", HTMLButtonElement);
const divide = byId("divide", HTMLInputElement);
const canvases = { bicubic: byId("bicubic", HTMLCanvasElement), network: byId("network", HTMLCanvasElement) };
const photoButtons = [...document.querySelectorAll<HTMLButtonElement>("[data-photo]")];

/** Loads the GPU's part of the page. */
const network = () => import("./upscale.ts");

/** The run in progress; another photo or Stop ends it. */
let running: AbortController | undefined;
/** The name of the file that Save writes. */
let saved = "";

byId("licence", HTMLAnchorElement).href = licence;
for (const button of photoButtons)
  button.addEventListener("click", () => {
    const name = button.dataset["photo"] as PhotoName;
    const { address, name: title } = PHOTOS[name];
    void show(loadPhoto(address, title), title, name);
  });
onFile(byId("file", HTMLInputElement), (file) => void show(loadFile(file), file.name));
stop.addEventListener("click", () => running?.abort());
save.addEventListener("click", () => void savePicture());
divide.addEventListener("input", moveLine);

function moveLine(): void {
  byId("compare").style.setProperty("--divide", `${divide.value}%`);
}

async function show(loading: Promise<HTMLImageElement>, name: string, photo?: PhotoName): Promise<void> {
  running?.abort();
  const controller = (running = new AbortController());
  const { signal } = controller;
  trouble.replaceChildren();
  try {
    const image = await loading;
    const source = document.createElement("canvas");
    const { size } = drawPhoto(source, image);
    signal.throwIfAborted();
    begin(size, photo);
    const { upscale } = await network();
    const report = await upscale(source, canvases, {
      signal,
      said: (text) => (status.textContent = text),
      progress: ({ done, total }) => {
        progress.value = done / total;
        byId("fact-tiles").textContent = `${done} of ${total}`;
        byId("fact-time").textContent = seconds(performance.now() - started);
      },
    });
    byId("fact-time").textContent = seconds(performance.now() - started);
    byId("fact-memory").textContent = `${Math.round(report.peakBytes / 2 ** 20)} MiB`;
    byId("explanation").textContent = report.explanation;
    status.textContent = "Done. Drag the line to compare.";
    saved = `${name
      .replace(/\.[^.]*$/, "")
      .toLowerCase()
      .replaceAll(/\s+/g, "-")}-2x.png`;
    save.disabled = false;
  } catch (error) {
    if (signal.aborted) {
      if (running === controller) status.textContent = "Stopped.";
      return;
    }
    await fail(error);
  } finally {
    if (running === controller) {
      running = undefined;
      stop.disabled = true;
    }
  }
}

let started = 0;

function begin({ width, height }: { width: number; height: number }, photo: PhotoName | undefined): void {
  started = performance.now();
  stage.dataset["state"] = "live";
  for (const button of photoButtons) button.setAttribute("aria-pressed", String(button.dataset["photo"] === photo));
  for (const canvas of Object.values(canvases)) Object.assign(canvas, { width: 2 * width, height: 2 * height });
  byId("compare").style.setProperty("--ratio", String(width / height));
  progress.value = 0;
  byId("fact-size").textContent = `${2 * width} × ${2 * height}`;
  for (const fact of ["fact-time", "fact-memory", "fact-tiles"]) byId(fact).textContent = "–";
  stop.disabled = false;
  save.disabled = true;
  moveLine();
}

async function fail(error: unknown): Promise<void> {
  const { explainFailure } = await network();
  status.textContent = "";
  trouble.replaceChildren(explainFailure(error));
}

async function savePicture(): Promise<void> {
  const blob = await new Promise<Blob | null>((resolve) => canvases.network.toBlob(resolve, "image/png"));
  if (!blob) return;
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: saved });
  link.click();
  URL.revokeObjectURL(link.href);
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
