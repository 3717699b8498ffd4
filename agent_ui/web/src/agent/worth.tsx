/** What this customer has with us: what was promised and is due, what is open, what they bought. Only what there is takes place. */

import { HandHeart, type LucideIcon, ShoppingBag, Ticket } from 'lucide-react';
import type { ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { now } from '../clock';
import { clip } from '../format';
import { useT, useWord } from '../i18n';
import type { PopContact, PopOrder, PopPromise, PopTicket } from '../protocol';
import { useAgentName } from '../queries';
import { Badge, When } from '../ui/parts';
import s from './call-card.module.css';

export function Worth({ contact }: { contact: PopContact }) {
  const t = useT();
  const { promises = [], tickets = [], orders = [], owns = [] } = contact;
  if (!promises.length && !tickets.length && !orders.length && !owns.length) return null;
  return (
    <div className={s.worth}>
      {promises.length > 0 && (
        <Part icon={HandHeart} title={t('pop.promises')}>
          {promises.map(each => (
            <Promised key={each.id} promise={each} />
          ))}
        </Part>
      )}
      {tickets.length > 0 && (
        <Part icon={Ticket} title={t('pop.tickets')}>
          {tickets.map(each => (
            <Open key={each.id} ticket={each} />
          ))}
          {contact.open_tickets > tickets.length && (
            <li className={s.worthMore}>
              {t('waiting.more', { count: contact.open_tickets - tickets.length })}
            </li>
          )}
        </Part>
      )}
      {(orders.length > 0 || owns.length > 0) && (
        <Part icon={ShoppingBag} title={t('pop.orders')}>
          {owns.length > 0 && (
            <li className={s.owns} title={t('pop.owns')}>
              <span className="for-ears">{t('pop.owns')}</span>
              {owns.map(each => (
                <span key={each}>
                  <bdi>{clip(each, 40).shown}</bdi>
                </span>
              ))}
            </li>
          )}
          {orders.map(each => (
            <Bought key={each.id} order={each} />
          ))}
        </Part>
      )}
    </div>
  );
}

/** Ends a line rather than beginning one. */
const DOT = '\u00a0· ';

function Part({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children: ReactNode }) {
  return (
    <section>
      <h3>
        <Icon size={15} aria-hidden="true" />
        {title}
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

function Promised({ promise }: { promise: PopPromise }) {
  const t = useT();
  const nameOf = useAgentName();
  const late = Date.parse(promise.due_at) < now();
  return (
    <li>
      <bdi>{clip(promise.text, 140).shown}</bdi>
      <small>
        {late && <Badge look="danger">{t('pop.late')}</Badge>}
        <span>
          <When at={promise.due_at} />
          {DOT}
          <bdi>{nameOf(promise.promised_by)}</bdi>
        </span>
      </small>
    </li>
  );
}

function Open({ ticket }: { ticket: PopTicket }) {
  const word = useWord();
  const urgent = ticket.priority === 'urgent' || ticket.priority === 'high';
  return (
    <li>
      <bdi>{clip(ticket.subject, 100).shown}</bdi>
      <small>
        {urgent && <Badge look="danger">{word('ticket.priority', ticket.priority)}</Badge>}
        <span>
          {word('ticket.kind', ticket.kind)}
          {ticket.due_at && (
            <>
              {DOT}
              <When at={ticket.due_at} brief />
            </>
          )}
        </span>
      </small>
    </li>
  );
}

function Bought({ order }: { order: PopOrder }) {
  const intl = useIntl();
  const word = useWord();
  return (
    <li>
      <bdi>{clip(order.what, 100).shown}</bdi>
      <small>
        <span>
          <When at={order.at} brief />
          {DOT}
          <span className="digits">{money(intl.formatNumber, order)}</span>
          {DOT}
          {word('order.status', order.status)}
        </span>
      </small>
    </li>
  );
}

/** A currency that no browser knows is shown beside the sum as it is. */
function money(format: (value: number, options?: object) => string, { total, currency }: PopOrder): string {
  return /^[A-Z]{3}$/.test(currency)
    ? format(total, { style: 'currency', currency })
    : `${format(total)} ${clip(currency, 5).shown}`;
}
