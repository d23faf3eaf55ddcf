// Multiplies both sums of each owner by a factor and a scale. Unless CENTERED, the first one is 0.
// slots: scale_at
// constants: CENTERED
// types: R
struct Finish { threads: u32, factor: f32 }

@group(0) @binding(0) var<uniform> g: Finish;
@group(0) @binding(1) var<storage, read> parts: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> sums: array<R>;
@group(0) @binding(3) var<storage, read_write> products: array<R>;

fn thread(owner: u32) {
  let by = scale_at(owner) * g.factor;
  sums[owner] = R(select(0.0, parts[owner].x * by, CENTERED));
  products[owner] = R(parts[owner].y * by);
}
