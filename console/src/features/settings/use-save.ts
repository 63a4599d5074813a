// A change in the settings: shows that it is saved, re-reads what it touched.
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { toastDone } from "../../lib/problem";

export function useSave<Input, Output = unknown>(
  save: (input: Input) => Promise<Output>,
  touches: readonly QueryKey[],
  then?: (output: Output) => void,
) {
  const client = useQueryClient();
  const { t } = useTranslation();
  return useMutation({
    mutationFn: save,
    onSuccess: (output) => {
      for (const queryKey of touches) void client.invalidateQueries({ queryKey });
      if (then) then(output);
      else toastDone(t("common.saved"));
    },
  });
}
