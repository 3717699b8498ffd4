/**
 * Articles and standard answers beside the call: found while one types, put into the note with a key. The note stays as it is, and so does
 * what was looked for, while calls come and go.
 */

import { ActionIcon, Button, Skeleton } from '@mantine/core';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { ArrowLeft, BookOpenText, CornerDownLeft, Search, ThumbsDown, ThumbsUp, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { closeKnowledge, useKnowledge } from '../agent/knowledge';
import { type Article, api, type Found, Problem } from '../api';
import { useLanguage, useT } from '../i18n';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { useRest } from '../shell/rest';
import { useShortcuts } from '../shell/shortcuts';
import { Badge, Empty, Key, ProblemLine } from '../ui/parts';
import { blocksOf, marked } from './body';
import s from './knowledge.module.css';

export interface KnowledgeProps {
  /** Puts text into the note of the call that lies on the desk; undefined while there is none. */
  insert: ((text: string) => void) | undefined;
}

export default function KnowledgePanel({ insert }: KnowledgeProps) {
  const t = useT();
  const { reading } = useKnowledge();
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ i: () => field.current?.focus() });
  useEffect(() => {
    if (reading === null) field.current?.focus({ preventScroll: true });
  }, [reading]);

  function steer(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (reading) useKnowledge.setState({ reading: null });
    else closeKnowledge();
  }

  return (
    <section className={s.panel} aria-label={t('knowledge')} onKeyDown={steer}>
      <header className={s.head}>
        {reading && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('knowledge.back')}
            onClick={() => useKnowledge.setState({ reading: null })}
          >
            <ArrowLeft size={18} aria-hidden="true" />
          </ActionIcon>
        )}
        <h2>{t('knowledge')}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t('close')} onClick={closeKnowledge}>
          <X size={18} aria-hidden="true" />
        </ActionIcon>
      </header>
      {reading ? (
        <Reading key={reading} id={reading} insert={insert} />
      ) : (
        <Finding field={field} insert={insert} />
      )}
    </section>
  );
}

