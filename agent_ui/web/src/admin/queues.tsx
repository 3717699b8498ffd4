import { Rows3 } from 'lucide-react';
import { useT } from '../i18n';
import { usePicture } from '../live';
import { useAgentName } from '../queries';
import { CardBox, Empty, TableFrame } from '../ui/parts';
import ui from '../ui/ui.module.css';

/** The queues as they are now; what they should be is written with `helin apply`. */
export default function Queues() {
  const t = useT();
  const nameOf = useAgentName();
  const queues = usePicture(picture => picture.queues);
  const agents = usePicture(picture => picture.agents);
  const list = Object.values(queues).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <div className={ui.page}>
      <div className={ui.title}>
        <h1>{t('nav.queues')}</h1>
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
                  <tr key={queue.name}>
                    <td>
                      <bdi>
                        <strong>{queue.name}</strong>
                      </bdi>
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
      <p className={ui.dim}>{t('queues.how')}</p>
    </div>
  );
}
