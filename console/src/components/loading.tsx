// Nothing for the first 150 ms, then skeletons in the shape of rows.
import { Skeleton } from "@mantine/core";
import { useEffect, useState } from "react";

export function RowsLoading({ rows = 6, height = 44 }: { rows?: number; height?: number }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div aria-hidden style={{ display: "grid", gap: 8, padding: 12 }}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders
        <Skeleton key={index} height={height} radius={8} />
      ))}
    </div>
  );
}
