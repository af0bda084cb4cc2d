// Before the first paint, so that a chosen theme does not flash.
try {
  var theme = localStorage.getItem("kaizen.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (error) {
  console.warn("the theme is not remembered here:", error);
}
