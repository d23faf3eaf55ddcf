// V holds one channel.
alias V = f32;
alias VU = u32;
alias VB = bool;
const LANES = 1u;
const LANE = 0u;
