// A view that failed to load, and an address that does not exist.
import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { CompassIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Empty } from "../components/empty";
import { ProblemNotice } from "../components/problem-notice";

export function RouteProblem({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <main style={{ maxWidth: 480, margin: "10vh auto", padding: 16 }}>
      <h1 style={{ fontSize: 22 }}>{t("problem.title")}</h1>
      <ProblemNotice error={error} action={<Button onClick={again}>{t("common.retry")}</Button>} />
    </main>
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main>
      <h1 style={{ position: "absolute", clipPath: "inset(50%)" }}>Konectus</h1>
      <Empty
        icon={CompassIcon}
        title={t("problem.noPage")}
        action={
          <Button component={Link} to="/c" variant="default">
            {t("nav.inbox")}
          </Button>
        }
      />
    </main>
  );
}
