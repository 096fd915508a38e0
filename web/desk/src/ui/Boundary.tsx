import { Button } from "antd";
import { Component, type ReactNode } from "react";
import { texts as desk } from "../texts";
import { texts } from "../texts/broken";

interface Props {
  children: ReactNode;
  /** A way out to what is beside it, where that is not in sight. */
  onBack?: (() => void) | undefined;
}

interface State {
  fault: string | null;
}

/** Keeps a fault in what is inside from taking the rest of the page with it. A new `key` tries again. */
export class Boundary extends Component<Props, State> {
  override state: State = { fault: null };

  static getDerivedStateFromError(error: unknown): State {
    return { fault: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }

  override render() {
    const { fault } = this.state;
    if (fault === null) return this.props.children;
    return (
      <main>
        <section className="broken" role="alert">
          <h2>{texts.title}</h2>
          <p>{texts.saved}</p>
          {this.props.onBack && <Button onClick={this.props.onBack}>{desk.chat.back}</Button>}
          <Button type="primary" onClick={() => location.reload()}>
            {texts.reload}
          </Button>
          <p className="quiet small">{fault}</p>
        </section>
      </main>
    );
  }
}
