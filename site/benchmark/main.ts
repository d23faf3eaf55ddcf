// The page's script lives with the benchmark whose layers it measures.
import { startPage } from "./page.ts";

startPage();
