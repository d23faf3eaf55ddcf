// The cross entropy of lines of logits: each class c of a line counts weight_of(c) (keep share_of(c) + spread), share_of(c) being what the
// target has of it. With smoothing keep is 1 - smoothing and spread smoothing / classes.
// types: Lines
struct Entropy { @size(16) lines: Lines, keep: f32, spread: f32, ignored: f32, nan: f32, divisor: f32 }

// The number of a class: of what is none, some class's.
fn number_of(class_at: f32) -> u32 {
  return u32(clamp(class_at, 0.0, f32(g.lines.size - 1u)));
}
