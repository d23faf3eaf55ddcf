// V holds four neighbouring channels.
alias V = vec4f;
alias VU = vec4u;
alias VB = vec4<bool>;

fn first_of(value: V) -> f32 {
  return value.x;
}
