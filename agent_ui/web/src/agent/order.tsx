/** What the customer orders: lines of product, quantity and price, kept with the draft and taken with the wrap-up. */

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ShoppingBag, X } from 'lucide-react';
import { useId } from 'react';
import { useIntl } from 'react-intl';
import { ask } from '../api';
import { useT } from '../i18n';
import { centsOf, isBlank, MOST_ROWS, NEW_ROW, type OrderRow, totalOf } from './answers';
import s from './lead.module.css';

interface Product {
  product: string;
  price: number;
  currency: string;
}

interface Props {
  rows: OrderRow[];
  currency: string;
  change: (rows: OrderRow[]) => void;
}

export function Order({ rows, currency, change }: Props) {
  const t = useT();
  const intl = useIntl();
  const known = useId();
  const { data } = useQuery({
    queryKey: ['products'],
    queryFn: () => ask<{ items: Product[] }>('GET', '/products'),
    enabled: rows.length > 0,
    staleTime: 300_000,
  });
  const products = data?.items.filter(each => each.currency === currency) ?? [];
  const put = (at: number, part: Partial<OrderRow>) =>
    change(rows.map((row, index) => (index === at ? { ...row, ...part } : row)));

  function name(at: number, product: string): void {
    const last = products.find(each => each.product === product);
    put(at, { product, ...(last && !rows[at]?.price ? { price: last.price.toFixed(2) } : {}) });
  }

  return (
    <div className={s.order}>
      {rows.length > 0 && (
        <fieldset>
          <legend>{t('order')}</legend>
          <datalist id={known}>
            {products.map(each => (
              <option key={each.product} value={each.product} />
            ))}
          </datalist>
          {rows.map((row, at) => (
            <div key={at} className={s.row}>
              <TextInput
                label={t('order.product')}
                value={row.product}
                list={known}
                maxLength={200}
                autoComplete="off"
                dir="auto"
                error={!isBlank(row) && !row.product.trim() && t('order.product.needed')}
                onChange={event => name(at, event.currentTarget.value)}
              />
              <TextInput
                label={t('order.quantity')}
                value={row.quantity}
                inputMode="numeric"
                maxLength={6}
                error={!/^[1-9]\d{0,5}$/.test(row.quantity.trim()) && t('order.quantity.wrong')}
                onChange={event => put(at, { quantity: event.currentTarget.value })}
              />
              <TextInput
                label={t('order.price', { currency })}
                value={row.price}
                inputMode="decimal"
                maxLength={13}
                error={row.price.trim() !== '' && centsOf(row.price) === null && t('order.price.wrong')}
                onChange={event => put(at, { price: event.currentTarget.value })}
              />
              <ActionIcon
                variant="default"
                size={36}
                aria-label={t('order.remove', { n: at + 1 })}
                onClick={() => change(rows.filter((_, index) => index !== at))}
              >
                <X size={17} aria-hidden="true" />
              </ActionIcon>
            </div>
          ))}
        </fieldset>
      )}
      <div className={s.orderFoot}>
        <Button
          variant="default"
          size="compact-sm"
          disabled={rows.length >= MOST_ROWS}
          leftSection={<ShoppingBag size={16} aria-hidden="true" />}
          onClick={() => change([...rows, NEW_ROW])}
        >
          {t(rows.length ? 'order.add' : 'order.begin')}
        </Button>
        {rows.length > 0 && (
          <strong className="digits" aria-live="polite">
            {t('order.total', {
              sum: intl.formatNumber(totalOf(rows) / 100, { style: 'currency', currency }),
            })}
          </strong>
        )}
      </div>
    </div>
  );
}
