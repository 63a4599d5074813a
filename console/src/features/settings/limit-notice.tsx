// A refusal; when the plan says no, the way to a larger plan stands beside it.
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { ProblemNotice } from "../../components/problem-notice";
import { ApiError } from "../../lib/http";

export function LimitNotice({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const byPlan = error instanceof ApiError && error.status === 402;
  return (
    <ProblemNotice
      error={error}
      action={
        byPlan ? (
          <Button
            component={Link}
            to="/settings/$section"
            params={{ section: "plan" } as never}
            variant="default"
          >
            {t("banner.seePlan")}
          </Button>
        ) : undefined
      }
    />
  );
}
