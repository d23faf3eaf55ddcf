// Before anything is drawn, so that no page flashes in the other theme.
(() => {
  try {
    const theme = localStorage.getItem("convoke-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage: the system's theme it is.
  }
})();
