// A channel near a run, and its place. If there is no such channel, the place of the run's first channel, which is safe to load.
// types: Run, Windows
struct Near { place: u32, inside: bool }

// The i-th channel, counted from `behind` channels before the run.
fn near_at(i: u32, behind: u32, run: Run, w: Windows) -> Near {
  let inside = run.channel + i >= behind && run.channel + i - behind < w.channels;
  return Near(select(run.place, run.place + i * w.inner - behind * w.inner, inside), inside);
}
