// The unsent words of one conversation, kept in this browser until sent.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keepUnder } from "../../../lib/keep";
import { useMe } from "../../../lib/session";

export interface Reply {
  id: string;
  text: string;
}

interface Words {
  text: string;
  note: boolean;
  reply: Reply | null;
}

export interface Draft extends Words {
  setText: (text: string) => void;
  setNote: (note: boolean) => void;
  setReply: (reply: Reply | null) => void;
  clear: () => void;
}

const nothing: Words = { text: "", note: false, reply: null };
const SAVE_MS = 300;

export function useDraft(conversationId: string): Draft {
  const { user } = useMe();
  const kept = useMemo(() => keepUnder(user.id, "draft"), [user.id]);
  const [words, setWords] = useState<Words>(nothing);
  const touched = useRef(false);

  useEffect(() => {
    let gone = false;
    void kept.get<Words>(conversationId).then((found) => {
      if (found && !gone && !touched.current) setWords(found);
    });
    return () => {
      gone = true;
    };
  }, [kept, conversationId]);

  useEffect(() => {
    if (!touched.current) return;
    const save = () =>
      words.text || words.reply
        ? void kept.put(conversationId, words)
        : void kept.remove(conversationId);
    const timer = setTimeout(save, SAVE_MS);
    return () => {
      clearTimeout(timer);
      save(); // leaving the conversation must not lose the last keys
    };
  }, [kept, conversationId, words]);

  const change = useCallback((part: Partial<Words>) => {
    touched.current = true;
    setWords((old) => ({ ...old, ...part }));
  }, []);
  return {
    ...words,
    setText: useCallback((text: string) => change({ text }), [change]),
    setNote: useCallback((note: boolean) => change({ note }), [change]),
    setReply: useCallback((reply: Reply | null) => change({ reply }), [change]),
    clear: useCallback(() => change({ text: "", reply: null }), [change]),
  };
}
