import type { Token, Tokens } from "marked";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { blocksOf, isHarmless, readable } from "../core/markdown";

/**
 * Markdown, drawn element by element: what is not drawn here is shown as it was written. No HTML is made of
 * it, so there is none to clean, and a page whose policy forbids that (Trusted Types) can hold the chat.
 */
export function Words({ text, class: more = "" }: { text: string; class?: string }) {
  const blocks = useMemo(() => blocksOf(text), [text]);
  if (blocks.length === 0) return null;
  return <div class={`words ${more}`}>{blocks.map(draw)}</div>;
}

type Draw<Kind> = (token: Kind) => ComponentChildren;

const inside = ({ tokens }: { tokens?: Token[] }): ComponentChildren => (tokens ?? []).map(draw);
const said = ({ text }: { text: string }): ComponentChildren => readable(text);

const BLOCKS = {
  space: () => null,
  hr: () => <hr />,
  paragraph: (token: Tokens.Paragraph) => <p>{inside(token)}</p>,
  // A heading would break the page's own outline: a strong line says the same.
  heading: (token: Tokens.Heading) => (
    <p>
      <strong>{inside(token)}</strong>
    </p>
  ),
  blockquote: (token: Tokens.Blockquote) => <blockquote>{inside(token)}</blockquote>,
  code: (token: Tokens.Code) => (
    <p class="plain">
      <code>{token.text}</code>
    </p>
  ),
  list: ({ ordered, start, items }: Tokens.List) =>
    ordered ? <ol start={start || 1}>{items.map(item)}</ol> : <ul>{items.map(item)}</ul>,
  table: ({ header, rows }: Tokens.Table) => (
    <table>
      <thead>
        <tr>
          {header.map((cell) => (
            <th scope="col">{inside(cell)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell) => (
              <td>{inside(cell)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  ),
};

const SPANS = {
  text: (token: Tokens.Text) => (token.tokens ? inside(token) : said(token)),
  escape: said,
  strong: (token: Tokens.Strong) => <strong>{inside(token)}</strong>,
  em: (token: Tokens.Em) => <em>{inside(token)}</em>,
  del: (token: Tokens.Del) => <del>{inside(token)}</del>,
  codespan: (token: Tokens.Codespan) => <code>{token.text}</code>,
  br: () => <br />,
  link: (token: Tokens.Link) =>
    isHarmless(token.href) ? (
      <a href={token.href} target="_blank" rel="noopener noreferrer">
        {inside(token)}
      </a>
    ) : (
      inside(token)
    ),
  image: said,
};

const DRAWN = { ...BLOCKS, ...SPANS } as unknown as Record<string, Draw<Token> | undefined>;

function draw(token: Token): ComponentChildren {
  const how = DRAWN[token.type];
  return how ? how(token) : token.raw;
}

const item = (token: Tokens.ListItem) => <li>{inside(token)}</li>;
