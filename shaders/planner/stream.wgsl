// The kernel by which calibration times memory and the last cache: every thread reads vectors of a window of a buffer, neighbouring threads
// neighbouring ones, again from its start when it ends. A window larger than all caches comes from memory; one that fits the last cache, and no nearer
// one, comes from there.
struct Stream {
  threads: u32,
  turns: u32,
  window: u32,
}

@group(0) @binding(0) var<uniform> g: Stream;
@group(0) @binding(1) var<storage, read> numbers: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> results: array<vec4f>;

fn thread(index: u32) {
  var total: vec4f;
  var at = index;
  for (var turn = 0u; turn < g.turns; turn++) {
    // Loads do not wait for each other.
    // @unroll
    for (var i = 0u; i < 4u; i++) {
      total += numbers[at];
      at += g.threads;
      at = select(at, at - g.window, at >= g.window);
    }
  }
  // Never true, but no compiler can know, so none removes the loads.
  if (total.x < 0.0) {
    results[index % 64u] = total;
  }
}
