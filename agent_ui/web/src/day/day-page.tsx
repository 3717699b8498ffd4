/** The agent's own day: what is due, how it went so far, beside the team, and the calls. */

import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { CalendarCheck, Check, Hand, ListChecks, type LucideIcon, PhoneForwarded, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { Link } from 'wouter';
import { RecentCalls } from '../agent/recent';
import { api, type Day, Problem, type Task } from '../api';
import { now, useSecond } from '../clock';
import { clip, clock } from '../format';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { queries, useResultWord } from '../queries';
import { tell } from '../shell/notices';
import { Badge, CardBox, Empty, Name, PhoneNumber, ProblemLine, When } from '../ui/parts';
import { isZone, ownZone, placeOf } from '../zones';
import { Bars, Beside, Ring } from './charts';
import s from './day.module.css';

const REFRESH = 60_000;

/** Midnight where the agent is: it is their day. */
function midnight(at: number): string {
  const day = new Date(at);
  day.setHours(0, 0, 0, 0);
  return day.toISOString();
}

function useDay() {
  const from = midnight(useSecond() * 1000);
  return useQuery({
    queryKey: ['day', from],
    queryFn: () => api.day(from),
    refetchInterval: REFRESH,
  });
}

export default function DayPage() {
  const t = useT();
  const login = usePicture(picture => picture.me.login);
  const { data: day, isError } = useDay();
  return (
    <div className={s.page}>
      <h1>{t('nav.day')}</h1>
      {isError && !day && <ProblemLine>{t('server.away')}</ProblemLine>}
      <div className={s.columns}>
        <div className={s.main}>
          <Tasks />
          {day && <Numbers day={day} />}
        </div>
        <aside className={s.aside}>
          {day && <Time day={day} />}
          {day && <Results day={day} />}
          <RecentCalls login={login} />
        </aside>
      </div>
    </div>
  );
}

function Tasks() {
  const t = useT();
  const { data, isError, isPending } = useQuery({
    queryKey: ['tasks'],
    queryFn: () => api.tasks(),
    refetchInterval: REFRESH,
  });
  const items = data?.items ?? [];
  return (
    <CardBox
      title={t('day.tasks')}
      side={items.length > 0 && <Badge look="plain">{`${items.length}${data?.next ? '+' : ''}`}</Badge>}
    >
      {isError && <ProblemLine>{t('server.away')}</ProblemLine>}
      {!isPending && !isError && items.length === 0 && (
        <Empty icon={CalendarCheck}>{t('day.tasks.none')}</Empty>
      )}
      <ul className={s.tasks}>
        {items.map(task => (
          <TaskRow key={task.id} task={task} />
        ))}
      </ul>
    </CardBox>
  );
}

function TaskRow({ task }: { task: Task }) {
  const t = useT();
  const [done, setDone] = useState(false);
  const change = useMutation({
    mutationFn: (fields: Parameters<typeof api.changeTask>[1]) => api.changeTask(task.id, fields),
    onSuccess: (_, fields) => {
      if (fields.done !== undefined) setDone(fields.done);
      else void queries.invalidateQueries({ queryKey: ['tasks'] });
      void queries.invalidateQueries({ queryKey: ['day'] });
    },
    onError: problem => {
      const taken = problem instanceof Problem && problem.status === 409;
      tell('problem', t(taken ? 'day.taken' : 'save.failed'));
      void queries.invalidateQueries({ queryKey: ['tasks'] });
    },
  });
  const login = usePicture(picture => picture.me.login);
  const Icon: LucideIcon = task.kind === 'callback' ? PhoneForwarded : ListChecks;
  return (
    <li className={s.task} data-done={done || undefined}>
      <Tooltip label={t(done ? 'day.undo' : 'day.done')}>
        <ActionIcon
          variant="default"
          size={34}
          radius="xl"
          aria-label={t(done ? 'day.undo' : 'day.done')}
          loading={change.isPending}
          onClick={() => change.mutate({ done: !done })}
        >
          {done ? <Undo2 size={16} aria-hidden="true" /> : <Check size={17} aria-hidden="true" />}
        </ActionIcon>
      </Tooltip>
      <div className={s.taskWords}>
        <strong>
          <bdi>{clip(task.text, 200).shown}</bdi>
        </strong>
        <p>
          <span className={s.with}>
            <Icon size={14} aria-hidden="true" />
            {t(`step.${task.kind}`)}
          </span>
          {task.contact && task.contact_name && (
            <Link href={`/contacts/${encodeURIComponent(task.contact)}`}>
              <Name most={40}>{task.contact_name}</Name>
            </Link>
          )}
          {task.number && <PhoneNumber>{task.number}</PhoneNumber>}
        </p>
      </div>
      <Due task={task} />
      {task.owner === null && !done && (
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<Hand size={14} aria-hidden="true" />}
          onClick={() => change.mutate({ owner: login })}
        >
          {t('day.take')}
        </Button>
      )}
    </li>
  );
}

