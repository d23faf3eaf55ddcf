// The cross entropy of lines of logits: class c of a line has the weight weight_of(c) (keep probability_of(c) + spread), where
// probability_of(c) is the probability of c in the target. With label smoothing keep is 1 - smoothing and spread is smoothing / classes.
// types: Lines
struct Entropy { lines: Lines, keep: f32, spread: f32, ignored: f32, divisor: f32 }

// A class index in range, whatever the target holds.
fn number_of(class_at: f32) -> u32 {
  return u32(clamp(class_at, 0.0, f32(g.lines.size - 1u)));
}
