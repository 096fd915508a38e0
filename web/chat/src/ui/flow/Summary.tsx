import type { Flow, SummaryLine } from "../../core/contract";
import { useExtra } from "../late";
import { useAct } from "./FlowCard";

/** All that was answered, each line to be changed. */
export function Summary({ flow, lines }: { flow: Flow; lines: readonly SummaryLine[] }) {
  const { flow: words } = useExtra();
  const act = useAct(flow);
  return (
    <dl class="flow-summary">
      {lines.map(({ step, label, value }) => (
        <div class="flow-summary-line" key={step}>
          <dt>{label}</dt>
          <dd>
            <span class="plain">{value}</span>
            <button
              type="button"
              class="button button-small flow-change"
              aria-label={words.changeOf(label)}
              onClick={() => act("change", step)}
            >
              {words.change}
            </button>
          </dd>
        </div>
      ))}
    </dl>
  );
}
