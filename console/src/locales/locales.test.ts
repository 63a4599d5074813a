import { expect, test } from "vitest";
import en from "./en.json";
import es from "./es.json";
import ptBR from "./pt-BR.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const pairs = Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[path + key, value] as const] : [...flat(value, `${path}${key}.`)],
  );
  return new Map(pairs);
}

const reference = flat(ptBR);
const holes = (text: string) => [...text.matchAll(/{{\w+}}/g)].map(([hole]) => hole).sort();

test.each([
  ["es", es],
  ["en", en],
])("%s has the keys of pt-BR, each with the same holes and none empty", (_name, tree) => {
  const other = flat(tree);
  expect([...other.keys()].sort()).toEqual([...reference.keys()].sort());
  for (const [key, text] of other) {
    expect(text.trim(), key).not.toBe("");
    expect(holes(text), key).toEqual(holes(reference.get(key) ?? ""));
  }
});

test("every plural has the forms that its language needs", () => {
  const bases = [...reference.keys()]
    .filter((key) => key.endsWith("_other"))
    .map((key) => key.slice(0, -6));
  expect(bases.length).toBeGreaterThan(0);
  for (const [locale, tree] of [
    ["pt-BR", ptBR],
    ["es", es],
    ["en", en],
  ] as const) {
    for (const form of new Intl.PluralRules(locale).resolvedOptions().pluralCategories) {
      for (const base of bases)
        expect(flat(tree).has(`${base}_${form}`), `${locale} ${base}_${form}`).toBe(true);
    }
  }
});
