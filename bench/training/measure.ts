// Times a step of training: forward, backward and the optimiser, on Convoke and its peers alike. The first losses show that all train alike.
import { type Calls, timeCalls } from "../calls.ts";
import type { TrainedNetwork } from "./networks.ts";

export interface TrainingOrder {
  /** The id of a network. */
  readonly network: string;
  readonly samples: number;
}

/** Times are in milliseconds. */
export interface TrainingResult {
  /** The first step with the making of the tensors, and compiling. */
  readonly firstMilliseconds: number;
  /** A later step: the median of the samples. */
  readonly milliseconds: number;
  readonly samples: readonly number[];
  /** The losses before each of the first steps. */
  readonly losses: readonly number[];
}

/** A network in training; each run is a step. */
export interface Trainer extends Calls {
  /** The loss before the last step. */
  loss(): Promise<number>;
  /** Waits for what is compiled beside the first steps. */
  settled?(): Promise<void>;
  dispose(): void;
}

/** Makes a network with its initial parameters and its data. */
export type MakeTrainer = (network: TrainedNetwork) => Trainer | Promise<Trainer>;

/** Seconds of a step beyond which one is timed, not as many as there are samples: on a software adapter some engines take half a minute. */
const LONG_STEP_SECONDS = 3;

export async function measureTraining(
  make: MakeTrainer,
  network: TrainedNetwork,
  samples: number,
): Promise<TrainingResult> {
  const start = performance.now();
  const trainer = await make(network);
  try {
    await trainer.run();
    await trainer.sync();
    const firstMilliseconds = performance.now() - start;
    const losses = [await trainer.loss()];
    while (losses.length < network.losses.length) {
      await trainer.run();
      losses.push(await trainer.loss());
    }
    await trainer.settled?.();
    const timing = await timeCalls(trainer, samples, { limit: LONG_STEP_SECONDS });
    return {
      ...{ firstMilliseconds, losses },
      milliseconds: timing.seconds * 1e3,
      samples: timing.samples.map((seconds) => seconds * 1e3),
    };
  } finally {
    trainer.dispose();
  }
}
