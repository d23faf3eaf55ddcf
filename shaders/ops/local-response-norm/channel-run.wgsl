// Runs of RUN channels: their places, `inner` apart, and the windows of channels around each.
// constants: QUARTERS, RUN
// types: V
struct Windows {
  channels: u32, inner: u32, runs: u32, before: u32, after: u32, threads: u32,
  factor: f32, beta: f32, k: f32,
}

// The first channel of a run, its place, and the number of channels.
struct Run { channel: u32, place: u32, count: u32 }

fn run_at(thread: u32, w: Windows) -> Run {
  let row = thread / w.inner;
  let outer = row / w.runs;
  let channel = (row - outer * w.runs) * RUN;
  let place = (outer * w.channels + channel) * w.inner + thread - row * w.inner;
  return Run(channel, place, min(w.channels - channel, RUN));
}

// d^-beta; for beta = QUARTERS / 4 without logarithms, if QUARTERS is not 0.
fn power(d: V, w: Windows) -> V {
  if (QUARTERS == 2u) {
    return inverseSqrt(d);
  }
  if (QUARTERS == 3u) {
    return inverseSqrt(d) * inverseSqrt(sqrt(d));
  }
  if (QUARTERS == 4u) {
    return V(1) / d;
  }
  return pow(d, V(-w.beta));
}
