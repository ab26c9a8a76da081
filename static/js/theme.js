// Light or dark: the system's choice unless the person has made one. A classic script in the
// head, so that the chosen theme is there before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => root.dataset.theme ?? (system.matches ? "dark" : "light");
  const announce = () => root.dispatchEvent(new CustomEvent("themechange"));

  // The browser may be told to keep nothing; asking then throws.
  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };
  const store = (/** @type {string} */ theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // It holds until the page is left.
    }
  };

  const theme = stored();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  system.addEventListener("change", announce);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme-switch")?.addEventListener("click", () => {
      root.dataset.theme = wanted() === "dark" ? "light" : "dark";
      store(root.dataset.theme);
      announce();
    });
  });
})();
