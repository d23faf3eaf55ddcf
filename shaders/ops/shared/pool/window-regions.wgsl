// The regions of outputs that are windows.
// types: Windows
struct Regions { windows: Windows }
