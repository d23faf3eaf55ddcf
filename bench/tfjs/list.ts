// The programs of the suite `tfjs`, beside its layers: all run TensorFlow.js, and know nothing of Convoke.

/** UpscalerJS with two networks; a MobileNet v2 that classifies pictures; a training step of a small network. */
export const PROGRAMS = ["default-model", "esrgan-slim-x4", "mobilenet-v2", "training"] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** The layers of the suite `layers` that its summary is about, by their ids. */
export const SUMMARISED = /^L\d+$/;
