// Targets that are numbers of classes, one for each line.
// types: L
@group(0) @binding(2) var<storage, read> target_classes: array<L>;

fn class_of(line: u32) -> L {
  return target_classes[line];
}

// How much of the target is class c of the line: all, or nothing.
fn share_of(c: u32, at: u32, class_at: L) -> L {
  return select(L(0.0), L(1.0), class_at == L(f32(c)));
}

// A value of the line where its class counts: 0 where that is to be ignored, NaN where it is no class.
fn where_it_counts(value: L, class_at: L) -> L {
  let valid = (class_at >= L(0.0)) & (class_at < L(f32(g.lines.size))) & (class_at == floor(class_at));
  return select(select(L(g.nan), value, valid), L(0.0), class_at == L(g.ignored));
}
