import { useState } from "react";

export type Theme = "system" | "light" | "dark";
const NEXT: { readonly [theme in Theme]: Theme } = { system: "light", light: "dark", dark: "system" };

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => (document.documentElement.dataset.theme as Theme | undefined) ?? "system");
  const turn = () => {
    const next = NEXT[theme];
    if (next === "system") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("kaizen.theme");
    } else {
      document.documentElement.dataset.theme = next;
      localStorage.setItem("kaizen.theme", next);
    }
    setTheme(next);
  };
  return [theme, turn];
}
