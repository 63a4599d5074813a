import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const target = process.env.KONECTUS_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { target: "es2023", sourcemap: false, chunkSizeWarningLimit: 800, assetsInlineLimit: 0 },
  server: {
    port: Number(process.env.CONSOLE_PORT ?? 5173),
    proxy: { "/api": { target, ws: true, changeOrigin: false } },
  },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"] },
});
