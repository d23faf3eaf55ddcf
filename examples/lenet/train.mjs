// Trains LeNet-5 on digits, and measures its accuracy on others.
import { chance } from "./drawings.mjs";
import { LeNet5, imageTensor } from "./lenet.mjs";

/**
 * Returns the share of digits that a network classifies correctly.
 * @param digits `images` and `labels`, as returned by `drawDigits` and `readDigits`
 */
export async function accuracy(engine, network, digits, batch = 250) {
  let right = 0;
  for (let first = 0; first < digits.count; first += batch) {
    const size = Math.min(batch, digits.count - first);
    const images = imageTensor(engine, digits, first, size);
    try {
      const told = await network.classify(images);
      right += told.filter((digit, at) => digit === digits.labels[first + at]).length;
    } finally {
      images.destroy();
    }
  }
  return right / digits.count;
}

/**
 * Trains a network on digits, in random order.
 *
 * @param engine from convoke's createEngine
 * @param digits the training set
 * @param heldOut the digits that accuracy is measured on
 * @param options the number of `epochs`, `batch` digits in a step, a `learningRate` that falls to a tenth along half a cosine, and
 * `report({ step, steps, loss, accuracy })`, called once in `every` steps
 * @returns the network, which the caller must destroy, its last accuracy and the reported losses
 */
export async function train(engine, digits, heldOut, options = {}) {
  const { epochs = 4, batch = 50, learningRate = 0.002, every = 50, report = () => {} } = options;
  const network = new LeNet5(engine);
  const random = chance(99);
  const order = Uint32Array.from({ length: digits.count }, (_, at) => at);
  const perEpoch = Math.floor(digits.count / batch);
  const steps = epochs * perEpoch;
  const losses = [];
  let reached = 0;
  try {
    for (let step = 0; step < steps; step++) {
      const at = step % perEpoch;
      if (at === 0) shuffle(order, random);
      const { images, labels } = gather(engine, digits, order.subarray(at * batch, (at + 1) * batch));
      const rate = learningRate * (0.55 + 0.45 * Math.cos((Math.PI * step) / steps));
      const loss = network.step(images, labels, rate);
      const last = step === steps - 1;
      try {
        if (step % every === 0 || last) {
          const [value] = await loss.read();
          losses.push(value);
          reached = await accuracy(engine, network, heldOut);
          report({ step, steps, loss: value, accuracy: reached });
        }
      } finally {
        for (const tensor of [images, labels, loss]) tensor.destroy();
      }
    }
  } catch (error) {
    network.destroy();
    throw error;
  }
  return { network, accuracy: reached, losses };
}

/** Shuffles in place (Fisher and Yates). */
function shuffle(order, random) {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other], order[at]];
  }
}

/** Creates tensors of the chosen digits. */
function gather(engine, { images, labels }, chosen) {
  const cells = images.length / labels.length;
  const pictures = new Float32Array(chosen.length * cells);
  chosen.forEach((from, at) => pictures.set(images.subarray(from * cells, (from + 1) * cells), at * cells));
  return {
    images: imageTensor(engine, { images: pictures }, 0, chosen.length),
    labels: engine.tensor(
      Array.from(chosen, (from) => labels[from]),
      [chosen.length],
    ),
  };
}
