import { expect, test } from "vitest";
import { tokenize } from "./tokens";

const text = (value: string) => ({ kind: "text", text: value });

test("marks that belong to words or prices stay as they are", () => {
  for (const plain of [
    "snake_case_name",
    "2*3*4",
    "R$ 5 * 3",
    "* lista",
    "a ~ b ~ c",
    "_",
    "**",
    "5 > 3 <b>x</b>",
  ]) {
    expect(tokenize(plain)).toEqual([text(plain)]);
  }
});

test("bold, italic, strike, nested and across a sentence", () => {
  expect(tokenize("um *negrito* e _itálico_ e ~riscado~.")).toEqual([
    text("um "),
    { kind: "bold", inner: [text("negrito")] },
    text(" e "),
    { kind: "italic", inner: [text("itálico")] },
    text(" e "),
    { kind: "strike", inner: [text("riscado")] },
    text("."),
  ]);
  expect(tokenize("*_os dois_*")).toEqual([
    { kind: "bold", inner: [{ kind: "italic", inner: [text("os dois")] }] },
  ]);
});

test("inside code nothing else counts", () => {
  expect(tokenize("```a *b*\nc```")).toEqual([{ kind: "mono", text: "a *b*\nc", block: true }]);
  expect(tokenize("`_x_`")).toEqual([{ kind: "mono", text: "_x_", block: false }]);
});

test("a link ends before the full stop and bracket of its sentence", () => {
  expect(tokenize("veja https://a.example/b_c_d?x=1.")).toEqual([
    text("veja "),
    { kind: "link", text: "https://a.example/b_c_d?x=1", href: "https://a.example/b_c_d?x=1" },
    text("."),
  ]);
  expect(tokenize("(https://a.example)")[1]).toMatchObject({ href: "https://a.example" });
});

test("only http links are links", () => {
  expect(tokenize("javascript:alert(1)")).toEqual([text("javascript:alert(1)")]);
});
