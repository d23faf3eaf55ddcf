// Photos that visitors pick: from the pages, from a file, or dropped anywhere.

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The most pixels along the longer side. */
const MAX_SIDE = 1600;

export interface Photo {
  readonly size: Size;
  /** The size before scaling. */
  readonly original: Size;
}

/**
 * Loads a picture by its address.
 * @throws Error, readable by the visitor, if the browser cannot decode it
 */
export async function loadPhoto(address: string, name: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  try {
    await image.decode();
  } catch (cause) {
    throw new Error(`${name} is not a picture that this browser can read.`, { cause });
  }
  if (image.naturalWidth === 0 || image.naturalHeight === 0) throw new Error(`${name} has no size of its own.`);
  return image;
}

/** Loads a picture from the visitor's file. */
export async function loadFile(file: File): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file);
  try {
    return await loadPhoto(address, file.name);
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Draws a picture, or a frame of a video, on a canvas of its size, over white. */
export function drawPhoto(canvas: HTMLCanvasElement, image: HTMLImageElement | HTMLVideoElement): Photo {
  const original =
    image instanceof HTMLVideoElement
      ? { width: image.videoWidth, height: image.videoHeight }
      : { width: image.naturalWidth, height: image.naturalHeight };
  const scale = Math.min(1, MAX_SIDE / Math.max(original.width, original.height));
  const size = {
    width: Math.max(1, Math.round(original.width * scale)),
    height: Math.max(1, Math.round(original.height * scale)),
  };
  Object.assign(canvas, size);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("This browser gives no canvas to draw on.");
  context.imageSmoothingQuality = "high";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, size.width, size.height);
  context.drawImage(image, 0, 0, size.width, size.height);
  return { size, original };
}

/** Calls `take` with each file that is chosen in an input or dropped anywhere on the page. */
export function onFile(input: HTMLInputElement, take: (file: File) => void): void {
  const { body } = document;
  input.addEventListener("change", () => {
    const [chosen] = input.files ?? [];
    // Allows the same file to be chosen again.
    input.value = "";
    if (chosen) take(chosen);
  });
  const carriesFile = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  body.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    body.classList.add("dropping");
  });
  body.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) body.classList.remove("dropping");
  });
  body.addEventListener("drop", (event) => {
    body.classList.remove("dropping");
    if (!carriesFile(event)) return;
    event.preventDefault();
    const [dropped] = event.dataTransfer?.files ?? [];
    if (dropped) take(dropped);
  });
}
