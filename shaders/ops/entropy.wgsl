// The cross entropy of lines of logits: each class c of a line counts weight_of(c) (keep share_of(c) + spread), share_of(c) being what the
// target has of it. With smoothing keep is 1 - smoothing and spread smoothing / classes.
struct Entropy { @size(16) lines: Lines, keep: f32, spread: f32, ignored: f32, nan: f32, divisor: f32 }