function Due({ task }: { task: Task }) {
  const t = useT();
  const intl = useIntl();
  const late = Date.parse(task.due_at) < now();
  const zone = isZone(task.time_zone) && task.time_zone !== ownZone() ? task.time_zone : null;
  return (
    <div className={s.due}>
      {late ? (
        <Badge look="danger">
          {t('pop.late')} · <When at={task.due_at} />
        </Badge>
      ) : (
        <When at={task.due_at} />
      )}
      {zone && (
        <small>
          {t('pop.their_time', {
            time: intl.formatDate(task.due_at, { timeZone: zone, hour: '2-digit', minute: '2-digit' }),
            place: placeOf(zone),
          })}
        </small>
      )}
    </div>
  );
}

function Numbers({ day }: { day: Day }) {
  const t = useT();
  const intl = useIntl();
  const { team } = day;
  const whole = (value: number) => intl.formatNumber(value, { maximumFractionDigits: 1 });
  return (
    <CardBox
      title={t('day.numbers')}
      side={<small className={s.dim}>{t('day.team_of', { count: team.agents })}</small>}
    >
      <div className={s.numbers}>
        <Beside title={t('day.answered')} mine={day.answered} team={team.answered} format={whole} />
        <Beside title={t('day.talk')} mine={day.talk_seconds} team={team.talk_seconds} format={clock} />
        <Beside
          title={t('day.average')}
          mine={day.average_talk_seconds}
          team={team.average_talk_seconds}
          format={clock}
        />
      </div>
      <dl className={s.small}>
        {(
          [
            ['day.missed', whole(day.missed)],
            ['day.placed', whole(day.placed)],
            ['day.hold', clock(day.hold_seconds)],
          ] as const
        ).map(([word, value]) => (
          <div key={word}>
            <dt>{t(word)}</dt>
            <dd className="digits">{value}</dd>
          </div>
        ))}
      </dl>
    </CardBox>
  );
}

function Time({ day }: { day: Day }) {
  const t = useT();
  const talk = day.talk_seconds;
  const parts = [
    { look: 'talking' as const, word: t('state.talking'), value: talk },
    { look: 'wrap_up' as const, word: t('state.wrap_up'), value: day.wrap_up_seconds },
    { look: 'ready' as const, word: t('day.waiting'), value: day.ready_seconds },
    { look: 'paused' as const, word: t('state.paused'), value: day.pause_seconds },
  ];
  return (
    <CardBox title={t('day.time')}>
      <Ring parts={parts} format={clock} nothing={t('day.time.none')} />
    </CardBox>
  );
}

function Results({ day }: { day: Day }) {
  const t = useT();
  const resultOf = useResultWord();
  const rows = Object.entries(day.dispositions)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 8)
    .map(([key, value]) => ({ word: resultOf(key), value }));
  if (!rows.length) return null;
  return (
    <CardBox title={t('day.results')}>
      <Bars rows={rows} />
    </CardBox>
  );
}
