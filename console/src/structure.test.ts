import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const root = import.meta.dirname;
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(tsx?|css)$/.test(name) && !name.endsWith("api.gen.ts"))
  .map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));

// Lower rooms never import higher ones; features never import each other.
function room(name: string): string {
  const [top = "", second = ""] = name.split("/");
  return top === "features" ? `features/${second}` : top;
}

function mayImport(from: string, to: string): boolean {
  if (from === to || to === "types" || to === "locales") return true;
  if (from === "app" || from === "structure.test.ts") return true;
  if (from.startsWith("features/")) return ["components", "lib", "live", "testing"].includes(to);
  if (from === "components") return to === "lib";
  return ["lib", "live", "testing"].includes(from) && ["lib", "live", "testing"].includes(to);
}

test("imports go one way", () => {
  const wrong = files.flatMap(({ name, text }) =>
    [...text.matchAll(/from "(\.[^"]+)"/g)]
      .map(([, path]) => relative(root, normalize(join(root, dirname(name), path ?? ""))))
      .filter((target) => !mayImport(room(name), room(target)))
      .map((target) => `${name} → ${target}`),
  );
  expect(wrong).toEqual([]);
});

test("no file is longer than 250 lines", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter(({ text }) => text.split("\n").length > 251).map(({ name }) => name)).toEqual(
    [],
  );
});

test("colours come from tokens", () => {
  const allowed = new Set(["app/tokens.css", "app/theme.ts"]);
  const hex = /#[0-9a-f]{3,8}\b(?!;?\s*\*\/)/i;
  const wrong = files.filter(
    ({ name, text }) => /\.(css|tsx)$/.test(name) && !allowed.has(name) && hex.test(text),
  );
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
