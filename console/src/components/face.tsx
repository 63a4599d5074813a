// Initials in a circle. Decoration only: the name stands beside it.
import { UserRound } from "lucide-react";
import classes from "./face.module.css";

export function initials(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}|\p{N}/u.test(word));
  if (!words.some((word) => /\p{L}/u.test(word))) return ""; // a phone number has no initials
  const first = words[0]?.match(/[\p{L}\p{N}]/u)?.[0] ?? "?";
  const last = words.length > 1 ? (words.at(-1)?.match(/[\p{L}\p{N}]/u)?.[0] ?? "") : "";
  return (first + last).toUpperCase();
}

export function Face({ name, size = 36 }: { name: string; size?: number }) {
  const letters = initials(name);
  return (
    <span
      className={classes.face}
      style={{ width: size, height: size, fontSize: size * 0.36 }}
      aria-hidden
    >
      {letters || <UserRound size={size * 0.5} />}
    </span>
  );
}
