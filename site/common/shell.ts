// The theme button of every page, which cycles through the system's theme, light and dark.
import { byId } from "./dom.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const KEY = "convoke-theme";
const NAMES: Record<Theme, string> = { system: "same as the system", light: "light", dark: "dark" };

function current(): Theme {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : "system";
}

function apply(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  byId("theme").setAttribute("aria-label", `Theme: ${NAMES[theme]}`);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage, the choice lasts as long as the page.
  }
}

byId("theme").addEventListener("click", () => {
  apply(THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length]!);
  // Whatever is drawn in the theme's colours redraws itself.
  document.dispatchEvent(new CustomEvent("themechange"));
});
byId("theme").setAttribute("aria-label", `Theme: ${NAMES[current()]}`);
