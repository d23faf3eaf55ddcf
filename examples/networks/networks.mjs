// The networks by name.
import { mobilenetV2 } from "./mobilenet-v2.mjs";
import { resnet50 } from "./resnet-50.mjs";
import { shufflenetV2 } from "./shufflenet-v2.mjs";
import { xception } from "./xception.mjs";

/** The builder of each network, and the side of its images. */
export const NETWORKS = {
  "MobileNet v2": { make: mobilenetV2, side: 224 },
  "ResNet-50": { make: resnet50, side: 224 },
  "ShuffleNet v2": { make: shufflenetV2, side: 224 },
  Xception: { make: xception, side: 299 },
};
