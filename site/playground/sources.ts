// The sources of pictures: the two of the page, a file that is chosen or dropped anywhere, and the camera.
import chelsea from "../../examples/photo/images/chelsea.png";
import coffee from "../../examples/photo/images/coffee.png";
import { byId } from "../common/dom.ts";
import { type Photo, type Size, drawPhoto, loadFile, loadPhoto, onFile } from "../common/photos.ts";
import { Camera } from "./camera.ts";
import type { Picture } from "./filter-plan.ts";
import { PHOTOS, type PhotoName } from "./settings.ts";

const OF_PAGE: Readonly<Record<PhotoName, { readonly address: string; readonly name: string }>> = {
  chelsea: { address: chelsea, name: "The cat" },
  coffee: { address: coffee, name: "The coffee" },
};

export interface SourceListener {
  /** Called for another picture, or for new pixels of the same one. `photo` is its name if it is one of the page's. */
  picked(picture: Picture, size: Size, caption: string, photo: PhotoName | ""): void;
  /** Called for each new frame of the camera. */
  frame(): void;
  failed(error: unknown): void;
}

export class Sources {
  readonly #listener: SourceListener;
  readonly #canvas = byId("source", HTMLCanvasElement);
  readonly #video = byId("video", HTMLVideoElement);
  readonly #cameraButton = byId("camera", HTMLButtonElement);
  readonly #photoButtons = new Map(
    PHOTOS.map((photo) => [photo, document.querySelector<HTMLButtonElement>(`[data-photo=${photo}]`)!]),
  );
  #camera: Camera | undefined;
  #filmed: Size = { width: 0, height: 0 };
  /** Counts requests, so that late arrivals are dropped. */
  #asked = 0;

  constructor(listener: SourceListener) {
    this.#listener = listener;
  }

  listen(): void {
    for (const [photo, button] of this.#photoButtons)
      button.addEventListener("click", () => {
        const { address, name } = OF_PAGE[photo];
        void this.#still(loadPhoto(address, name), name, photo);
      });
    onFile(byId("file", HTMLInputElement), (file) => void this.#still(loadFile(file), file.name));
    this.#cameraButton.addEventListener("click", () => (this.#camera ? this.#freeze() : void this.#film()));
    globalThis.addEventListener("pagehide", () => this.#release());
  }

  /** Shows a picture once it has loaded, unless another was requested meanwhile or it fails. */
  async #still(loading: Promise<HTMLImageElement>, name: string, photo: PhotoName | "" = ""): Promise<void> {
    const asked = ++this.#asked;
    try {
      const image = await loading;
      if (asked !== this.#asked) return;
      this.#release();
      this.#show(drawPhoto(this.#canvas, image), name, photo);
    } catch (error) {
      if (asked === this.#asked) this.#listener.failed(error);
    }
  }

  #show({ size, original }: Photo, name: string, photo: PhotoName | "" = ""): void {
    this.#mark(photo);
    this.#canvas.hidden = false;
    this.#video.hidden = true;
    const scaled = size.width === original.width ? "" : `, scaled from ${original.width} × ${original.height}`;
    this.#listener.picked(this.#canvas, size, `${name}, ${size.width} × ${size.height}${scaled}`, photo);
  }

  async #film(): Promise<void> {
    const asked = ++this.#asked;
    this.#cameraButton.disabled = true;
    try {
      const camera = await Camera.open(this.#video);
      if (asked !== this.#asked) {
        camera.stop();
        return;
      }
      this.#camera = camera;
      this.#video.hidden = false;
      this.#canvas.hidden = true;
      this.#mark("camera");
      this.#showCamera(camera.size);
      camera.each(
        () => this.#frame(camera),
        () => this.#freeze(),
      );
    } catch (error) {
      if (asked === this.#asked) this.#listener.failed(error);
    } finally {
      this.#cameraButton.disabled = false;
    }
  }

  #showCamera(size: Size): void {
    this.#filmed = size;
    this.#listener.picked(this.#video, size, `The camera, ${size.width} × ${size.height}`, "");
  }

  #frame(camera: Camera): void {
    const { size } = camera;
    // Turning a phone turns its pictures.
    if (size.width !== this.#filmed.width || size.height !== this.#filmed.height) this.#showCamera(size);
    else this.#listener.frame();
  }

  /** Stops the camera; its last frame stays as a picture. */
  #freeze(): void {
    if (!this.#camera) return;
    const photo = drawPhoto(this.#canvas, this.#video);
    this.#release();
    this.#show(photo, "The last frame");
  }

  #release(): void {
    this.#camera?.stop();
    this.#camera = undefined;
  }

  #mark(source: PhotoName | "camera" | ""): void {
    for (const [photo, button] of this.#photoButtons) button.setAttribute("aria-pressed", String(photo === source));
    this.#cameraButton.classList.toggle("running", source === "camera");
    byId("camera-label").textContent = source === "camera" ? "Stop the camera" : "Start the camera";
  }
}
