// Sounds as arrays of samples from -1 to 1, one for each channel: a plucked melody, the reverberation of a room, and WAV files.

/** Samples a second. */
export const RATE = 44_100;

/** Uniform numbers from -1 to 1 from a seed (xorshift32). */
export function noise(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** A plucked string: a burst of noise that goes round a delay line and is smoothed each time (Karplus and Strong 1983). */
export function pluck(frequency, seconds) {
  const period = Math.round(RATE / frequency);
  const samples = new Float32Array(Math.round(seconds * RATE));
  samples.set(noise(Math.min(period, samples.length), period));
  for (let at = period + 1; at < samples.length; at++)
    samples[at] = 0.996 * 0.5 * (samples[at - period] + samples[at - period - 1]);
  return samples;
}

/** A broken chord that repeats, a note every quarter of a second, without any room around it. */
export function melody(seconds) {
  const notes = [220, 277.18, 329.63, 440, 329.63, 277.18, 246.94, 311.13, 369.99, 493.88];
  const samples = new Float32Array(Math.round(seconds * RATE));
  const beat = Math.round(RATE / 4);
  for (let start = 0, note = 0; start < samples.length; start += beat, note++) {
    pluck(notes[note % notes.length], 1).forEach((value, at) => {
      if (start + at < samples.length) samples[start + at] += 0.4 * value;
    });
  }
  return samples;
}

/** The impulse response of a room: noise that falls by 60 dB in so many seconds, another one in each channel. */
export function room(seconds, channels = 2) {
  const count = Math.round(seconds * RATE);
  // The energy of an impulse response is that of the sound it makes of a click: 1.
  const scale = Math.sqrt((2 * Math.log(1000)) / (count / 3));
  return Array.from({ length: channels }, (_, channel) =>
    noise(count, 1 + channel).map((value, at) => scale * value * 10 ** ((-3 * at) / count)),
  );
}

/** A WAV file of 16-bit samples. */
export function toWav(channels) {
  const count = channels[0].length;
  const bytes = new Uint8Array(44 + 2 * count * channels.length);
  const view = new DataView(bytes.buffer);
  const text = (at, word) => [...word].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // integers
  view.setUint16(22, channels.length, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, 2 * channels.length * RATE, true);
  view.setUint16(32, 2 * channels.length, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, bytes.length - 44, true);
  channels.forEach((samples, channel) =>
    samples.forEach((value, at) => {
      const clipped = Math.max(-1, Math.min(1, value));
      view.setInt16(44 + 2 * (at * channels.length + channel), Math.round(32_767 * clipped), true);
    }),
  );
  return bytes;
}

/** The channels of a WAV file of 16-bit samples. */
export function fromWav(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at) => String.fromCharCode(...bytes.subarray(at, at + 4));
  let channels = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (word(at) === "fmt ") {
      channels = view.getUint16(at + 10, true);
      if (view.getUint16(at + 8, true) !== 1 || view.getUint16(at + 22, true) !== 16)
        throw new Error("not a WAV file of 16-bit samples");
    }
    if (word(at) !== "data") continue;
    const count = view.getUint32(at + 4, true) / 2 / channels;
    const sample = (index) => view.getInt16(at + 8 + 2 * index, true) / 32_767;
    return Array.from({ length: channels }, (_, channel) =>
      Float32Array.from({ length: count }, (_unused, index) => sample(index * channels + channel)),
    );
  }
  throw new Error("a WAV file without samples");
}
