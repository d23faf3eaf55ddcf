// Each element times `scale`, or if `mask` is not 0 the number 1, and 0 where its random number is below the threshold. The random number is a hash of the seed and a counter:
// the place of the element in [N, C, cells], whatever the layout, or if PER_CHANNEL the place of its channel in [N, C]. The counter grows
// by `counter_step` from one lane of an item to the next.
// slots: lane_numbers
// constants: CHANNELS_LAST, PER_CHANNEL
// types: L, U, V
struct Dropout {
  threads: u32, threshold: u32, scale: f32, seed_low: u32, seed_high: u32, lanes: u32, channels: u32, cells: u32,
  counter_step: u32, mask: u32,
}

@group(0) @binding(0) var<uniform> g: Dropout;
@group(0) @binding(1) var<storage, read> x: array<V>;
@group(0) @binding(2) var<storage, read_write> y: array<V>;

// The counter of the element at a place.
fn counter_of(place: u32) -> u32 {
  if (CHANNELS_LAST) {
    let row = place / g.channels;
    let c = place - row * g.channels;
    let n = row / g.cells;
    let channel = n * g.channels + c;
    return select(channel * g.cells + row - n * g.cells, channel, PER_CHANNEL);
  }
  return select(place, place / g.cells, PER_CHANNEL);
}

// The last of the three numbers of the hash pcg3d (Jarzynski and Olano 2020, section 4).
fn random(counters: U) -> U {
  var a = counters * 1664525u + 1013904223u;
  var b = U(g.seed_low * 1664525u + 1013904223u);
  var c = U(g.seed_high * 1664525u + 1013904223u);
  a += b * c;
  b += c * a;
  c += a * b;
  a ^= a >> U(16u);
  b ^= b >> U(16u);
  c ^= c >> U(16u);
  a += b * c;
  b += c * a;
  return c + a * b;
}

fn thread(index: u32) {
  let counters = counter_of(index * g.lanes) + g.counter_step * lane_numbers();
  let kept = (random(counters) >> U(8u)) >= U(g.threshold);
  y[index] = V(select(L(0.0), select(L(x[index]) * g.scale, L(1.0), g.mask != 0u), kept));
}
