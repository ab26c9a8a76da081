// Light or dark: the system's choice unless the person has made one. A classic script in the
// head, so that the chosen theme is there before the first paint.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const wanted = () => root.dataset.theme ?? (system.matches ? "dark" : "light");
  const announce = () => root.dispatchEvent(new CustomEvent("themechange"));

  const stored = localStorage.getItem("theme");
  if (stored === "light" || stored === "dark") root.dataset.theme = stored;

  system.addEventListener("change", announce);
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme-switch")?.addEventListener("click", () => {
      root.dataset.theme = wanted() === "dark" ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      announce();
    });
  });
})();
