// Targets that are probabilities of all classes, laid out as the logits.
// types: L, U, V
@group(0) @binding(2) var<storage, read> target_probabilities: array<V>;

fn class_of(line: u32) -> L {
  return L(0.0);
}

fn chosen_class(class_at: L) -> U {
  return U(0u);
}

// The probability of class c in the target of the line.
fn probability_of(c: u32, at: u32, class_at: L) -> L {
  return L(target_probabilities[at]);
}

fn unless_ignored(value: L, class_at: L) -> L {
  return value;
}
