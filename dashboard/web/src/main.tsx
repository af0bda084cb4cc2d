import { createRoot } from "react-dom/client";
import { App } from "./pages/app";
import "./ui/tokens.css";
import "./ui/parts.css";
import "./pages/pages.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
