import { Button } from '@mantine/core';
import { Plus, Rows3 } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { useAgentName, useMe } from '../queries';
import { CardBox, Empty, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';

const path = (name: string) => `/queues/${encodeURIComponent(name)}`;

/** The queues as they are now; each opens to what is set for it. */
export default function Queues() {
  const t = useT();
  const [, go] = useLocation();
  const { data: me } = useMe();
  const nameOf = useAgentName();
  const queues = usePicture(picture => picture.queues);
  const agents = usePicture(picture => picture.agents);
  const list = Object.values(queues).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.queues')}</h1>
        {me?.role === 'admin' && (
          <Button component={Link} href="/new-queue" leftSection={<Plus size={17} aria-hidden="true" />}>
            {t('queue.add')}
          </Button>
        )}
      </div>
      <CardBox>
        {list.length === 0 && <Empty icon={Rows3}>{t('queues.none')}</Empty>}
        {list.length > 0 && (
          <TableFrame label={t('nav.queues')}>
            <table className={ui.table}>
              <thead>
                <tr>
                  <th>{t('queue')}</th>
                  <th>{t('queue.mode')}</th>
                  <th className={ui.end}>{t('queue.target')}</th>
                  <th className={ui.end}>{t('queue.longest')}</th>
                  <th>{t('floor.serving')}</th>
                </tr>
              </thead>
              <tbody>
                {list.map(queue => (
                  <tr key={queue.name} data-opens onClick={() => go(path(queue.name))}>
                    <td>
                      <Link href={path(queue.name)} className={ui.link}>
                        <bdi>{queue.name}</bdi>
                      </Link>
                    </td>
                    <td>{t(`queue.${queue.mode}`)}</td>
                    <td className={`${ui.end} digits`}>{t('seconds', { count: queue.target_seconds })}</td>
                    <td className={`${ui.end} digits`}>{t('seconds', { count: queue.max_wait_seconds })}</td>
                    <td>
                      <bdi>
                        {Object.values(agents)
                          .filter(agent => agent.queues.includes(queue.name))
                          .map(agent => nameOf(agent.id))
                          .join(', ') || '–'}
                      </bdi>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
        )}
      </CardBox>
    </div>
  );
}
