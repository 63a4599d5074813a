// A label as the key that programs use: "Data de nascimento" → "data_de_nascimento".
export function keyFrom(label: string): string {
  const plain = label.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const key = plain.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "");
  return key.slice(0, 40).replace(/_+$/, "");
}
