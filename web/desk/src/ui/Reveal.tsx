import { EyeOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../core/api";
import { clock } from "../core/clock";
import { wordsOf } from "../core/words";
import { texts } from "../texts";
import { useDesk, useDeskPart, useNow } from "./context";

const t = texts.flow.reveal;
const SHOWN_MS = 60_000;

interface Props {
  /** The consultation in hand. */
  id: string;
  reference: string;
  label: string;
  words: string;
}

type Stage = { is: "closed" } | { is: "asking" } | { is: "shown"; value: string; until: number };

/** Shows a protected value in full, for a reason and for a minute; then it is gone from the page. */
export function Reveal({ id, reference, label, words }: Props) {
  const [stage, setStage] = useState<Stage>({ is: "closed" });
  const expired = useDeskPart((state) => state.expired);
  const opener = useRef<HTMLButtonElement>(null);

  // Whoever signs in next must not find it.
  useEffect(() => {
    if (expired) setStage({ is: "closed" });
  }, [expired]);
  const close = () => {
    setStage({ is: "closed" });
    requestAnimationFrame(() => opener.current?.focus());
  };

  if (stage.is === "shown") {
    return <Shown value={stage.value} until={stage.until} label={label} onHide={close} />;
  }
  if (stage.is === "asking") {
    const show = (value: string) => setStage({ is: "shown", value, until: clock.now() + SHOWN_MS });
    return <Ask id={id} reference={reference} label={label} onShown={show} onCancel={close} />;
  }
  return (
    <Button
      ref={opener}
      type="link"
      size="small"
      className="reveal-open"
      icon={<EyeOutlined aria-hidden="true" />}
      onClick={() => setStage({ is: "asking" })}
    >
      {words}
    </Button>
  );
}

interface AskProps {
  id: string;
  reference: string;
  label: string;
  onShown(value: string): void;
  onCancel(): void;
}

function Ask({ id, reference, label, onShown, onCancel }: AskProps) {
  const desk = useDesk();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(): Promise<void> {
    if (busy) return;
    if (!reason.trim()) {
      setProblem(t.reasonMissing);
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      onShown(await desk.api.reveal(id, reference, reason.trim()));
    } catch (error) {
      setProblem(wordsOf(asProblem(error)));
      setBusy(false);
    }
  }

  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // What it returns is a promise in newer browsers, which no effect may return.
    void form.current?.scrollIntoView({ block: "nearest" });
  }, []);

  return (
    <form
      ref={form}
      className="reveal"
      aria-label={t.about(label)}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <Input
        autoFocus
        size="small"
        aria-label={t.reason}
        placeholder={t.reasonHint}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="reveal-presets">
        {t.reasons.map((preset) => (
          <Button
            key={preset}
            size="small"
            aria-pressed={reason === preset}
            onClick={() => setReason(preset)}
          >
            {preset}
          </Button>
        ))}
      </div>
      <p className="quiet small">{t.note}</p>
      {problem && (
        <p className="late small" role="alert">
          {problem}
        </p>
      )}
      <div className="reveal-foot">
        <Button size="small" type="primary" htmlType="submit" loading={busy}>
          {t.submit}
        </Button>
        <Button size="small" onClick={onCancel}>
          {texts.actions.cancel}
        </Button>
      </div>
    </form>
  );
}

interface ShownProps {
  value: string;
  /** When (ms, core/clock) it is hidden. */
  until: number;
  label: string;
  onHide(): void;
}

function Shown({ value, until, label, onHide }: ShownProps) {
  const now = useNow(500);
  const left = until - now;
  const hide = useRef(onHide);
  useEffect(() => {
    hide.current = onHide;
  });
  useEffect(() => {
    const timer = setTimeout(() => hide.current(), Math.max(0, until - clock.now()));
    return () => clearTimeout(timer);
  }, [until]);
  return (
    <div className="reveal">
      <p className="reveal-value" role="status" aria-label={t.about(label)}>
        {value}
      </p>
      <div className="reveal-foot">
        <span className="quiet small" aria-hidden="true">
          {t.seconds(Math.max(0, Math.ceil(left / 1000)))}
        </span>
        <Button size="small" onClick={onHide}>
          {t.hide}
        </Button>
      </div>
    </div>
  );
}
