// A filter on the GPU, from pixels to pixels: a plan of the library and its buffers, for one picture size and one set of options. The
// values of the kernel may change; any other change needs another filter plan.
import type { ConvPlan, Engine, Tensor } from "convoke";
import type { Size } from "../common/photos.ts";
import type { Programs } from "./programs.ts";
import type { Settings } from "./settings.ts";

/** How results are shown. */
export type Picture = HTMLCanvasElement | HTMLVideoElement;

/** Returns the key of everything that a filter plan depends on. */
export function planKey({ width, height }: Size, settings: Settings): string {
  const { rows, columns, stride, dilation, padding, pad, mode, flipped, grey, algorithm } = settings;
  return JSON.stringify([
    ...[width, height, rows, columns, stride, dilation],
    ...[padding === "cells" ? pad : padding, mode, flipped, grey, algorithm],
  ]);
}

/** Repeats a kernel for each channel. */
function weights({ cells, grey }: Settings): Float32Array {
  const kernel = [...cells];
  return Float32Array.from(grey ? kernel : [...kernel, ...kernel, ...kernel]);
}

export class FilterPlan {
  readonly plan: ConvPlan;
  readonly input: Size;
  readonly output: Size;
  readonly #device: GPUDevice;
  readonly #programs: Programs;
  readonly #tensors: { readonly x: Tensor; readonly w: Tensor; readonly y: Tensor };
  readonly #texture: GPUTexture;
  readonly #view: GPUBuffer;
  readonly #unpacking: GPUBindGroup;
  readonly #drawing: GPUBindGroup;

  private constructor(engine: Engine, programs: Programs, input: Size, settings: Settings, plan: ConvPlan) {
    const { device } = engine;
    const [, channels, height, width] = plan.outputShape as [number, number, number, number];
    this.#device = device;
    this.#programs = programs;
    this.input = input;
    this.plan = plan;
    this.output = { width, height };
    this.#tensors = {
      x: engine.empty([1, channels, input.height, input.width]),
      w: engine.tensor(weights(settings), [channels, 1, settings.rows, settings.columns]),
      y: engine.empty(plan.outputShape),
    };
    this.#texture = device.createTexture({
      label: "picture",
      size: input,
      format: "rgba8unorm",
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
    });
    this.#view = device.createBuffer({
      label: "view",
      size: 24,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    });
    this.#unpacking = device.createBindGroup({
      layout: programs.unpack.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: this.#texture.createView() },
        { binding: 1, resource: { buffer: this.#tensors.x.buffer } },
      ],
    });
    this.#drawing = device.createBindGroup({
      layout: programs.draw.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: this.#view } },
        { binding: 1, resource: { buffer: this.#tensors.y.buffer } },
      ],
    });
    this.write(settings);
  }

  /**
   * Plans and compiles without blocking the page.
   * @throws ConvError if the library or the canvas does not support the settings
   */
  static async make(engine: Engine, programs: Programs, input: Size, settings: Settings): Promise<FilterPlan> {
    const channels = settings.grey ? 1 : 3;
    const plan = await engine.plan(
      "forward",
      {
        inputShape: [1, channels, input.height, input.width],
        kernelShape: [channels, 1, settings.rows, settings.columns],
        groups: channels,
        stride: settings.stride,
        dilation: settings.dilation,
        padding: settings.padding === "cells" ? settings.pad : settings.padding,
        paddingMode: settings.mode,
        mode: settings.flipped ? "convolution" : "cross-correlation",
      },
      { algorithm: settings.algorithm },
    );
    const [, , height, width] = plan.outputShape as [number, number, number, number];
    const most = engine.device.limits.maxTextureDimension2D;
    if (Math.max(width, height) > most) {
      plan.destroy();
      throw new RangeError(`The result would be ${width} × ${height}; a canvas has ${most} pixels a side at most.`);
    }
    return new FilterPlan(engine, programs, input, settings, plan);
  }

  /** Applies the kernel's values and the display of settings that need no other plan. */
  write(settings: Settings): void {
    this.#tensors.w.write(weights(settings));
    const words = new Uint32Array([this.output.width, this.output.height, settings.grey ? 1 : 3, 0, 0, 0]);
    words[3] = settings.view === "size" ? 1 : 0;
    new Float32Array(words.buffer).set([settings.gain, settings.view === "signed" ? 0.5 : 0], 4);
    this.#device.queue.writeBuffer(this.#view, 0, words);
  }

  /** Whether the plan is for pictures of a size. */
  takes({ width, height }: Size): boolean {
    return width === this.input.width && height === this.input.height;
  }

  /** Copies a picture of the plan's size to the GPU. */
  upload(picture: Picture | OffscreenCanvas): void {
    this.#device.queue.copyExternalImageToTexture({ source: picture }, { texture: this.#texture }, this.input);
  }

  /** Records the conversion of the uploaded picture to x. */
  encodeUnpack(encoder: GPUCommandEncoder): void {
    const pass = encoder.beginComputePass({ label: "unpack" });
    pass.setPipeline(this.#programs.unpack);
    pass.setBindGroup(0, this.#unpacking);
    pass.dispatchWorkgroups(Math.ceil(this.input.width / 16), Math.ceil(this.input.height / 16));
    pass.end();
  }

  /** Records the convolution, repeatedly. */
  encodeConvolution(encoder: GPUCommandEncoder, times = 1): void {
    for (let time = 0; time < times; time++) this.plan.encode(encoder, this.#tensors);
  }

  /** Records the drawing of the result. */
  encodeDraw(encoder: GPUCommandEncoder, target: GPUTextureView): void {
    const pass = encoder.beginRenderPass({
      label: "draw",
      colorAttachments: [{ view: target, loadOp: "clear", storeOp: "store" }],
    });
    pass.setPipeline(this.#programs.draw);
    pass.setBindGroup(0, this.#drawing);
    pass.draw(3);
    pass.end();
  }

  /**
   * Waits for earlier work. It reads the kernel back, so call it once, not for each frame.
   * @throws ConvError if the GPU failed meanwhile: out of memory, a lost device
   */
  async settle(): Promise<void> {
    await this.#tensors.w.read();
  }

  destroy(): void {
    this.plan.destroy();
    for (const tensor of Object.values(this.#tensors)) tensor.destroy();
    this.#texture.destroy();
    this.#view.destroy();
  }
}
