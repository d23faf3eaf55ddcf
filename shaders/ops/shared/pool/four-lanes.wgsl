// V holds four neighbouring channels.
alias V = vec4f;
alias VU = vec4u;
alias VB = vec4<bool>;
const LANES = 4u;
const LANE = vec4u(0u, 1u, 2u, 3u);
