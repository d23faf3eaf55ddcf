// The visitor's camera in a video element, from the request for permission to the last frame.
import type { Size } from "../common/photos.ts";

/** The requested format; the camera picks the nearest. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: { width: { ideal: 640, max: 1600 }, height: { ideal: 480, max: 1600 }, frameRate: { ideal: 60 } },
};

const REFUSALS: Readonly<Record<string, string>> = {
  NotAllowedError: "This page has no permission to use the camera. Change that at the padlock beside the address.",
  NotFoundError: "There is no camera on this machine.",
  NotReadableError: "Another program is using the camera, or the camera does not answer.",
  OverconstrainedError: "The camera has no picture of at most 1600 pixels a side.",
};

export class Camera {
  readonly #video: HTMLVideoElement;
  readonly #stream: MediaStream;
  #running = true;

  private constructor(video: HTMLVideoElement, stream: MediaStream) {
    this.#video = video;
    this.#stream = stream;
  }

  /** @throws Error, readable by the visitor, if there is no camera or no permission */
  static async open(video: HTMLVideoElement): Promise<Camera> {
    // Insecure pages lack mediaDevices.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) throw new Error("A camera can be used only on pages from https or localhost.");
    let stream: MediaStream;
    try {
      stream = await devices.getUserMedia(WANTED);
    } catch (error) {
      const name = error instanceof DOMException ? error.name : "";
      throw new Error(REFUSALS[name] ?? `The camera gave no picture: ${String(error)}`, { cause: error });
    }
    const camera = new Camera(video, stream);
    try {
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      camera.stop();
      throw new Error(`The camera gave no picture: ${String(error)}`, { cause: error });
    }
    return camera;
  }

  get size(): Size {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** Calls back for each new frame until `stop`, and when the camera disconnects. */
  each(frame: () => void, gone: () => void): void {
    for (const track of this.#stream.getTracks()) track.addEventListener("ended", () => this.#running && gone());
    const hasCallback = "requestVideoFrameCallback" in this.#video;
    const next = (): void => {
      const turn = (): void => {
        if (!this.#running) return;
        frame();
        next();
      };
      if (hasCallback) this.#video.requestVideoFrameCallback(turn);
      else requestAnimationFrame(turn);
    };
    next();
  }

  stop(): void {
    this.#running = false;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
  }
}
