// Paints a picture on the screen: one command buffer unpacks it, convolves it and draws the result. Only saving a file reads back.
import type { Size } from "../common/photos.ts";
import type { FilterPlan, Picture } from "./filter-plan.ts";
import { makeTarget, readPixels } from "./pixels.ts";
import type { Screen } from "./screens.ts";

export class Painter {
  readonly #device: GPUDevice;
  readonly #screen: Screen;
  /** A canvas that a video is drawn on first, if the browser cannot copy it to a texture. */
  #between: OffscreenCanvas | undefined;

  constructor(device: GPUDevice, screen: Screen) {
    this.#device = device;
    this.#screen = screen;
  }

  resize(size: Size): void {
    this.#screen.resize(size);
  }

  paint(filter: FilterPlan, picture: Picture): void {
    this.#record(filter, picture, this.#screen.target());
    this.#screen.present();
  }

  /** Returns the result as a PNG. */
  async png(filter: FilterPlan, picture: Picture): Promise<Blob> {
    const target = makeTarget(this.#device, this.#screen.format, filter.output);
    try {
      this.#record(filter, picture, target.createView());
      const image = await readPixels(this.#device, target);
      const canvas = new OffscreenCanvas(image.width, image.height);
      canvas.getContext("2d")!.putImageData(image, 0, 0);
      return await canvas.convertToBlob({ type: "image/png" });
    } finally {
      target.destroy();
    }
  }

  close(): void {
    this.#screen.close();
  }

  #record(filter: FilterPlan, picture: Picture, target: GPUTextureView): void {
    this.#upload(filter, picture);
    const encoder = this.#device.createCommandEncoder({ label: "frame" });
    filter.encodeUnpack(encoder);
    filter.encodeConvolution(encoder);
    filter.encodeDraw(encoder, target);
    this.#device.queue.submit([encoder.finish()]);
  }

  #upload(filter: FilterPlan, picture: Picture): void {
    if (!this.#between || !(picture instanceof HTMLVideoElement)) {
      try {
        filter.upload(picture);
        return;
      } catch (error) {
        if (!(picture instanceof HTMLVideoElement)) throw error;
        this.#between = new OffscreenCanvas(1, 1);
      }
    }
    const { width, height } = filter.input;
    if (this.#between.width !== width || this.#between.height !== height)
      Object.assign(this.#between, { width, height });
    this.#between.getContext("2d", { alpha: false })!.drawImage(picture, 0, 0, width, height);
    filter.upload(this.#between);
  }
}
