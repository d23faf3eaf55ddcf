// Counts the bytes of the buffers that a page holds on the GPU, whoever makes them.

/** Counts every buffer that is made from now on. */
export class GpuBytes {
  #live = 0;
  #peak = 0;

  constructor() {
    const sizes = new WeakMap<GPUBuffer, number>();
    const add = (bytes: number): void => {
      this.#live += bytes;
      this.#peak = Math.max(this.#peak, this.#live);
    };
    const device = GPUDevice.prototype;
    const buffer = GPUBuffer.prototype;
    // Called by their own objects below.
    const create: GPUDevice["createBuffer"] = Reflect.get(device, "createBuffer");
    const destroy: GPUBuffer["destroy"] = Reflect.get(buffer, "destroy");
    device.createBuffer = function (this: GPUDevice, descriptor) {
      const made = create.call(this, descriptor);
      sizes.set(made, made.size);
      add(made.size);
      return made;
    };
    buffer.destroy = function (this: GPUBuffer) {
      add(-(sizes.get(this) ?? 0));
      sizes.delete(this);
      return destroy.call(this);
    };
  }

  get live(): number {
    return this.#live;
  }

  /** The most bytes since `restart`. */
  get peak(): number {
    return this.#peak;
  }

  restart(): void {
    this.#peak = this.#live;
  }
}
