import { Form, Input, Modal } from "antd";
import type { ReactNode } from "react";
import { texts } from "../../texts/knowledge";
import { useDeskPart } from "../../ui/context";
import { submitsForm } from "../../ui/submitsForm";
import { ProblemNote } from "../Parts";
import type { useDeed } from "./useDeed";

interface Props<Fields> {
  title: string;
  lead: string;
  submit: string;
  danger?: boolean;
  state: ReturnType<typeof useDeed>;
  initial?: Partial<Fields>;
  onClose(): void;
  onSubmit(fields: Fields): void;
  children?: ReactNode;
}

/** A dialog that does one thing: says what it means, asks what it needs, keeps it when refused. */
export function DeedDialog<Fields extends object>(props: Props<Fields>) {
  const [form] = Form.useForm<Fields>();
  const expired = useDeskPart((state) => state.expired);
  return (
    <Modal
      open={!expired}
      title={props.title}
      okText={props.submit}
      okButtonProps={{ danger: props.danger ?? false }}
      cancelText={texts.cancel}
      confirmLoading={props.state.busy}
      onOk={() => form.submit()}
      onCancel={props.onClose}
    >
      <p className="quiet">{props.lead}</p>
      <ProblemNote problem={props.state.problem} />
      <Form<Fields>
        form={form}
        name="deed"
        layout="vertical"
        requiredMark={false}
        initialValues={props.initial}
        onKeyDown={(event) => submitsForm(event) && form.submit()}
        onFinish={props.onSubmit}
      >
        {props.children}
      </Form>
    </Modal>
  );
}

export function NoteField() {
  return (
    <Form.Item name="note" label={texts.deeds.note}>
      <Input.TextArea maxLength={500} autoSize={{ minRows: 2, maxRows: 6 }} />
    </Form.Item>
  );
}
