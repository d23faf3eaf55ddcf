// A grid of small pictures; the one under the pointer or with the focus is shown large elsewhere. The grid is one stop for the Tab key, and
// arrows move from picture to picture.
import { el } from "../common/dom.ts";
import { paint } from "./pictures.ts";

export class ImageGrid {
  readonly #container: HTMLElement;
  readonly #onShow: (index: number) => void;
  #buttons: HTMLButtonElement[] = [];

  constructor(container: HTMLElement, onShow: (index: number) => void) {
    this.#container = container;
    this.#onShow = onShow;
    container.addEventListener("keydown", (event) => this.#move(event));
  }

  clear(): void {
    this.#buttons = [];
    this.#container.replaceChildren();
  }

  add(picture: ImageData, label: string): void {
    const index = this.#buttons.length;
    const canvas = el("canvas");
    paint(canvas, picture);
    const button = el(
      "button",
      {
        type: "button",
        class: "picture",
        "aria-label": label,
        "aria-pressed": "false",
        tabindex: index === 0 ? 0 : -1,
        pointerenter: () => this.#onShow(index),
        focus: () => this.#onShow(index),
        click: () => this.#onShow(index),
      },
      canvas,
    );
    this.#buttons.push(button);
    this.#container.append(button);
  }

  /** Marks the picture that is shown large. */
  mark(index: number): void {
    for (const [at, button] of this.#buttons.entries()) {
      button.setAttribute("aria-pressed", String(at === index));
      button.tabIndex = at === index ? 0 : -1;
    }
  }

  #move(event: KeyboardEvent): void {
    const at = this.#buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (at < 0) return;
    const top = this.#buttons[0]!.offsetTop;
    const below = this.#buttons.findIndex((button) => button.offsetTop > top);
    const columns = below < 0 ? this.#buttons.length : below;
    const last = this.#buttons.length - 1;
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - columns,
      ArrowDown: at + columns,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#buttons[Math.max(0, Math.min(last, to))]!.focus();
  }
}
