// Where the samples of each key begin among the sorted ones of their segment.
struct Starts { threads: u32, samples: u32, keys: u32 }

@group(0) @binding(0) var<uniform> g: Starts;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> starts: array<u32>;

fn thread(index: u32) {
  let segment = index / (g.samples + 1u);
  let rank = index - segment * (g.samples + 1u);
  let first = segment * g.samples;
  var key = 0u;
  if (rank > 0u) {
    key = keys[first + order[first + rank - 1u]] + 1u;
  }
  var end = g.keys;
  if (rank < g.samples) {
    end = keys[first + order[first + rank]];
  }
  // Those after the sample before, up to the own; one more start ends the last.
  for (; key <= end; key++) {
    starts[segment * (g.keys + 1u) + key] = rank;
  }
}
