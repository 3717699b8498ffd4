/** A calendar as it is set up, beside it what that means. */

import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ArrowLeft, PhoneOff } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import admin from '../admin/admin.module.css';
import { whyNot } from '../admin/why-not';
import { api, Problem } from '../api';
import { type MessageId, useT } from '../i18n';
import { usePicture } from '../live';
import { queries } from '../queries';
import { tell } from '../shell/notices';
import { CardBox, Empty, ProblemLine } from '../ui/parts';
import { Sure } from '../ui/sure';
import ui from '../ui/ui.module.css';
import type { Calendar, CalendarFields } from './api';
import { EmergencyLine } from './emergency';
import { Exceptions } from './exceptions';
import { exceptionsOf, FRESH, hoursOf, rowsOf, shownTimes, timesOf, WEEKDAYS } from './fields';
import s from './hours.module.css';
import { PreviewCard } from './preview';

/** `name` null: a new one. */
export default function CalendarPage({ name }: { name: string | null }) {
  const t = useT();
  const { data, error } = useQuery({
    queryKey: ['calendar', name],
    queryFn: () => api.calendar(name ?? ''),
    enabled: name !== null,
    staleTime: 0,
  });
  const unset = error instanceof Problem && error.status === 404;
  return (
    <div className={ui.page}>
      <header>
        <Link href="/hours" className={admin.back}>
          <ArrowLeft size={16} aria-hidden="true" />
          {t('nav.hours')}
        </Link>
        <div className={ui.title}>
          <h1>{name === null ? t('hours.add') : <bdi>{name}</bdi>}</h1>
        </div>
      </header>
      {error && !data && <Empty icon={PhoneOff}>{t(unset ? 'hours.gone' : 'server.away')}</Empty>}
      {(name === null || data) && <CalendarForm name={name} calendar={data ?? null} />}
    </div>
  );
}

function fieldsOf(calendar: Calendar | null): CalendarFields {
  if (!calendar) return FRESH;
  const { name: _, version: __, emergency: ___, now: ____, warnings: _____, ...fields } = calendar;
  return fields;
}

type Words = 'closed_sound' | 'holiday_sound' | 'late_sound' | 'emergency_sound';

