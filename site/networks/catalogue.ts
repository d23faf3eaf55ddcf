// The description of each network, apart from its layers.
import type { NetworkName } from "../../bench/networks.ts";

export interface About {
  readonly name: string;
  readonly paper: string;
  readonly year: number;
  readonly idea: string;
  /** The inputs and outputs of its fully connected layers, which are not convolutions and are left out of all sums. */
  readonly connected: readonly (readonly [inputs: number, outputs: number])[];
}

export const CATALOGUE: Readonly<Record<NetworkName, About>> = {
  lenet5: {
    name: "LeNet-5",
    paper: "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition",
    year: 1998,
    idea: "Reads handwritten digits from 32 × 32 pixels. Here every map of C3 sees all six before it.",
    connected: [
      [120, 84],
      [84, 10],
    ],
  },
  alexnet: {
    name: "AlexNet",
    paper: "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks",
    year: 2012,
    idea: "Cut into two groups because one GPU had too little memory; large kernels first, small ones later.",
    connected: [
      [9216, 4096],
      [4096, 4096],
      [4096, 1000],
    ],
  },
  vgg16: {
    name: "VGG-16",
    paper: "Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition",
    year: 2014,
    idea: "Nothing but 3 × 3 kernels, thirteen times over: the purest load of dense convolutions.",
    connected: [
      [25088, 4096],
      [4096, 4096],
      [4096, 1000],
    ],
  },
  "all-cnn": {
    name: "All-CNN-C",
    paper: "Springenberg, Dosovitskiy, Brox and Riedmiller, Striving for simplicity: the all convolutional net",
    year: 2014,
    idea: "Replaces pooling by strided convolutions, and fully connected layers by 1 × 1 kernels.",
    connected: [],
  },
  resnet50: {
    name: "ResNet-50",
    paper: "He, Zhang, Ren and Sun, Deep residual learning for image recognition",
    year: 2015,
    idea: "Bottlenecks: a 1 × 1 kernel narrows, 3 × 3 works, 1 × 1 widens, and a shortcut adds the input back.",
    connected: [[2048, 1000]],
  },
  xception: {
    name: "Xception",
    paper: "Chollet, Xception: deep learning with depthwise separable convolutions",
    year: 2016,
    idea: "Depthwise and pointwise kernels throughout, on 299 × 299 pixels, with shortcuts around each block.",
    connected: [[2048, 1000]],
  },
  "mobilenet-v1": {
    name: "MobileNet v1",
    paper: "Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications",
    year: 2017,
    idea: "Each 3 × 3 layer split in two: depthwise within a channel, then 1 × 1 across channels.",
    connected: [[1024, 1000]],
  },
  "mobilenet-v2": {
    name: "MobileNet v2",
    paper: "Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: inverted residuals and linear bottlenecks",
    year: 2018,
    idea: "Widens six-fold for the depthwise kernel, and keeps only the narrow maps between blocks.",
    connected: [[1280, 1000]],
  },
  "shufflenet-v2": {
    name: "ShuffleNet v2",
    paper: "Ma, Zhang, Zheng and Sun, ShuffleNet V2: practical guidelines for efficient CNN architecture design",
    year: 2018,
    idea: "Works on half of the channels and shuffles: few multiply-adds, and little memory moved.",
    connected: [[1024, 1000]],
  },
};

export const NAMES = Object.keys(CATALOGUE) as NetworkName[];

/** Counts the weights of the fully connected layers, which equal their multiply-adds. */
export function connectedWeights({ connected }: About): number {
  return connected.reduce((sum, [inputs, outputs]) => sum + inputs * outputs, 0);
}
