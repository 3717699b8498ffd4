/** How the network carries this talk, in a word; what is wrong with it, in another. */

import { Signal, SignalLow, SignalMedium, SignalZero } from 'lucide-react';
import { useT, useWord } from '../i18n';
import type { Line } from './line';
import s from './phone.module.css';
import { usePhone } from './state';

const ICONS = { good: Signal, fair: SignalMedium, poor: SignalLow, silent: SignalZero };

export function Network({ line }: { line: Line }) {
  const t = useT();
  const word = useWord();
  const quality = usePhone(phone => phone.quality[line.id]);
  if (!quality || line.state === 'hold') return null;
  const Icon = ICONS[quality.grade];
  const figures = t('network.figures', {
    loss: (quality.loss * 100).toFixed(1),
    jitter: Math.round(quality.jitter * 1000),
    delay: quality.roundTrip === null ? '–' : Math.round(quality.roundTrip * 1000),
  });
  return (
    <span className={s.network} data-grade={quality.grade} title={figures}>
      <Icon size={18} aria-hidden="true" />
      {word('network', quality.grade)}
      {quality.faults[0] && quality.grade !== 'silent' && (
        <small>{word('network.fault', quality.faults[0])}</small>
      )}
      <span className="for-ears">{figures}</span>
    </span>
  );
}