function CalendarForm({ name, calendar }: { name: string | null; calendar: Calendar | null }) {
  const t = useT();
  const [, go] = useLocation();
  const [called, call] = useState(name ?? '');
  const [version, setVersion] = useState(calendar?.version);
  const [fields, setFields] = useState(() => fieldsOf(calendar));
  const [days, setDays] = useState<Record<string, string>>(() =>
    Object.fromEntries(WEEKDAYS.map(day => [day, shownTimes(fields.hours[day])])),
  );
  const [onHolidays, setOnHolidays] = useState(() => shownTimes(fields.on_holidays));
  const [rows, setRows] = useState(() => rowsOf(fields.exceptions));
  const known = usePicture(picture => picture.queues);
  const queues = [...new Set([...Object.keys(known), ...fields.queues])].sort();
  const set = (part: Partial<CalendarFields>) => setFields(had => ({ ...had, ...part }));
  const meant: CalendarFields = {
    ...fields,
    hours: hoursOf(days),
    on_holidays: timesOf(onHolidays),
    exceptions: exceptionsOf(rows),
  };
  const [shown] = useDebouncedValue(meant, 300);
  const save = useMutation({
    mutationFn: () =>
      name === null
        ? api.addCalendar({ ...meant, name: called.trim() })
        : api.putCalendar(name, { ...meant, ...(version ? { version } : {}) }),
    onSuccess: saved => {
      setVersion(saved.version);
      queries.setQueryData(['calendar', saved.name], saved);
      void queries.invalidateQueries({ queryKey: ['calendars'] });
      tell('done', t('hours.saved', { name: saved.name }));
      if (name === null) go(`/hours/${encodeURIComponent(saved.name)}`, { replace: true });
    },
  });
  const remove = useMutation({
    mutationFn: () => api.removeCalendar(name ?? ''),
    onSuccess: () => {
      queries.removeQueries({ queryKey: ['calendar', name] });
      void queries.invalidateQueries({ queryKey: ['calendars'] });
      go('/hours');
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    save.mutate();
  }

  const sound = (field: Words) => (
    <TextInput
      label={t(`hours.${field}`)}
      placeholder={`helin/${field.replace('_sound', '')}`}
      value={fields[field]}
      maxLength={80}
      autoComplete="off"
      onChange={event => set({ [field]: event.currentTarget.value.trim() })}
    />
  );
  const queue = (field: 'closed_queue' | 'overflow_queue', none: MessageId) => (
    <TextInput
      label={t(`hours.${field}`)}
      placeholder={t(none)}
      list="queues"
      value={fields[field]}
      maxLength={128}
      autoComplete="off"
      onChange={event => set({ [field]: event.currentTarget.value.trim() })}
    />
  );
  const whole = (field: 'closing_minutes' | 'overflow_after_seconds', most: number) => (
    <TextInput
      type="number"
      min={0}
      max={most}
      label={t(`hours.${field}`)}
      value={fields[field]}
      onChange={event => set({ [field]: Math.trunc(Number(event.currentTarget.value)) })}
    />
  );
  return (
    <div className={admin.beside}>
      <CardBox label={t('hours.settings')}>
        {calendar && <EmergencyLine calendar={calendar} />}
        <form onSubmit={submit} className={admin.sheet}>
          {name === null && (
            <TextInput
              label={t('hours.name')}
              value={called}
              onChange={event => call(event.currentTarget.value)}
              required
              withAsterisk={false}
              maxLength={80}
              autoComplete="off"
              data-autofocus
            />
          )}
          {calendar && calendar.warnings.length > 0 && (
            <ul className={s.warned}>
              {calendar.warnings.map(each => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          )}
          <fieldset className={admin.group}>
            <legend>{t('nav.queues')}</legend>
            {queues.length === 0 && <p className={admin.hint}>{t('queues.none')}</p>}
            <div className={admin.boxes}>
              {queues.map(each => (
                <label key={each}>
                  <input
                    type="checkbox"
                    checked={fields.queues.includes(each)}
                    onChange={event =>
                      set({
                        queues: event.currentTarget.checked
                          ? [...fields.queues, each].sort()
                          : fields.queues.filter(one => one !== each),
                      })
                    }
                  />
                  <bdi>{each}</bdi>
                </label>
              ))}
            </div>
          </fieldset>
          <TextInput
            label={t('hours.time_zone')}
            value={fields.time_zone}
            list="zones"
            required
            withAsterisk={false}
            maxLength={40}
            autoComplete="off"
            onChange={event => set({ time_zone: event.currentTarget.value.trim() })}
          />
          <fieldset className={admin.group}>
            <legend>{t('hours.week')}</legend>
            <p className={admin.hint}>{t('hours.week.more')}</p>
            <div className={s.week}>
              {WEEKDAYS.map(day => (
                <label key={day}>
                  <span>{t(`hours.${day}`)}</span>
                  <input
                    value={days[day]}
                    placeholder={t('hours.shut')}
                    maxLength={200}
                    autoComplete="off"
                    onChange={event => setDays({ ...days, [day]: event.currentTarget.value })}
                  />
                </label>
              ))}
            </div>
          </fieldset>
          <div className={admin.pair}>
            <TextInput
              label={t('hours.country')}
              placeholder="EE"
              value={fields.country}
              list="countries"
              maxLength={2}
              autoComplete="off"
              onChange={event => set({ country: event.currentTarget.value.trim().toUpperCase() })}
            />
            <TextInput
              label={t('hours.region')}
              value={fields.region}
              disabled={!fields.country}
              maxLength={40}
              autoComplete="off"
              onChange={event => set({ region: event.currentTarget.value.trim() })}
            />
          </div>
          <TextInput
            label={t('hours.on_holidays')}
            placeholder={t('hours.shut')}
            value={onHolidays}
            disabled={!fields.country}
            maxLength={200}
            autoComplete="off"
            onChange={event => setOnHolidays(event.currentTarget.value)}
          />
          <Exceptions rows={rows} change={setRows} />
          <div className={admin.pair}>
            {sound('closed_sound')}
            {sound('holiday_sound')}
          </div>
          {queue('closed_queue', 'hours.closed_queue.none')}
          <div className={admin.pair}>
            {whole('closing_minutes', 240)}
            {sound('late_sound')}
          </div>
          <div className={admin.pair}>
            {queue('overflow_queue', 'hours.overflow_queue.none')}
            {whole('overflow_after_seconds', 86_400)}
          </div>
          <Switch
            label={t('hours.overflow_when_alone')}
            checked={fields.overflow_when_alone}
            onChange={event => set({ overflow_when_alone: event.currentTarget.checked })}
          />
          <div className={admin.pair}>
            {sound('emergency_sound')}
            <NativeSelect
              label={t('hours.emergency_then')}
              value={fields.emergency_then}
              onChange={event =>
                set({ emergency_then: event.currentTarget.value === 'wait' ? 'wait' : 'hang_up' })
              }
              data={(['hang_up', 'wait'] as const).map(value => ({
                value,
                label: t(`hours.emergency_then.${value}`),
              }))}
            />
          </div>
          {save.isError && <ProblemLine>{whyNot(save.error, t)}</ProblemLine>}
          <div className={admin.buttons}>
            <Button type="submit" loading={save.isPending}>
              {t('save')}
            </Button>
            {calendar && (
              <Sure
                label={t('hours.remove')}
                question={t('hours.remove.sure')}
                busy={remove.isPending}
                act={() => remove.mutate()}
              />
            )}
          </div>
          {remove.isError && <ProblemLine>{t('save.failed')}</ProblemLine>}
          <Choices queues={queues} />
        </form>
      </CardBox>
      <PreviewCard name={name ?? called} fields={shown} />
    </div>
  );
}

/** What the fields suggest. */
function Choices({ queues }: { queues: string[] }) {
  const { data } = useQuery({
    queryKey: ['holiday-countries'],
    queryFn: api.holidayCountries,
    staleTime: Infinity,
  });
  return (
    <>
      <datalist id="queues">
        {queues.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <datalist id="zones">
        {Intl.supportedValuesOf('timeZone').map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <datalist id="countries">
        {data?.items.map(({ code }) => (
          <option key={code} value={code} />
        ))}
      </datalist>
    </>
  );
}
