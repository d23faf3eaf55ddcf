// The weight of each line in a mean: the weight of its class, or 0 if the class is ignored. It is stored as the second number of a pair;
// sum-pairs.wgsl adds the pairs up.
// slots: class_of, line_of, number_of, unless_ignored, weight_of
// types: Entropy
@group(0) @binding(0) var<uniform> g: Entropy;
@group(0) @binding(4) var<storage, read_write> pairs: array<vec2f>;

fn workgroup_thread(workgroup: u32, local: u32) {
  let line = line_of(workgroup, local);
  if (line >= g.lines.count) {
    return;
  }
  let class_at = class_of(line);
  pairs[line] = vec2f(0.0, unless_ignored(weight_of(number_of(class_at)), class_at));
}
