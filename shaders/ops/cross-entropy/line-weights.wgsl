// The weight of each line in a mean: the weight of its class, or 0 if the class is ignored.
// slots: class_of, line_of, number_of, unless_ignored, weight_of
// types: Entropy
@group(0) @binding(0) var<uniform> g: Entropy;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = line_of(workgroup, local);
  if (line >= g.lines.count) {
    return;
  }
  let class_at = class_of(line);
  weights[line] = unless_ignored(weight_of(number_of(class_at)), class_at);
}
