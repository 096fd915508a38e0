import { Button } from "antd";
import { type FormEvent, useCallback, useState } from "react";
import type { Problem } from "../core/api";
import { texts as desk } from "../texts";
import { texts } from "../texts/knowledge";
import { Choose } from "./Choose";
import { useLoad, useTools } from "./context";
import type { Tried, Visibility } from "./core/contract";
import { problemOf, valueWords } from "./core/words";
import { TextField } from "./edit/Field";
import { PROFILE_VALUES } from "./edit/WhenField";
import { ProblemNote } from "./Parts";
import { TryResult } from "./TryResult";

const t = texts.try;

interface Asked {
  text: string;
  profile: Record<string, string>;
  asOf: string;
  region: string;
  visibility: Visibility;
  withDraft: boolean;
}

/** A question as some taxpayer asks it on some day; with an entry's draft as if that were published. */
export function TryScreen({ entryId }: { entryId: string | null }) {
  const { api } = useTools();
  const about = useLoad(useCallback(async () => (entryId ? api.entry(entryId) : null), [api, entryId]));
  const [asked, setAsked] = useState<Asked>({
    text: "",
    profile: {},
    asOf: "",
    region: "",
    visibility: "public",
    withDraft: true,
  });
  const [missing, setMissing] = useState(false);
  const [tried, setTried] = useState<Tried | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const draft = about.data?.work ? about.data : null;
  const set = (part: Partial<Asked>) => setAsked((now) => ({ ...now, ...part }));

  async function ask(event: FormEvent): Promise<void> {
    event.preventDefault();
    setMissing(!asked.text.trim());
    if (!asked.text.trim() || about.loading) return;
    setBusy(true);
    setProblem(null);
    try {
      const found = await api.tryOut({
        text: asked.text.trim(),
        profile: asked.profile,
        as_of: asked.asOf || null,
        region: asked.region.trim() || null,
        visibility: asked.visibility,
        ...(draft && asked.withDraft && { entry_id: draft.id, content: draft.content }),
      });
      setTried(found);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="kb-two kb-try">
      <form onSubmit={(event) => void ask(event)} aria-label={t.label}>
        <h2>{t.label}</h2>
        <p className="quiet">{t.lead}</p>
        <TextField
          label={t.question}
          value={asked.text}
          maxLength={2000}
          faults={missing ? [{ field: "text", path: "text", message: t.questionMissing }] : []}
          onChange={(text) => set({ text })}
        />
        {draft && (
          <label className="kb-check">
            <input
              type="checkbox"
              checked={asked.withDraft}
              onChange={(event) => set({ withDraft: event.target.checked })}
            />
            {t.withDraft(draft.id)}
          </label>
        )}
        <fieldset className="kb-when">
          <legend>{t.profile}</legend>
          {Object.entries(PROFILE_VALUES).map(([field, values]) => (
            <Choose
              key={field}
              label={desk.profile.fields[field] ?? field}
              value={asked.profile[field] ?? ""}
              options={[
                ["", t.unknown],
                ...values.map((value): [string, string] => [value, valueWords(value)]),
              ]}
              onChange={(value) => {
                const { [field]: _, ...others } = asked.profile;
                set({ profile: value ? { ...others, [field]: value } : others });
              }}
            />
          ))}
          <Choose
            label={t.visibility}
            value={asked.visibility}
            options={[
              ["public", t.audiences.public],
              ["staff", t.audiences.staff],
            ]}
            onChange={(value) => set({ visibility: value === "staff" ? "staff" : "public" })}
          />
        </fieldset>
        <div className="kb-scope">
          <TextField
            label={t.asOf}
            hint={t.asOfHint}
            type="date"
            value={asked.asOf}
            onChange={(asOf) => set({ asOf })}
          />
          <TextField
            label={t.region}
            hint={t.regionHint}
            value={asked.region}
            maxLength={50}
            onChange={(region) => set({ region })}
          />
        </div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={about.loading}>
          {t.submit}
        </Button>
        <ProblemNote problem={problem ?? about.problem} />
      </form>
      <div aria-live="polite" aria-busy={busy}>
        {tried && <TryResult tried={tried} />}
      </div>
    </div>
  );
}
