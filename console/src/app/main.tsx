// Start: language first, then the application.
import "@mantine/core/styles.layer.css";
import "./tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { chosenLocale, startI18n } from "../lib/i18n";
import { Providers } from "./providers";

const root = document.getElementById("root");
if (!root) throw new Error("index.html lacks #root");

await startI18n(chosenLocale());
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
);
