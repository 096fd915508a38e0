import { Alert, Button, Input, type InputRef, Modal, Radio } from "antd";
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem } from "../core/api";
import type { FlowContext, FlowOut } from "../core/contract";
import { matching } from "../core/flow";
import type { Chat } from "../core/state";
import { wordsOf } from "../core/words";
import { texts } from "../texts";
import { useDesk } from "./context";
import { submitsForm } from "./submitsForm";
import { COMPOSER } from "./useCommands";

const t = texts.flow.send;

interface Props {
  chat: Chat;
  open: boolean;
  onDone(): void;
}

/** Sends the taxpayer a guided flow: found by a word, looked at, sent. */
export function FlowDialog({ chat, open, onDone }: Props) {
  const search = useRef<InputRef>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [chosen, setChosen] = useState<FlowOut | null>(null);
  const desk = useDesk();
  const standing = chat.detail.context.flow ?? null;
  const blocked = standing?.state === "active" ? t.busy(standing.title) : null;
  const ready = chosen !== null && blocked === null;

  async function submit(): Promise<void> {
    if (!ready || busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await desk.sendFlow(chat.detail.consultation_id, chosen.flow_id, chosen.title);
      onDone();
    } catch (error) {
      setProblem(wordsOf(asProblem(error)));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Modal
      title={t.title}
      open={open}
      width={720}
      onCancel={onDone}
      onOk={() => void submit()}
      confirmLoading={busy}
      okText={t.submit}
      okButtonProps={{ disabled: !ready }}
      cancelText={texts.actions.cancel}
      afterOpenChange={(now) => (now ? search.current : document.getElementById(COMPOSER))?.focus()}
      afterClose={() => {
        setProblem(null);
        setChosen(null);
      }}
      destroyOnHidden
    >
      <p className="quiet">{t.lead}</p>
      {(blocked ?? problem) && (
        <Alert
          type={problem ? "error" : "warning"}
          showIcon
          title={problem ?? blocked}
          role="alert"
          className="dialog-alert"
        />
      )}
      <Catalogue
        search={search}
        chosen={chosen}
        standing={standing}
        onChoose={setChosen}
        onSubmit={() => void submit()}
      />
    </Modal>
  );
}

interface CatalogueProps {
  search: React.Ref<InputRef>;
  chosen: FlowOut | null;
  standing: FlowContext | null;
  onChoose(flow: FlowOut): void;
  onSubmit(): void;
}

function Catalogue({ search, chosen, standing, onChoose, onSubmit }: CatalogueProps) {
  const { flows, failed, again } = useFlows();
  const [words, setWords] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const found = matching(flows ?? [], words);

  /** From the search into the list: the first that was found is taken. */
  function enterList(): void {
    const first = found[0];
    if (!first) return;
    onChoose(first);
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>("input:checked")?.focus());
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl+Enter sends from any field in it
    <div className="flows" onKeyDown={(event) => submitsForm(event) && onSubmit()}>
      <div className="flows-left">
        <Input
          ref={search}
          type="search"
          aria-label={t.search}
          placeholder={t.searchHint}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing || submitsForm(event)) return;
            if (event.key !== "Enter" && event.key !== "ArrowDown") return;
            event.preventDefault();
            enterList();
          }}
        />
        <div className="flows-list" ref={list}>
          {flows === null ? (
            <div role="status">
              <p className="quiet">{failed ? t.failed : t.loading}</p>
              {failed && <Button onClick={again}>{texts.chat.again}</Button>}
            </div>
          ) : found.length === 0 ? (
            <p className="quiet" role="status">
              {flows.length === 0 ? t.none : t.noMatch}
            </p>
          ) : (
            <Radio.Group
              name="flow"
              aria-label={t.list}
              value={chosen?.flow_id}
              onChange={(event) => {
                const flow = found.find((each) => each.flow_id === event.target.value);
                if (flow) onChoose(flow);
              }}
            >
              {found.map((flow) => (
                <Radio key={flow.flow_id} value={flow.flow_id}>
                  {flow.title} <span className="quiet small">{flow.flow_id}</span>
                </Radio>
              ))}
            </Radio.Group>
          )}
        </div>
      </div>
      <Preview flow={chosen} standing={standing} />
    </div>
  );
}

function Preview({ flow, standing }: { flow: FlowOut | null; standing: FlowContext | null }) {
  if (!flow) return <p className="flows-preview quiet">{t.choose}</p>;
  const unfinished = standing?.flow_id === flow.flow_id && ["paused", "with_person"].includes(standing.state);
  return (
    <section className="flows-preview" aria-live="polite">
      <h3>{flow.title}</h3>
      <p className="quiet small">
        {flow.flow_id} · {t.minutes(flow.minutes)}
      </p>
      <p>{flow.about}</p>
      {unfinished && <p className="soon">{t.goesOn}</p>}
    </section>
  );
}

function useFlows(): { flows: readonly FlowOut[] | null; failed: boolean; again(): void } {
  const desk = useDesk();
  const [flows, setFlows] = useState<readonly FlowOut[] | null>(null);
  const [failed, setFailed] = useState(false);
  const again = useCallback(() => {
    setFailed(false);
    desk.api.flows().then(setFlows, (error: unknown) => {
      asProblem(error);
      setFailed(true);
    });
  }, [desk]);
  useEffect(again, [again]);
  return { flows, failed, again };
}
