import { Button, Form, Input, type InputRef, Modal } from "antd";
import { useRef } from "react";
import type { Tier } from "../core/contract";
import type { Chat } from "../core/state";
import { texts } from "../texts";
import { useDesk, useDeskPart } from "./context";
import { submitsForm } from "./submitsForm";

const t = texts.transfer;

interface Fields {
  reason: string;
  summary: string;
}

interface Props {
  chat: Chat;
  open: boolean;
  onDone(): void;
}

/** Passes a consultation to the other tier, with a reason and what is known so far. */
export function TransferDialog({ chat, open, onDone }: Props) {
  const desk = useDesk();
  const expired = useDeskPart((state) => state.expired);
  const [form] = Form.useForm<Fields>();
  const first = useRef<InputRef>(null);
  const reason = Form.useWatch("reason", form);
  const to: Tier = chat.detail.tier === "officer" ? "expert" : "officer";
  const tier = texts.tiers[to];
  const id = chat.detail.consultation_id;

  return (
    <Modal
      title={t.title(tier)}
      open={open}
      onCancel={onDone}
      onOk={() => form.submit()}
      okText={t.submit(tier)}
      cancelText={texts.actions.cancel}
      afterOpenChange={(now) => now && first.current?.focus()}
      // Behind the sign-in screen what was written waits.
      afterClose={() => !expired && form.resetFields()}
      forceRender
    >
      <p className="quiet">{t.lead}</p>
      <Form<Fields>
        form={form}
        name="transfer"
        layout="vertical"
        requiredMark={false}
        onKeyDown={(event) => submitsForm(event) && form.submit()}
        onFinish={(fields) => {
          desk.transfer(id, to, fields.reason.trim(), fields.summary.trim());
          onDone();
        }}
      >
        <Form.Item
          name="reason"
          label={t.reason}
          rules={[{ required: true, whitespace: true, message: t.reasonMissing }]}
        >
          <Input ref={first} placeholder={t.reasonHint} maxLength={500} autoComplete="off" />
        </Form.Item>
        <div className="presets">
          {t.reasons[to].map((preset) => (
            <Button
              key={preset}
              size="small"
              aria-pressed={reason === preset}
              onClick={() => form.setFieldValue("reason", preset)}
            >
              {preset}
            </Button>
          ))}
        </div>
        <Form.Item
          name="summary"
          label={t.summary}
          rules={[{ required: true, whitespace: true, message: t.summaryMissing }]}
        >
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
