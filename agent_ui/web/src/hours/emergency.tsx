/** The emergency message: one click switches it on, for some hours; one switches it off. */

import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Siren } from 'lucide-react';
import { api } from '../api';
import { useT } from '../i18n';
import { queries, useAgentName } from '../queries';
import { tell } from '../shell/notices';
import { ProblemLine, When } from '../ui/parts';
import ui from '../ui/ui.module.css';
import type { Calendar } from './api';
import s from './hours.module.css';

export function EmergencyLine({ calendar }: { calendar: Calendar }) {
  const t = useT();
  const nameOf = useAgentName();
  const { emergency } = calendar;
  const act = useMutation({
    mutationFn: () => api.emergency(calendar.name, emergency === null),
    onSuccess: saved => {
      queries.setQueryData(['calendar', saved.name], saved);
      for (const key of ['calendars', 'calendar-preview'])
        void queries.invalidateQueries({ queryKey: [key] });
      tell('done', t(saved.emergency ? 'hours.emergency.is_on' : 'hours.emergency.is_off'));
    },
  });
  return (
    <div className={s.alarm}>
      <span>
        {emergency ? (
          <>
            <strong>{t('hours.emergency.is_on')}</strong> <bdi>{nameOf(emergency.by)}</bdi> ·{' '}
            {t('hours.emergency.until')} <When at={emergency.until} />
          </>
        ) : (
          t('hours.emergency.more')
        )}
      </span>
      <Button
        variant={emergency ? 'filled' : 'default'}
        {...(emergency ? {} : { className: ui.grave ?? '' })}
        loading={act.isPending}
        leftSection={<Siren size={17} aria-hidden="true" />}
        onClick={() => act.mutate()}
      >
        {t(emergency ? 'hours.emergency.off' : 'hours.emergency.on')}
      </Button>
      {act.isError && <ProblemLine>{t('save.failed')}</ProblemLine>}
    </div>
  );
}
