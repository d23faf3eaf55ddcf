// The logits of the target classes of four lines, and the weights of these classes.
// slots: number_of, weight_of
fn picked_logit(start: u32, class_at: vec4f) -> vec4f {
  let inner = g.lines.inner;
  return vec4f(
    f32(x[start + number_of(class_at.x) * inner].x),
    f32(x[start + number_of(class_at.y) * inner].y),
    f32(x[start + number_of(class_at.z) * inner].z),
    f32(x[start + number_of(class_at.w) * inner].w),
  );
}

fn picked_weight(class_at: vec4f) -> vec4f {
  return vec4f(
    weight_of(number_of(class_at.x)),
    weight_of(number_of(class_at.y)),
    weight_of(number_of(class_at.z)),
    weight_of(number_of(class_at.w)),
  );
}