function useArticles(typed: string) {
  const language = useLanguage();
  const q = useRest(typed.trim());
  return useQuery({
    queryKey: ['articles', q, language],
    queryFn: () => api.articles(q, language),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}

async function articleOf(id: string): Promise<Article> {
  return queries.fetchQuery({ queryKey: ['article', id], queryFn: () => api.article(id), staleTime: 60_000 });
}

function Finding({ field, insert }: KnowledgeProps & { field: React.RefObject<HTMLInputElement | null> }) {
  const t = useT();
  const { typed } = useKnowledge();
  const [at, setAt] = useState(0);
  const { data, isError } = useArticles(typed);
  const found = data?.items ?? [];

  function read(item: Found | undefined): void {
    if (item) useKnowledge.setState({ reading: item.id });
  }

  async function put(item: Found | undefined): Promise<void> {
    if (!item || !insert) return;
    try {
      insert((await articleOf(item.id)).body);
      void api.usedArticle(item.id).catch(() => undefined);
    } catch {
      tell('problem', t('server.away'));
    }
  }

  function steer(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') setAt(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(at - 1, 0));
    else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void put(found[at]);
    else if (event.key === 'Enter') read(found[at]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <div className={s.field}>
        <Search size={17} aria-hidden="true" />
        <input
          ref={field}
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls="articles-found"
          aria-activedescendant={found[at] ? `article-${at}` : undefined}
          aria-label={t('knowledge.find')}
          placeholder={t('knowledge.find')}
          value={typed}
          maxLength={200}
          autoComplete="off"
          onChange={event => {
            useKnowledge.setState({ typed: event.currentTarget.value });
            setAt(0);
          }}
          onKeyDown={steer}
        />
      </div>
      <div id="articles-found" role="listbox" aria-label={t('knowledge.found')} className={s.found}>
        {found.map((item, index) => (
          // Keys are heard by the field above, which keeps the focus (the combobox pattern).
          // biome-ignore lint/a11y/useKeyWithClickEvents: see above
          <div
            key={item.id}
            id={`article-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onMouseMove={() => setAt(index)}
            onClick={() => read(item)}
          >
            <small className={s.section}>
              <bdi>{item.section}</bdi>
              {item.kind === 'answer' && <Badge look="ready">{t('knowledge.answer')}</Badge>}
            </small>
            <strong>
              <Marked text={item.title} typed={typed} />
            </strong>
            <p>
              <Marked text={item.excerpt} typed={typed} />
            </p>
          </div>
        ))}
      </div>
      {isError && <ProblemLine>{t('server.away')}</ProblemLine>}
      {data && found.length === 0 && (
        <Empty icon={BookOpenText}>{t(typed.trim() ? 'knowledge.none' : 'knowledge.empty')}</Empty>
      )}
      <p className={s.how}>
        <Key>↑</Key> <Key>↓</Key> {t('knowledge.choose')} · <Key>↵</Key> {t('knowledge.read')}
        {insert && (
          <>
            {' · '}
            <Key>Ctrl ↵</Key> {t('knowledge.insert')}
          </>
        )}
      </p>
    </>
  );
}

function Marked({ text, typed }: { text: string; typed: string }) {
  return (
    <bdi>
      {marked(text, typed).map((piece, index) =>
        piece.hit ? <mark key={index}>{piece.text}</mark> : piece.text,
      )}
    </bdi>
  );
}

function Reading({ id, insert }: KnowledgeProps & { id: string }) {
  const t = useT();
  const title = useRef<HTMLHeadingElement>(null);
  const { data, error } = useQuery({
    queryKey: ['article', id],
    queryFn: () => api.article(id),
    staleTime: 60_000,
    gcTime: 60_000,
  });
  const shown = data !== undefined;
  useEffect(() => {
    if (shown) title.current?.focus({ preventScroll: true });
  }, [shown]);
  useEffect(() => void api.usedArticle(id).catch(() => undefined), [id]);
  if (error)
    return (
      <ProblemLine>
        {t(error instanceof Problem && error.status === 404 ? 'knowledge.gone' : 'server.away')}
      </ProblemLine>
    );
  if (!data)
    return (
      <div className={s.body} aria-busy="true">
        <Skeleton height={22} width="70%" />
        <Skeleton height={90} mt={16} />
      </div>
    );
  return (
    <article className={s.body}>
      <small className={s.section}>
        <bdi>{data.section}</bdi>
        {data.kind === 'answer' && <Badge look="ready">{t('knowledge.answer')}</Badge>}
      </small>
      <h3 ref={title} tabIndex={-1}>
        <bdi>{data.title}</bdi>
      </h3>
      {insert && (
        <Button
          size="compact-md"
          leftSection={<CornerDownLeft size={15} aria-hidden="true" />}
          onClick={() => insert(data.body)}
        >
          {t('knowledge.insert')}
        </Button>
      )}
      <div className={s.text} dir="auto">
        {blocksOf(data.body).map((block, index) => {
          if (block.kind === 'heading') return <h4 key={index}>{block.text}</h4>;
          if (block.kind === 'text') return <p key={index}>{block.text}</p>;
          const List = block.numbered ? 'ol' : 'ul';
          return (
            <List key={index}>
              {block.items.map((item, place) => (
                <li key={place}>{item}</li>
              ))}
            </List>
          );
        })}
      </div>
      <Helped article={data} />
    </article>
  );
}

function Helped({ article }: { article: Article }) {
  const t = useT();
  const [voted, setVoted] = useState<boolean | null>(null);
  const vote = useMutation({
    mutationFn: (yes: boolean) => api.voteArticle(article.id, yes),
    onSuccess: (_, yes) => setVoted(yes),
    onError: () => tell('problem', t('save.failed')),
  });
  return (
    <footer className={s.helped}>
      <p role="status">{voted === null ? t('knowledge.helped') : t('knowledge.thanks')}</p>
      <Button
        size="compact-sm"
        variant="default"
        aria-pressed={voted === true}
        leftSection={<ThumbsUp size={14} aria-hidden="true" />}
        onClick={() => vote.mutate(true)}
      >
        {t('yes')}
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        aria-pressed={voted === false}
        leftSection={<ThumbsDown size={14} aria-hidden="true" />}
        onClick={() => vote.mutate(false)}
      >
        {t('no')}
      </Button>
    </footer>
  );
}
