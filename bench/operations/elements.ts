// Element-wise operations.
import { type BenchOperation, entry } from "./entry.ts";

export const ELEMENTS: readonly BenchOperation[] = [
  entry({
    operation: "activate",
    name: "ResNet-50, relu",
    batch: 4,
    inputs: { x: { shape: [1, 64, 56, 56] } },
    call: (on, { x }) => ({ y: on.activate(x, "relu") }),
  }),
  entry({
    operation: "activate",
    name: "DeiT-Ti, gelu",
    batch: 4,
    inputs: { x: { shape: [1, 197, 768], map: false } },
    call: (on, { x }) => ({ y: on.activate(x, "gelu") }),
  }),
  entry({
    operation: "activateBackward",
    name: "ResNet-50, relu",
    batch: 4,
    inputs: { dy: { shape: [1, 64, 56, 56] }, output: { shape: [1, 64, 56, 56] } },
    call: (on, { dy, output }) => ({ dx: on.activateBackward(dy, { activation: "relu", output }) }),
  }),
  entry({
    operation: "activateBackward",
    name: "DeiT-Ti, gelu",
    batch: 4,
    inputs: { dy: { shape: [1, 197, 768], map: false }, preActivation: { shape: [1, 197, 768], map: false } },
    call: (on, { dy, preActivation }) => ({ dx: on.activateBackward(dy, { activation: "gelu", preActivation }) }),
  }),
  entry({
    operation: "add",
    name: "ResNet-50, relu",
    batch: 4,
    inputs: { a: { shape: [1, 1024, 14, 14] }, b: { shape: [1, 1024, 14, 14] } },
    call: (on, { a, b }) => ({ y: on.add(a, b, { activation: "relu" }) }),
  }),
  entry({
    operation: "addBackward",
    name: "ResNet-50, relu",
    batch: 4,
    inputs: { dy: { shape: [1, 1024, 14, 14] }, output: { shape: [1, 1024, 14, 14] } },
    call: (on, { dy, output }) => ({ ...on.addBackward(dy, { activation: "relu", output }) }),
  }),
  entry({
    operation: "multiply",
    name: "SE-ResNet-50, channels",
    batch: 4,
    inputs: { a: { shape: [1, 1024, 14, 14] }, b: { shape: [1, 1024, 1, 1] } },
    call: (on, { a, b }) => ({ y: on.multiply(a, b) }),
  }),
  entry({
    operation: "multiplyBackward",
    name: "SE-ResNet-50, channels",
    batch: 4,
    inputs: { dy: { shape: [1, 1024, 14, 14] }, a: { shape: [1, 1024, 14, 14] }, b: { shape: [1, 1024, 1, 1] } },
    call: (on, { dy, a, b }) => ({ ...on.multiplyBackward(dy, a, b) }),
  }),
  entry({
    operation: "prelu",
    name: "SRResNet",
    inputs: { x: { shape: [1, 64, 96, 96] }, slope: { shape: [64] } },
    call: (on, { x, slope }, { layout }) => ({ y: on.prelu(x, slope, layout) }),
  }),
  entry({
    operation: "preluBackward",
    name: "SRResNet",
    inputs: { dy: { shape: [1, 64, 96, 96] }, x: { shape: [1, 64, 96, 96] }, slope: { shape: [64] } },
    call: (on, { dy, x, slope }, { layout }) => ({ ...on.preluBackward(dy, x, slope, layout) }),
  }),
  // Goodfellow et al. (2013), on CIFAR-10.
  entry({
    operation: "maxout",
    name: "maxout network, 2 pieces",
    batch: 4,
    inputs: { x: { shape: [1, 192, 32, 32] } },
    call: (on, { x }, { layout }) => ({ y: on.maxout(x, { pieces: 2, ...layout }) }),
  }),
  entry({
    operation: "maxoutBackward",
    name: "maxout network, 2 pieces",
    batch: 4,
    inputs: { dy: { shape: [1, 96, 32, 32] }, x: { shape: [1, 192, 32, 32] } },
    call: (on, { dy, x }, { layout }) => ({ dx: on.maxoutBackward(dy, x, { pieces: 2, ...layout }) }),
  }),
  entry({
    operation: "dropout",
    name: "AlexNet, 4096 features",
    batch: 128,
    inputs: { x: { shape: [1, 4096] } },
    call: (on, { x }, { layout }) => ({ y: on.dropout(x, { rate: 0.5, seed: 1, ...layout }) }),
  }),
  entry({
    operation: "dropoutBackward",
    name: "AlexNet, 4096 features",
    batch: 128,
    inputs: { dy: { shape: [1, 4096] } },
    call: (on, { dy }, { layout }) => ({ dx: on.dropoutBackward(dy, { rate: 0.5, seed: 1, ...layout }) }),
  }),
];
