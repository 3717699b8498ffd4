/** An article's text, taken apart into what is drawn: paragraphs, lists, headings. Text in, text out; nothing becomes markup. Pure. */

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'list'; numbered: boolean; items: string[] };

const BULLET = /^\s*[-*•]\s+/;
const NUMBER = /^\s*\d{1,3}[.)]\s+/;

export function blocksOf(body: string): Block[] {
  return body
    .replaceAll('\r\n', '\n')
    .split(/\n\s*\n/)
    .flatMap(part => blocksIn(part.split('\n').filter(line => line.trim())));
}

function blocksIn(lines: string[]): Block[] {
  const blocks: Block[] = [];
  for (const line of lines) {
    const sign = BULLET.test(line) ? BULLET : NUMBER.test(line) ? NUMBER : null;
    const last = blocks.at(-1);
    if (sign) {
      const item = line.replace(sign, '').trim();
      if (last?.kind === 'list' && last.numbered === (sign === NUMBER)) last.items.push(item);
      else blocks.push({ kind: 'list', numbered: sign === NUMBER, items: [item] });
    } else if (/^#{1,4}\s+/.test(line)) blocks.push({ kind: 'heading', text: line.replace(/^#+\s+/, '') });
    else if (last?.kind === 'text') last.text += `\n${line}`;
    else blocks.push({ kind: 'text', text: line });
  }
  return blocks;
}

/** The pieces of `text`, those that begin like a typed word marked. */
export function marked(text: string, typed: string): { text: string; hit: boolean }[] {
  const starts = fold(typed).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (!starts.length) return [{ text, hit: false }];
  return (text.match(/[\p{L}\p{N}]+|[^\p{L}\p{N}]+/gu) ?? []).map(piece => ({
    text: piece,
    hit: starts.some(start => fold(piece).startsWith(start)),
  }));
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
