// The terms as they are kept: paragraphs set in short lines, headings with "#", lists with "-".
export function TermsText({ text }: { text: string }) {
  const parts = text
    .split(/\n{2,}/)
    .flatMap((part) => part.split(/\n(?=[-#] ?)/))
    .map((part) => part.replace(/\s*\n\s*/g, " ").trim())
    .filter((part) => part !== "");
  return parts.map((part, index) => {
    const heading = /^#+ (.+)$/.exec(part)?.[1];
    const item = /^[-*] (.+)$/.exec(part)?.[1];
    const key = `${index}-${part.slice(0, 12)}`;
    if (heading) return <strong key={key}>{heading}</strong>;
    return <p key={key}>{item ? `• ${item}` : part}</p>;
  });
}
