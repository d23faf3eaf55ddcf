// Puts a dry sound into a room: convolves each channel with the room's impulse response of seconds, tens of thousands of taps, and mixes both. The
// engine does that by FFT, in parts of the impulse response, since no transform is as long. index.mjs runs it in Node, index.html in a page.
import { conv } from "convoke";

/**
 * @param engine from convoke's createEngine
 * @param dry the samples of each channel
 * @param room the impulse response of each channel of the result; a dry sound of one channel reaches all of them
 * @param options `wet`, the share of the room in the mix
 * @returns the channels, with the end of the reverberation, at a peak of 0.9
 */
export async function reverb(engine, dry, room, { wet = 0.4 } = {}) {
  const [cells, taps] = [dry[0].length, room[0].length];
  const flat = (channels) =>
    Float32Array.from({ length: channels.length * channels[0].length }, (_, at) => {
      const length = channels[0].length;
      return channels[Math.floor(at / length)][at % length];
    });
  const x = engine.tensor(flat(dry), [1, dry.length, cells]);
  const w = engine.tensor(flat(room), [room.length, 1, taps]);
  const y = conv(x, w, { groups: dry.length, mode: "convolution", padding: "full" });
  try {
    const echoes = await y.read();
    const length = cells + taps - 1;
    const mixed = room.map((_taps, channel) => {
      const own = dry[channel % dry.length];
      return Float32Array.from({ length }, (_, at) => (1 - wet) * (own[at] ?? 0) + wet * echoes[channel * length + at]);
    });
    const peak = Math.max(
      ...mixed.map((samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0)),
    );
    return mixed.map((samples) => samples.map((value) => (0.9 * value) / (peak || 1)));
  } finally {
    for (const tensor of [x, w, y]) tensor.destroy();
  }
}
