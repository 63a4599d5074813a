// Tokens of a message as React nodes.
import { memo, type ReactNode } from "react";
import { type Token, tokenize } from "../lib/tokens";

export const RichText = memo(function RichText({ text }: { text: string }) {
  return <>{tokenize(text).map(node)}</>;
});

function node(token: Token, index: number): ReactNode {
  switch (token.kind) {
    case "text":
      return token.text;
    case "link":
      return (
        <a key={index} href={token.href} target="_blank" rel="noopener noreferrer nofollow">
          {token.text}
        </a>
      );
    case "mono":
      return <code key={index}>{token.text}</code>;
    case "bold":
      return <strong key={index}>{token.inner.map(node)}</strong>;
    case "italic":
      return <em key={index}>{token.inner.map(node)}</em>;
    case "strike":
      return <s key={index}>{token.inner.map(node)}</s>;
  }
}
