// One level of long sums: adds partial sums, [sums, parts] -> [sums, fewer], each invocation every `fewer`-th of a sum.
// types: E
struct Level { threads: u32, parts: u32, fewer: u32 }

@group(0) @binding(0) var<uniform> g: Level;
@group(0) @binding(1) var<storage, read> parts: array<f32>;
@group(0) @binding(2) var<storage, read_write> sums: array<E>;

fn thread(index: u32) {
  let start = (index / g.fewer) * g.parts;
  var sum = 0.0;
  for (var part = index % g.fewer; part < g.parts; part += g.fewer) {
    sum += parts[start + part];
  }
  sums[index] = E(sum);
}
