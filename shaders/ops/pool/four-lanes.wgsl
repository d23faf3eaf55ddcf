// Pooling computes on four neighbouring channels at a time.
alias V = vec4f;
alias VU = vec4u;
alias VB = vec4<bool>;
