// Learns a hidden filter from pairs of images by gradient descent on the GPU: y = relu(conv(x, w) + b) with known x and y, unknown w and b.
// Each step convolves, propagates the gradient of the loss through the activation to the weights and the bias, and updates both. Only the
// loss is ever read back, now and then. index.mjs runs it in Node.
import { conv, convBackwardBias, convBackwardWeights } from "convoke";
import { sgd } from "convoke/ops";

/** Uniform numbers in [-1, 1) from a seed (xorshift32). */
export function randomNumbers(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** The filter to find: a 5x5 Laplacian of a Gaussian, and a bias. */
export const HIDDEN = {
  kernel: [
    [0, 0, -1, 0, 0],
    [0, -1, -2, -1, 0],
    [-1, -2, 16, -2, -1],
    [0, -1, -2, -1, 0],
    [0, 0, -1, 0, 0],
  ].map((row) => row.map((value) => value / 16)),
  bias: 0.25,
};

const SIZE = 5;

/**
 * @param engine from convoke's createEngine
 * @param options `steps`, `rate` and `momentum` of the descent; the number of `images` of `side` x `side` cells; `report(step, loss)`
 * @returns the learned kernel as rows of numbers, the bias, and the reported losses
 */
export async function train(engine, options = {}) {
  const { steps = 120, rate = 0.5, momentum = 0.9, images = 4, side = 32, report = () => {} } = options;
  const made = [];
  const keep = (tensor) => {
    made.push(tensor);
    return tensor;
  };
  try {
    const geometry = { padding: "same", paddingMode: "reflect" };
    const x = keep(engine.tensor(randomNumbers(images * side * side, 1), [images, 1, side, side]));
    const hidden = keep(engine.tensor(HIDDEN.kernel.flat(), [1, 1, SIZE, SIZE]));
    const hiddenBias = keep(engine.tensor([HIDDEN.bias], [1]));
    // -y: the residual of a second, 1x1 convolution, which computes the error y' - y. The first one cannot, since it adds its residual before
    // the activation.
    const target = keep(conv(x, hidden, { ...geometry, bias: hiddenBias, activation: "relu" }));
    const one = keep(engine.tensor([1], [1, 1, 1, 1]));
    const minusOne = keep(engine.tensor([-1], [1, 1, 1, 1]));
    const minusTarget = keep(conv(target, minusOne));

    const weights = randomNumbers(SIZE * SIZE, 7).map((value) => value / 10);
    const w = keep(engine.tensor(weights, [1, 1, SIZE, SIZE]));
    // Start from a large bias, with which the activation passes everything on.
    const b = keep(engine.tensor([1], [1]));
    const [velocity, biasVelocity] = [keep(engine.empty(w.shape)), keep(engine.empty(b.shape))];
    const losses = [];
    const cells = images * side * side;
    const descent = { learningRate: rate / cells, momentum };
    for (let step = 0; step <= steps; step++) {
      const output = conv(x, w, { ...geometry, bias: b, activation: "relu" });
      const dy = conv(output, one, { residual: minusTarget });
      const through = { activation: "relu", output };
      const dw = convBackwardWeights(x, dy, { ...geometry, ...through, kernelShape: [1, 1, SIZE, SIZE] });
      const db = convBackwardBias(dy, through);
      if (step % 10 === 0) {
        const errors = await dy.read();
        const loss = errors.reduce((sum, error) => sum + error * error, 0) / cells;
        losses.push(loss);
        report(step, loss);
      }
      sgd(w, dw, { ...descent, velocity });
      sgd(b, db, { ...descent, velocity: biasVelocity });
      for (const tensor of [output, dy, dw, db]) tensor.destroy();
    }
    const [kernel, [bias]] = await Promise.all([w.read(), b.read()]);
    const rows = Array.from({ length: SIZE }, (_, row) => [...kernel.slice(row * SIZE, (row + 1) * SIZE)]);
    return { kernel: rows, bias, losses };
  } finally {
    for (const tensor of made) tensor.destroy();
  }
}
