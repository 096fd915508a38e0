import { Alert, Form, Input, Modal, Radio } from "antd";
import { useRef, useState } from "react";
import { asProblem } from "../core/api";
import type { Result } from "../core/contract";
import type { Chat } from "../core/state";
import { wordsOf } from "../core/words";
import { texts } from "../texts";
import { useDesk, useDeskPart } from "./context";
import { submitsForm } from "./submitsForm";

const t = texts.close;
const RESULTS: readonly Result[] = ["solved", "unsolved", "ticket"];

interface Fields {
  result: Result;
  matter?: string;
  summary?: string;
}

interface Props {
  chat: Chat;
  open: boolean;
  onDone(): void;
}

/** Ends a consultation with its result; a refusal keeps what was written. */
export function CloseDialog({ chat, open, onDone }: Props) {
  const desk = useDesk();
  const expired = useDeskPart((state) => state.expired);
  const [form] = Form.useForm<Fields>();
  const results = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit({ result, matter, summary }: Fields): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await desk.close(chat.detail.consultation_id, {
        result,
        ...(matter?.trim() && { matter: matter.trim() }),
        ...(summary?.trim() && { summary: summary.trim() }),
      });
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
      onCancel={onDone}
      onOk={() => form.submit()}
      confirmLoading={busy}
      okText={t.submit}
      cancelText={texts.actions.cancel}
      afterOpenChange={(now) =>
        now && results.current?.querySelector<HTMLInputElement>("input:checked")?.focus()
      }
      afterClose={() => {
        // Behind the sign-in screen what was written waits.
        if (expired) return;
        form.resetFields();
        setProblem(null);
      }}
      forceRender
    >
      <p className="quiet">{t.lead}</p>
      {problem && <Alert type="error" showIcon title={problem} role="alert" className="dialog-alert" />}
      <Form<Fields>
        form={form}
        name="close"
        layout="vertical"
        requiredMark={false}
        onKeyDown={(event) => submitsForm(event) && form.submit()}
        onFinish={(fields) => void submit(fields)}
        initialValues={{ result: "solved" }}
      >
        <Form.Item name="result" label={t.result} rules={[{ required: true, message: t.resultMissing }]}>
          <Radio.Group ref={results} name="result" className="results">
            {RESULTS.map((result) => (
              <Radio key={result} value={result} id={result === "solved" ? "close_result" : undefined}>
                {t.results[result].label}
                <span className="quiet small">{t.results[result].hint}</span>
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        <Form.Item name="matter" label={t.matter}>
          <Input placeholder={t.matterHint} maxLength={200} autoComplete="off" />
        </Form.Item>
        <Form.Item name="summary" label={t.summary}>
          <Input.TextArea
            placeholder={t.summaryHint}
            maxLength={2000}
            autoSize={{ minRows: 3, maxRows: 8 }}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
