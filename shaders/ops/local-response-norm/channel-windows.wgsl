// The sums over the windows of the channels of a run. Each term is computed once; the kernel defines `term`.
// slots: term
// constants: RUN
// types: Run, V, Windows
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
