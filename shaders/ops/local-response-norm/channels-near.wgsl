// A channel near those of a run: where it lies if it is one. If not there is the first of the run, as good as any to load.
// types: Run, Windows
struct Near { place: u32, inside: bool }

// The i-th of the channels from `behind` before the run on.
fn near_at(i: u32, behind: u32, run: Run, w: Windows) -> Near {
  let inside = run.channel + i >= behind && run.channel + i - behind < w.channels;
  return Near(select(run.place, run.place + i * w.inner - behind * w.inner, inside), inside);
}
