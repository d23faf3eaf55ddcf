// The canvas for results. WebGPU draws on it directly, except on software adapters where that fails (Chromium loses the device with the
// first frame): there results are read back and put on the canvas.
import type { Size } from "../common/photos.ts";
import { makeTarget, readPixels } from "./pixels.ts";

export interface Screen {
  readonly format: GPUTextureFormat;
  resize(size: Size): void;
  /** Returns the texture for the next frame. */
  target(): GPUTextureView;
  /** Shows the submitted frame. */
  present(): void;
  close(): void;
}

/**
 * Makes the screen for a canvas, whose kind can never change.
 * @param copies whether frames are read back
 */
export function screenFor(device: GPUDevice, canvas: HTMLCanvasElement, copies: boolean): Screen {
  return copies ? new CopiedScreen(device, canvas) : new DirectScreen(device, canvas);
}

/** Sets the size of a canvas if it differs, since setting it clears the canvas. */
function resizeCanvas(canvas: HTMLCanvasElement, { width, height }: Size): void {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

class DirectScreen implements Screen {
  readonly format = navigator.gpu.getPreferredCanvasFormat();
  readonly #canvas: HTMLCanvasElement;
  readonly #context: GPUCanvasContext;

  constructor(device: GPUDevice, canvas: HTMLCanvasElement) {
    const context = canvas.getContext("webgpu");
    if (!context) throw new Error("This browser gives no WebGPU context for a canvas.");
    context.configure({ device, format: this.format, alphaMode: "opaque" });
    this.#canvas = canvas;
    this.#context = context;
  }

  resize(size: Size): void {
    resizeCanvas(this.#canvas, size);
  }

  target(): GPUTextureView {
    return this.#context.getCurrentTexture().createView();
  }

  present(): void {
    // The browser does so at the end of the task.
  }

  close(): void {
    this.#context.unconfigure();
  }
}

class CopiedScreen implements Screen {
  readonly format = "rgba8unorm";
  readonly #device: GPUDevice;
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #texture: GPUTexture | undefined;
  #reading = false;
  #again = false;

  constructor(device: GPUDevice, canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser gives no canvas to draw on.");
    this.#device = device;
    this.#canvas = canvas;
    this.#context = context;
  }

  resize({ width, height }: Size): void {
    this.#texture?.destroy();
    this.#texture = makeTarget(this.#device, this.format, { width, height });
  }

  target(): GPUTextureView {
    return this.#texture!.createView();
  }

  present(): void {
    // Skips frames that arrive while one is read, except the last.
    this.#again = true;
    if (!this.#reading) void this.#copy();
  }

  close(): void {
    this.#texture?.destroy();
    this.#texture = undefined;
  }

  async #copy(): Promise<void> {
    this.#reading = true;
    while (this.#again && this.#texture) {
      this.#again = false;
      const texture = this.#texture;
      try {
        const image = await readPixels(this.#device, texture);
        if (texture === this.#texture) this.#put(image);
      } catch {
        // The device is lost, which is reported elsewhere.
        break;
      }
    }
    this.#reading = false;
  }

  #put(image: ImageData): void {
    resizeCanvas(this.#canvas, image);
    this.#context.putImageData(image, 0, 0);
  }
}
