// The channels' light formatting as tokens: *bold* _italic_ ~strike~ ```mono``` `code` and links.
// Never HTML: what a customer writes is text.
export type Token =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mono"; text: string; block: boolean }
  | { kind: "bold" | "italic" | "strike"; inner: Token[] };

const EDGE_BEFORE = String.raw`(?<![\p{L}\p{N}])`;
const EDGE_AFTER = String.raw`(?![\p{L}\p{N}])`;
const span = (mark: string) =>
  `${EDGE_BEFORE}${mark}(?![\\s${mark}])([^\\n]*?[^\\s${mark}])${mark}${EDGE_AFTER}`;

const PATTERN = new RegExp(
  [
    "```([\\s\\S]+?)```",
    "`([^`\\n]+)`",
    String.raw`(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]'])`,
    span(String.raw`\*`),
    span("_"),
    span("~"),
  ].join("|"),
  "gu",
);

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  for (const found of text.matchAll(PATTERN)) {
    if (found.index > end) tokens.push({ kind: "text", text: text.slice(end, found.index) });
    tokens.push(tokenOf(found));
    end = found.index + found[0].length;
  }
  if (end < text.length) tokens.push({ kind: "text", text: text.slice(end) });
  return tokens;
}

function tokenOf([, block, code, href, bold, italic, strike]: RegExpMatchArray): Token {
  if (block !== undefined) return { kind: "mono", text: block, block: true };
  if (code !== undefined) return { kind: "mono", text: code, block: false };
  if (href !== undefined) return { kind: "link", text: href, href };
  if (bold !== undefined) return { kind: "bold", inner: tokenize(bold) };
  if (italic !== undefined) return { kind: "italic", inner: tokenize(italic) };
  return { kind: "strike", inner: tokenize(strike ?? "") };
}
