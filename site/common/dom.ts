// Makes and finds elements of the page.

type Props = Readonly<Record<string, string | number | boolean | EventListener | undefined>>;
type Child = Node | string | number | null | undefined | false;

function fill<E extends Element>(element: E, props: Props, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map(asNode));
  return element;
}

function asNode(child: Node | string | number): Node | string {
  return typeof child === "number" ? String(child) : child;
}

/** Makes an element with attributes, listeners (functions, by the event's name) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

/** Makes an SVG element; see `el`. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

/** Makes the head of a table whose columns after the first, or between the first and the last, hold numbers. */
export function tableHead(first: string, numbers: readonly string[], last?: string): HTMLElement {
  const head = (name: string, props: Props = {}): HTMLElement => el("th", { scope: "col", ...props }, name);
  return el(
    "thead",
    {},
    el(
      "tr",
      {},
      head(first),
      ...numbers.map((name) => head(name, { class: "number" })),
      last !== undefined && head(last),
    ),
  );
}

/** Returns a required element of the page. */
export function byId<E extends Element = HTMLElement>(id: string, kind?: new () => E): E {
  const element = document.getElementById(id) as Element | null;
  if (!element) throw new Error(`the page has no element #${id}`);
  if (kind && !(element instanceof kind)) throw new Error(`#${id} is no ${kind.name}`);
  return element as E;
}
