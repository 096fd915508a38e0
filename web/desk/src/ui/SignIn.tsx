import { Alert, Button, Form, Input, type InputRef } from "antd";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../core/api";
import { wordsOf } from "../core/words";
import { texts } from "../texts";
import { useDesk, useDeskState } from "./context";

const t = texts.signIn;

interface Fields {
  username: string;
  password: string;
}

export function SignIn() {
  const desk = useDesk();
  const { expired, signedOut } = useDeskState();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const first = useRef<InputRef>(null);

  useEffect(() => first.current?.focus(), []);

  async function submit({ username, password }: Fields): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      await desk.signIn(username.trim(), password);
    } catch (error) {
      setProblem(wordsOf(asProblem(error)));
      setBusy(false);
    }
  }

  return (
    <main className="door">
      <div className="door-card">
        <h1>{t.heading}</h1>
        <p className="quiet">{t.lead}</p>
        {expired && <Alert type="warning" showIcon title={t.expired} description={t.otherPerson} />}
        {signedOut && !problem && <Alert type="info" showIcon title={t.signedOut} />}
        {problem && <Alert type="error" showIcon title={problem} role="alert" />}
        <Form<Fields> layout="vertical" requiredMark={false} onFinish={submit} className="door-form">
          <Form.Item
            name="username"
            label={t.username}
            rules={[{ required: true, whitespace: true, message: t.usernameMissing }]}
          >
            <Input
              ref={first}
              size="large"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
            />
          </Form.Item>
          <Form.Item
            name="password"
            label={t.password}
            rules={[{ required: true, message: t.passwordMissing }]}
          >
            <Input.Password size="large" autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" size="large" htmlType="submit" block loading={busy}>
            {t.submit}
          </Button>
        </Form>
        <p className="quiet small">{t.footer}</p>
      </div>
    </main>
  );
}
