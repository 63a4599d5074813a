import { expect, test } from "vitest";
import { customerName, phoneText } from "./person";

test("without a name the phone stands for it, and without a phone nothing is made up", () => {
  expect(customerName({ name: null, phone: "5511955550002" }, "?")).toBe("+55 11 95555-0002");
  expect(customerName({ name: " ", phone: null }, "?")).toBe("?");
});

test("a number given as a name is written as a number", () => {
  expect(customerName({ name: "5511955550002", phone: null }, "?")).toBe("+55 11 95555-0002");
  expect(customerName({ name: "Loja 24", phone: "5511955550002" }, "?")).toBe("Loja 24");
});

test("phones of other countries keep every digit", () => {
  expect(phoneText("+1 (415) 555-0100")).toBe("+14155550100");
  expect(phoneText("525512345678")).toBe("+52 55 1234 5678");
});
