import { createRoot } from "react-dom/client";
import { App } from "./pages/app";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/parts.css";
import "./ui/content.css";
import "./pages/frame.css";
import "./pages/areas.css";
import "./pages/conversation.css";
import "./pages/thinking.css";
import "./pages/narrow.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
