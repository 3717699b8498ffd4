/** When drawing fails: the rest of the page stays, and a sentence says what to do. The live link is not touched. */

import { Button } from '@mantine/core';
import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { useT } from '../i18n';
import ui from '../ui/ui.module.css';
import s from './shell.module.css';

interface Props {
  /** Another page is another try. */
  place: string;
  children: ReactNode;
}

interface State {
  failed: boolean;
  /** The place that could not be drawn. */
  at: string | null;
}

const FINE: State = { failed: false, at: null };

export class Mishap extends Component<Props, State> {
  override state = FINE;

  static getDerivedStateFromError(): State {
    return { failed: true, at: null };
  }

  static getDerivedStateFromProps({ place }: Props, { failed, at }: State): State | null {
    if (!failed) return null;
    return at === null || at === place ? { failed, at: place } : FINE;
  }

  override render(): ReactNode {
    return this.state.failed ? <Sorry /> : this.props.children;
  }
}

function Sorry() {
  const t = useT();
  return (
    <div className={ui.alone} role="alert">
      <div className={s.sorry}>
        <CircleAlert size={32} strokeWidth={1.6} aria-hidden="true" />
        <p>{t('mishap')}</p>
        <Button onClick={() => location.reload()}>{t('reload')}</Button>
      </div>
    </div>
  );
}
