// The page of another engine, in a frame of the benchmark page, which asks it by `window.peer`. It answers of layers alone.
import { measureLayer } from "../../bench/peers/layers.ts";
import type { PeerName } from "../../bench/peers/names.ts";
import type { PeerWork } from "../../bench/peers/protocol.ts";
import { start } from "../../bench/peers/started.ts";
import { answer } from "../../scripts/harness/answer.ts";

/** The address of the packages' own files, beside this page (../vite.config.ts). */
const FILES = new URL("./files", location.href).href;

Object.assign(globalThis, {
  peer: {
    open: (name: PeerName) => answer(() => start(name, FILES)),
    measure: (work: PeerWork) => answer(() => measureLayer(work)),
  },
});
