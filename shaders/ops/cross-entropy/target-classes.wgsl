// Targets that are class indices, one for each line.
// types: L, T, U
@group(0) @binding(2) var<storage, read> target_classes: array<T>;

fn class_of(line: u32) -> L {
  return L(target_classes[line]);
}

// The class as an index.
fn chosen_class(class_at: L) -> U {
  return U(clamp(class_at, L(0.0), L(f32(g.lines.size - 1u))));
}

// The probability of class c in the target of the line: 1 or 0.
fn probability_of(c: u32, at: u32, class_at: L) -> L {
  return select(L(0.0), L(1.0), class_at == L(f32(c)));
}

// A value of the line; 0 if its class is ignored, NaN if its target is not a class.
fn unless_ignored(value: L, class_at: L) -> L {
  let valid = (class_at >= L(0.0)) & (class_at < L(f32(g.lines.size))) & (class_at == floor(class_at));
  return select(select(L(g.lines.nan), value, valid), L(0.0), class_at == L(g.ignored));
}
