// Sets the colour scheme and language before the first paint, so that nothing flashes.
// A file of its own because the content security policy allows no inline script.
(() => {
  const root = document.documentElement;
  try {
    const chosen = localStorage.getItem("konectus-scheme") || "auto";
    const dark =
      chosen === "dark" ||
      (chosen === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
    root.lang = localStorage.getItem("konectus-locale") || "pt-BR";
  } catch {
    root.setAttribute("data-mantine-color-scheme", "light");
  }
})();
