// Pooling computes on one channel at a time.
alias V = f32;
alias VU = u32;
alias VB = bool;

fn first_of(value: V) -> f32 {
  return value;
}
