// V holds one channel.
alias V = f32;
alias VU = u32;
alias VB = bool;

fn first_of(value: V) -> f32 {
  return value;
}
