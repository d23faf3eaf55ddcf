// Windows over channels, four channels at a time: those of a run, which lie `inner` apart. `term` of the kernel is what is added up.
const RUN = 4u;

struct Windows {
  channels: u32, inner: u32, runs: u32, before: u32, after: u32, threads: u32,
  factor: f32, beta: f32, k: f32,
}

// The first of the channels, where it lies, and how many there are.
struct Run { channel: u32, place: u32, count: u32 }

fn run_at(thread: u32, w: Windows) -> Run {
  let row = thread / w.inner;
  let outer = row / w.runs;
  let channel = (row - outer * w.runs) * RUN;
  let place = (outer * w.channels + channel) * w.inner + thread - row * w.inner;
  return Run(channel, place, min(w.channels - channel, RUN));
}

// The sums over the windows of the channels of a run: each term is computed once.
fn window_sums(run: Run, w: Windows) -> array<V, RUN> {
  var sums: array<V, RUN>;
  let first = select(0u, run.channel - w.before, run.channel > w.before);
  let last = run.channel + min(run.count - 1u + w.after, w.channels - 1u - run.channel);
  for (var channel = first; channel <= last; channel++) {
    let added = term(run.place + channel * w.inner - run.channel * w.inner);
    // @unroll
    for (var i = 0u; i < RUN; i++) {
      let inside = channel + w.before >= run.channel + i && channel <= run.channel + i + w.after;
      sums[i] += select(V(0), added, inside);
    }
  }
  return sums;
}
