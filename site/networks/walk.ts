// Walks along a network: its convolutions and pooling in order, with the cost and receptive field of each.
import type { Shape } from "../../bench/layer.ts";
import { type NetworkName, SEQUENCES } from "../../bench/networks.ts";
import {
  type Field,
  type Kind,
  ONE_CELL,
  kindOf,
  multiplyAddsOf,
  outputSize,
  places,
  through,
  weightsOf,
  windowOf,
} from "./arithmetic.ts";
import { PARTS } from "./structure.ts";

interface Stop {
  readonly name: string;
  /** Channels, and cells along a side, of the output. */
  readonly channels: number;
  readonly size: number;
  /** The receptive field along the main path; undefined beside it. */
  readonly field: Field | undefined;
}

export interface ConvStop extends Stop {
  readonly type: "conv";
  /** Its number among the convolutions, from 1. */
  readonly number: number;
  readonly shape: Shape;
  readonly kind: Kind;
  readonly side: boolean;
  readonly multiplyAdds: number;
  readonly weights: number;
}

export interface PoolStop extends Stop {
  readonly type: "pool";
  readonly kernel: number;
  readonly stride: number;
}

export interface Walk {
  readonly stops: readonly (ConvStop | PoolStop)[];
  readonly convs: readonly ConvStop[];
  readonly multiplyAdds: number;
  readonly weights: number;
  /** The receptive field after the last convolution of the main path. */
  readonly field: Field;
}

/** @throws Error if the structure does not fit the layers, which a test rules out */
export function walk(network: NetworkName): Walk {
  const shapes: readonly Shape[] = SEQUENCES[network];
  const stops: (ConvStop | PoolStop)[] = [];
  const convs: ConvStop[] = [];
  let field = ONE_CELL;
  let atLastConv = field;
  let { channels, size } = { channels: shapes[0]!.channels, size: shapes[0]!.input[0]! };
  for (const part of PARTS[network]) {
    if (part.kind === "pool") {
      const { kernel, stride } = part.window;
      size = places(size, part.window);
      field = through(field, part.window);
      stops.push({ type: "pool", name: part.name, channels, size, field, kernel, stride });
      continue;
    }
    const shape = shapes[convs.length];
    if (!shape) throw new Error(`${network} has more names than layers`);
    const side = part.side === true;
    if (!side) {
      if (shape.input[0] !== size) throw new Error(`${network}, ${part.name}: maps of ${size} come in`);
      field = through(field, windowOf(shape));
      atLastConv = field;
      size = outputSize(shape);
      channels = shape.outputs;
    }
    const stop: ConvStop = {
      type: "conv",
      name: part.name,
      number: convs.length + 1,
      shape,
      kind: kindOf(shape),
      side,
      channels: shape.outputs,
      size: outputSize(shape),
      multiplyAdds: multiplyAddsOf(shape),
      weights: weightsOf(shape),
      field: side ? undefined : field,
    };
    stops.push(stop);
    convs.push(stop);
  }
  if (convs.length !== shapes.length) throw new Error(`${network} has fewer names than layers`);
  return {
    stops,
    convs,
    multiplyAdds: sum(convs, (stop) => stop.multiplyAdds),
    weights: sum(convs, (stop) => stop.weights),
    field: atLastConv,
  };
}

export function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
