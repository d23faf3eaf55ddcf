// Where the samples of each key begin among the sorted ones of their segment. An invocation looks for those of RUN consecutive keys, each from where
// the one before begins: by steps that double until they are past it, then by halves. So it takes few iterations wherever the samples are.
// constants: RUN
struct Starts { threads: u32, samples: u32, keys: u32 }

@group(0) @binding(0) var<uniform> g: Starts;
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> order: array<u32>;
@group(0) @binding(3) var<storage, read_write> starts: array<u32>;

// Whether the sample of a rank has a lower key, which none past the last has.
fn is_below(first: u32, rank: u32, key: u32) -> bool {
  let at = first + min(rank, g.samples - 1u);
  return rank < g.samples && keys[first + order[at]] < key;
}

fn thread(index: u32) {
  // One more start ends the last key.
  let all = g.keys + 1u;
  let runs = (all + RUN - 1u) / RUN;
  let segment = index / runs;
  let first = segment * g.samples;
  let key = (index - segment * runs) * RUN;
  var low = 0u;
  for (var own = key; own < min(key + RUN, all); own++) {
    var step = 1u;
    while (is_below(first, low + step - 1u, own)) {
      low += step;
      step *= 2u;
    }
    var high = low + step - 1u;
    while (low < high) {
      let middle = (low + high) / 2u;
      let below = is_below(first, middle, own);
      low = select(low, middle + 1u, below);
      high = select(middle, high, below);
    }
    starts[segment * all + own] = low;
  }
}
