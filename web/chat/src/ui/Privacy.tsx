import { useTexts } from "./context";
import { Sheet } from "./Sheet";

/** Who answers, what is used and kept, in full. */
export function Privacy({ close }: { close: () => void }) {
  const { privacy } = useTexts();
  return (
    <Sheet title={privacy.title} close={close}>
      {privacy.sections.map(({ title, lines }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      ))}
    </Sheet>
  );
}
