// The benchmark in a page: Node asks it by `window.bench`.
import { bench } from "./bench.ts";

window.bench = bench;
