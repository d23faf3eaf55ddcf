// The logit of the target class of a line, and the weight of that class.
// slots: number_of, weight_of
fn picked_logit(start: u32, class_at: f32) -> f32 {
  return f32(x[start + number_of(class_at) * g.lines.inner]);
}

fn picked_weight(class_at: f32) -> f32 {
  return weight_of(number_of(class_at));
}
