// Padding and cropping of any axis, in every mode, and the gradient.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type PadOptions, pad, padBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";

const PADDED: readonly { shape: readonly number[]; options: PadOptions }[] = [
  {
    shape: [2, 3, 4, 5],
    options: {
      padding: [
        [0, 0],
        [0, 0],
        [1, 2],
        [3, -1],
      ],
      paddingValue: 0.5,
    },
  },
  {
    shape: [3, 2, 8],
    options: {
      padding: [
        [1, 2],
        [-1, 1],
        [0, 0],
      ],
    },
  },
  { shape: [4], options: { padding: [[9, 7]], paddingMode: "reflect" } },
  {
    shape: [3, 1, 4],
    options: {
      padding: [
        [2, 5],
        [1, 2],
        [0, 0],
      ],
      paddingMode: "reflect",
    },
  },
  {
    shape: [3, 5],
    options: {
      padding: [
        [4, 7],
        [2, -3],
      ],
      paddingMode: "symmetric",
    },
  },
  {
    shape: [3, 5],
    options: {
      padding: [
        [7, 4],
        [-2, 6],
      ],
      paddingMode: "circular",
    },
  },
  {
    shape: [3, 1, 8],
    options: {
      padding: [
        [-1, 3],
        [2, 2],
        [0, 0],
      ],
      paddingMode: "replicate",
    },
  },
  {
    shape: [2, 0],
    options: {
      padding: [
        [1, 0],
        [2, 1],
      ],
      paddingValue: -1,
    },
  },
  { shape: [], options: { padding: [] } },
  // Borders of less than one image, cropped ones among them.
  {
    shape: [2, 4, 6, 8],
    options: {
      padding: [
        [0, 0],
        [3, 2],
        [5, -5],
        [0, 0],
      ],
      paddingMode: "reflect",
    },
  },
  {
    shape: [5, 4, 3],
    options: {
      padding: [
        [-4, 4],
        [3, -2],
        [2, 2],
      ],
      paddingMode: "circular",
    },
  },
  // So many copies of a corner that axes are folded one by one.
  {
    shape: [2, 3],
    options: {
      padding: [
        [9, 1],
        [3, 8],
      ],
      paddingMode: "replicate",
    },
  },
  // So many items that an invocation computes several of a row.
  {
    shape: [3, 75, 101],
    options: {
      padding: [
        [0, 0],
        [3, 4],
        [5, 2],
      ],
      paddingMode: "symmetric",
    },
  },
];

const padded = PADDED.flatMap(({ shape, options }): OperationCase<never>[] => {
  const { shape: own } = reference.pad({ data: new Float32Array(elementCount(shape)), shape }, options);
  const name = `padding of [${shape.join(", ")}], ${options.paddingMode ?? "zeros"}, ${JSON.stringify(options.padding)}`;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape, layoutFree: true } },
    run: ({ x }) => ({ y: pad(x, options) }),
    reference: ({ x }) => ({ y: reference.pad(x, options) }),
    bound: () => ({ y: () => 0 }),
  };
  const all = { ...options, inputShape: shape };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: own, layoutFree: true } },
    run: ({ dy }) => ({ dx: padBackward(dy, all) }),
    reference: ({ dy }) => ({ dx: reference.padBackward(dy, all) }),
    // Each sum of copies has fewer terms than dy has elements.
    bound: ({ dy }) => {
      const sizes = reference.padBackward(magnitudes(dy), all).data;
      return { dx: (at) => gamma(dy.data.length) * sizes[at]! };
    },
  };
  return [forward, backward];
});

testOperations(padded);
